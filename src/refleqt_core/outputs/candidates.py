"""What could be published in the coming weeks: ideas, and for each idea the best moment of every slot of the week."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import attrs
import numpy as np
from numpy.typing import NDArray

from ..cdt.outcomes import SLOTS, slot
from ..intake.calendar import ANGLES
from .artifact_formats import FORMATS, NEEDS_COMPETITOR, NEEDS_PRODUCT, OPEN_CHANNELS, PAID_CHANNELS, stage_of
from .landscape import Landscape

HOURS: Mapping[str, int] = {"morning": 9, "afternoon": 14, "evening": 19}
"""The local hour that stands for each part of the day."""
USUAL_SLOTS = frozenset(name for name in SLOTS[:15] if not name.endswith("evening"))
"""Working days before five; other slots are used by businesses that have published in them."""


class Idea(NamedTuple):
    """What is made for whom; the moment aside."""

    artifact_type: str
    channel: str
    segment: str
    angle: str

    @property
    def stage(self) -> str:
        """The funnel stage that it serves."""
        return stage_of(self.artifact_type, self.angle)

    @property
    def lead(self) -> timedelta:
        """How long it takes to make."""
        return timedelta(days=FORMATS[self.artifact_type].lead_days)


class Moment(NamedTuple):
    """When something can be published, and the timing option that this is."""

    at: datetime
    slot: str


@attrs.frozen
class Candidate:
    """An idea at a moment; ``idea_index`` numbers the ideas, and ``fit`` is what the moment itself is worth."""

    idea: Idea
    moment: Moment
    idea_index: int
    fit: float

    @property
    def cell(self) -> tuple[str, str, str, str]:
        """Segment, channel, angle and slot, as beliefs name them."""
        return self.idea.segment, self.idea.channel, self.idea.angle, self.moment.slot


def sensible_ideas(landscape: Landscape) -> list[Idea]:
    """Every idea that suits the business, in a stable order.

    The pairs of artifact type and channel are those of its history, and those of `FORMATS` on channels that it has: it
    published there, it named the tool, or everybody has it. Paid channels only where it has advertised.
    """
    seen = {(e.artifact_type, e.channel) for e in landscape.entries if e.channel is not None}
    channels = {channel for _, channel in seen} | {each.casefold() for each in landscape.profile.marketing_stack.social}
    usual = {(kind, channel) for kind, form in FORMATS.items() for channel in form.channels}
    allowed = {pair for pair in usual if pair[1] in channels | OPEN_CHANNELS}
    allowed = {pair for pair in allowed if pair[1] not in PAID_CHANNELS or pair in seen}
    pairs = sorted(allowed | {(kind, channel) for kind, channel in seen if channel})
    segments = [segment.key for segment in landscape.segments]
    return [
        Idea(artifact_type, channel, segment, angle)
        for artifact_type, channel in pairs
        for segment in segments
        for angle in _angles(artifact_type, landscape)
    ]


def _angles(artifact_type: str, landscape: Landscape) -> list[str]:
    barred = set() if landscape.profile.products else set(NEEDS_PRODUCT)
    barred |= set() if landscape.profile.competitors.all else set(NEEDS_COMPETITOR)
    suited = FORMATS[artifact_type].angles or ANGLES
    return [angle for angle in ANGLES if angle in suited and angle not in barred]


def publish_moments(landscape: Landscape, days: int) -> list[Moment]:
    """The moments of the coming ``days``, from tomorrow on, in slots that suit the business, in the order of time."""
    zone = ZoneInfo(landscape.business.time_zone)
    allowed = USUAL_SLOTS | set(landscape.slots.values())
    today = landscape.now.astimezone(zone).date()
    found = []
    for offset in range(1, days + 1):
        for hour in HOURS.values():
            local = datetime.combine(today + timedelta(days=offset), time(hour), tzinfo=zone)
            at = local.astimezone(UTC)
            if (name := slot(at, landscape.business.time_zone)) in allowed:
                found.append(Moment(at, name))
    return found


def best_moments(
    ideas: Sequence[Idea], moments: Sequence[Moment], fit: NDArray[np.float64], now: datetime
) -> list[Candidate]:
    """For each idea and slot the moment whose ``fit`` (ideas, moments) is highest, the earliest of equals.

    Moments before an idea can be made are left out. Nothing is lost by it: the chance depends on the slot alone.
    """
    ready = np.array([[moment.at >= now + idea.lead for moment in moments] for idea in ideas], dtype=bool)
    ready = ready.reshape(len(ideas), len(moments))
    usable = np.where(ready, fit, -np.inf)
    candidates = []
    for name in sorted({moment.slot for moment in moments}, key=SLOTS.index):
        columns = np.array([i for i, moment in enumerate(moments) if moment.slot == name])
        best = columns[np.argmax(usable[:, columns], axis=1)]
        candidates += [
            Candidate(idea, moments[column], row, float(fit[row, column]))
            for row, (idea, column) in enumerate(zip(ideas, best.tolist(), strict=True))
            if ready[row, column]
        ]
    return candidates
