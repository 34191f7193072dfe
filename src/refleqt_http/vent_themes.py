"""What is vented about again and again, and what all vents say together."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from refleqt_core.context.themes import LONGEST_LABEL
from refleqt_core.context.vent_themes import Regrouped
from refleqt_core.errors import NotFound
from refleqt_core.intake.vent_plot import ThemesOverTime
from refleqt_core.intake.vent_signals import VentSignals
from refleqt_core.intake.vents import VentTheme

from .auth import Caller
from .bodies import Identity, Input, Output
from .endpoints import Resource
from .vents import version_read

resource = Resource("vent themes", "What comes back on the vent board, and what all vents say together.")


Label = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_LABEL, pattern=r"^[^\u0000]*[^\s\u0000][^\u0000]*$"),
]


class ThemeChanges(Input):
    """What is to change of a theme; what is left out stays."""

    label: Label | None = Field(default=None, description="what it is called from now on")
    merge_into: Identity | None = Field(default=None, description="the theme that takes all its vents; it is gone then")


class ThemeOut(Output):
    """A theme."""

    id: UUID
    version: int
    label: str
    count: int
    first_seen: datetime
    last_seen: datetime
    named_at: datetime | None = Field(description="when a person first named or corrected it")


class ThemesOut(Output):
    """All themes."""

    items: list[ThemeOut]


class RegroupedOut(Output):
    """What making the themes anew did."""

    themes: int
    opened: int
    closed: int
    moved: int


class ThemeLineOut(Output):
    """A theme with its number of vents in each span."""

    theme_id: UUID
    label: str
    counts: list[int]


class ThemesOverTimeOut(Output):
    """The first days of the spans, a week or a month each, and the themes with the most vents."""

    step: Literal["week", "month"]
    starts: list[date]
    lines: list[ThemeLineOut]
    left_out: int


class TrendOut(Output):
    """A change by 30 days with its 95 % interval, and how likely chance makes it."""

    slope: float
    low: float
    high: float
    p: float
    direction: Literal["up", "down", "none"]


class TimingOut(Output):
    """When vents are written, by the clocks of the business."""

    n: int
    by_hour: list[int]
    per_week: float | None
    days_between: float | None
    mean_hour: float | None
    concentration: float | None
    p: float | None
    night_share: float | None
    night: list[UUID]
    night_mood: float | None
    day_mood: float | None
    mood_p: float | None
    sentence: str


class RecurringOut(Output):
    """A theme that came back, with its vents."""

    theme_id: UUID
    label: str
    count: int
    first_seen: datetime
    last_seen: datetime
    mood: float | None
    is_core: bool
    vents: list[UUID]


class RecurrenceOut(Output):
    """The themes that came back."""

    n: int
    themes: list[RecurringOut]
    sentence: str


class MoodOut(Output):
    """The sentiment over time."""

    n: int
    mean: float | None
    trend: TrendOut | None
    darkest: list[UUID]
    brightest: list[UUID]
    sentence: str


class EmergingOut(Output):
    """A term that is used more than before."""

    term: str
    z: float
    recent: int
    earlier: int
    vents: list[UUID]


class VocabularyOut(Output):
    """The terms of the last 30 days against those before."""

    n: int
    recent: int
    since: datetime
    terms: list[EmergingOut] | None
    sentence: str


class LengthOut(Output):
    """How long vents are."""

    n: int
    median_words: float | None
    burst_share: float | None
    long_share: float | None
    bursts: list[UUID]
    long_entries: list[UUID]
    trend: TrendOut | None
    sentence: str


class SignalsOut(Output):
    """The five implicit signals; where there are too few vents a number is null and the sentence says so."""

    as_of: datetime
    timing: TimingOut
    recurrence: RecurrenceOut
    mood: MoodOut
    vocabulary: VocabularyOut
    length: LengthOut


@resource.get("/v1/vents/signals", gives=SignalsOut)
def read_vent_signals(caller: Caller) -> VentSignals:
    """The five implicit signals of the vent board as of now, each with the vents it rests on."""
    return caller.refleqt.vent_reader().signals(caller.business_id)


@resource.get("/v1/vent-themes", gives=ThemesOut)
def list_vent_themes(caller: Caller) -> dict[str, list[VentTheme]]:
    """All themes, the most frequent first."""
    return {"items": caller.refleqt.vent_themes().themes(caller.business_id)}


@resource.get("/v1/vent-themes/over-time", gives=ThemesOverTimeOut)
def read_themes_over_time(caller: Caller) -> ThemesOverTime:
    """How often the eight most frequent themes came up, week by week or, over a long time, month by month."""
    return caller.refleqt.vent_reader().over_time(caller.business_id)


@resource.post("/v1/vent-themes/regroup", gives=RegroupedOut)
def regroup_vents(caller: Caller) -> Regrouped:
    """All themes are made anew from all vents, as every night; what people named or moved stays."""
    return caller.refleqt.vent_themes().regroup(caller.business_id)


@resource.patch("/v1/vent-themes/{theme_id}", gives=ThemeOut, raises=[NotFound], versioned=True)
def change_vent_theme(caller: Caller, theme_id: Identity, body: ThemeChanges) -> VentTheme:
    """The theme has that label and keeps it; merged, the answer is the theme that has its vents now."""
    themes = caller.refleqt.vent_themes()
    found = themes.get(caller.business_id, theme_id)
    version = version_read(caller, found.version)
    if body.merge_into is not None:
        found = themes.merge(caller.business_id, theme_id, body.merge_into)
        version = None
    if body.label is not None:
        found = themes.rename(caller.business_id, found.id, body.label, version=version)
    return found
