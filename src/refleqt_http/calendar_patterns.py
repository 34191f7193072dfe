"""The nine signals of how a business plans."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from refleqt_core.context.records import AnalyticsSnapshot
from refleqt_core.errors import NotFound
from refleqt_core.intake.calendar_patterns.document import document_of, patterns_of
from refleqt_core.intake.calendar_patterns.findings import SIGNALS
from refleqt_core.intake.calendar_patterns.service import Explained, Reading

from .auth import Caller
from .bodies import Day, Input, Limit, OneOf, Output
from .endpoints import Resource

resource = Resource(
    "calendar patterns", "What the calendar says of how you plan: nine signals, found anew every night."
)

Share = Annotated[float, Field(ge=0, le=1)]


class NotedEntryOut(Output):
    """An entry of the calendar, and what about it is evidence."""

    id: UUID
    note: str


class EvidenceOut(Output):
    """How many entries the label is true of, and the first of them, the most telling ones first."""

    label: str
    count: int
    entries: list[NotedEntryOut]


class FindingOut(Output):
    """One signal: its headline number, and what it rests on."""

    value: float | None = Field(description="null where nothing can be said")
    low: float | None = Field(description="the lower end of the value's 80 % interval; null without one")
    high: float | None = Field(description="the upper end; null without one, and where it is open")
    n: int = Field(description="what it was made of")
    sentence: str
    evidence: list[EvidenceOut]


class PartOut(Output):
    """How many of a whole, and their share."""

    name: str
    count: int
    share: Share


class PaceOut(Output):
    """How often something happens, and how many in each week of seven days, the oldest first."""

    per_week: float | None
    low: float | None
    high: float | None
    change: float | None = Field(description="the last four weeks' rate by that of the eight before, less one")
    trend: str
    weeks: list[int]


class VelocityOut(FindingOut):
    """Entry frequency. The value: entries put on the calendar a week, the newest weeks weighted most."""

    created: PaceOut
    published: PaceOut
    unknown_start: int


class GroupOut(Output):
    """One of the five groups of fields."""

    group: str
    share: Share | None
    fields: list[PartOut]


class CompletionOut(FindingOut):
    """Which fields are filled and which skipped. The value: the mean share of filled fields of the five groups."""

    groups: list[GroupOut]


class ClusteringOut(FindingOut):
    """How entries group together. The value: the share of entries that are in a campaign."""

    campaigns: list[PartOut]
    herfindahl: Share | None
    effective: float | None = Field(description="the number of equally large campaigns that would be as concentrated")


class FunnelOut(FindingOut):
    """The ratio of the stages. The value: the entropy of the three shares by its largest, 1 for equal thirds."""

    stages: list[PartOut]
    missing: list[str]
    unstaged: int


class ChannelsOut(FindingOut):
    """How much goes to one channel. The value: the Herfindahl index of the channels' shares."""

    channels: list[PartOut]
    effective: float | None = Field(description="the number of equally used channels that would be as concentrated")
    without: int


class ReviewsOut(FindingOut):
    """Whether the 30-day reviews are done. The value: the share of due reviews that were."""

    due: int
    done: int
    late: int
    late_days: float | None = Field(description="the median of those whose day is known; negative for early")
    upcoming: int
    unknown_publication: int


class StayOut(Output):
    """How long entries stay in a status, in days: the Kaplan-Meier median, with stays that have not ended."""

    status: str
    n: int
    open: int
    median: float | None
    low: float | None
    high: float | None
    at_least: float | None = Field(description="what the median exceeds, where more than half have not ended")


class FlowOut(FindingOut):
    """Status flow speed. The value: the median stay, in days, in the bottleneck."""

    stays: list[StayOut]
    bottleneck: str | None
    unknown_start: int


class TargetOut(Output):
    """A keyword that several entries aim at with the same search intent."""

    keyword: str
    search_intent: str | None
    count: int


class PairOut(Output):
    """Two entries with the same target, and how many of their keywords are the same."""

    keyword: str
    search_intent: str | None
    first: UUID
    second: UUID
    shared: int


class OverlapOut(FindingOut):
    """Keyword cannibalisation. The value: the share of entries with a keyword that compete with another entry."""

    targets: int
    shared_targets: int
    pairs: int
    secondary: int
    topics: int
    largest: list[TargetOut]
    examples: list[PairOut]


class TimeToPublishOut(FindingOut):
    """Execution speed. The value: the Kaplan-Meier median of days from the idea to its publication."""

    published: int
    waiting: int
    at_least: float | None
    logged_later: int
    unknown: int


class PatternsOut(Output):
    """All nine signals, of the entries that were on the calendar at that moment."""

    day: date
    as_of: datetime
    computed_at: datetime
    entries: int
    later: int
    velocity: VelocityOut
    field_completion: CompletionOut
    campaign_clustering: ClusteringOut
    funnel_balance: FunnelOut
    channel_concentration: ChannelsOut
    review_behaviour: ReviewsOut
    status_flow: FlowOut
    keyword_overlap: OverlapOut
    time_to_publish: TimeToPublishOut


class NameOut(Output):
    """How people know an entry."""

    external_id: str
    title: str


class ExplainedOut(Output):
    """A signal with every entry that it rests on, and their names by id."""

    signal: str
    day: date
    finding: FindingOut
    names: dict[UUID, NameOut]


class ReadingOut(Output):
    """The headline numbers of one day, by signal."""

    day: date
    entries: int
    values: dict[str, float | None]


class DayQuery(Input):
    """Which day's signals."""

    day: Day | None = Field(default=None, description="the business's own; without it the last one that is known")


class SignalQuery(DayQuery):
    """Which signal."""

    signal: Annotated[str, OneOf(SIGNALS)]


class HistoryQuery(Input):
    """How many days."""

    limit: Limit = Field(default=90, description="the newest ones, at most")


class DayBody(Input):
    """The day to analyse."""

    day: Day | None = Field(default=None, description="as of its end; without it as of now")


def _answer(snapshot: AnalyticsSnapshot) -> dict[str, Any]:
    """What is on record, with the defaults of what an older record does not say."""
    return {"computed_at": snapshot.computed_at, **document_of(patterns_of(snapshot.patterns))}


@resource.get("/v1/calendar/patterns", gives=PatternsOut, raises=[NotFound])
def read_patterns(caller: Caller, query: DayQuery) -> dict[str, Any]:
    """The nine signals of that day, with the first of the entries that each rests on.

    A day that was not analysed is not found; POST analyses it.
    """
    return _answer(caller.refleqt.patterns().read(caller.business_id, query.day))


@resource.post("/v1/calendar/patterns", gives=PatternsOut)
def analyze_calendar(caller: Caller, body: DayBody) -> dict[str, Any]:
    """The nine signals as of the end of that day are found anew; those of the same day before are replaced."""
    return _answer(caller.refleqt.patterns().analyze(caller.business_id, body.day))


@resource.get("/v1/calendar/patterns/evidence", gives=ExplainedOut)
def explain_pattern(caller: Caller, query: SignalQuery) -> Explained:
    """One signal, found anew as of that day, with every entry that it rests on and the entries' names."""
    return caller.refleqt.patterns().explain(caller.business_id, query.signal, query.day)


@resource.get("/v1/calendar/patterns/history", gives=list[ReadingOut])
def read_pattern_history(caller: Caller, query: HistoryQuery) -> list[Reading]:
    """The headline number of every signal on each day that was analysed, the oldest day first."""
    return caller.refleqt.patterns().history(caller.business_id, query.limit)
