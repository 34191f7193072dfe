"""What the nine signals say: numbers with their interval, a sentence, and the entries that they rest on."""

from datetime import date, datetime
from uuid import UUID

import attrs

LEVEL = 0.8
"""Probability that an interval is made to hold the true value with."""


@attrs.frozen(kw_only=True)
class NotedEntry:
    """An entry of the calendar, and what about it is evidence."""

    id: UUID
    note: str = ""


@attrs.frozen(kw_only=True)
class Evidence:
    """``count`` entries that ``label`` is true of, and the first of them, the most telling ones first."""

    label: str
    count: int
    entries: tuple[NotedEntry, ...] = ()


@attrs.frozen(kw_only=True)
class Finding:
    """One signal. ``value`` is its headline number, None where nothing can be said; ``n`` is what it was made of.

    ``low`` and ``high`` are the ends of the value's 80 % interval; None where there is none, or no such end.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    sentence: str = ""
    evidence: tuple[Evidence, ...] = ()


@attrs.frozen(kw_only=True)
class Part:
    """How many of a whole, and their share in [0, 1]."""

    name: str
    count: int
    share: float


@attrs.frozen(kw_only=True)
class Pace:
    """How often something happens: ``per_week`` now, and how many in each ``weeks``, the oldest first.

    A week is seven days that end at the moment of the analysis. ``change`` is the last four weeks' rate by that of the
    eight before, less one; ``trend`` says it in a word: rising, falling, steady, or too early to say.
    """

    per_week: float | None = None
    low: float | None = None
    high: float | None = None
    change: float | None = None
    trend: str = "too early to say"
    weeks: tuple[int, ...] = ()


@attrs.frozen(kw_only=True)
class Velocity(Finding):
    """Entry frequency. The value: entries put on the calendar a week.

    ``unknown_start`` entries are not in ``created``: an import brought them without saying since when they are there.
    """

    created: Pace
    published: Pace
    unknown_start: int = 0


@attrs.frozen(kw_only=True)
class GroupCompletion:
    """One of the five groups: the share of its cells that is filled, and by field how many entries fill it."""

    group: str
    share: float | None
    fields: tuple[Part, ...]


@attrs.frozen(kw_only=True)
class FieldCompletion(Finding):
    """Which fields are filled and which skipped. The value: the mean share of filled fields of the five groups."""

    groups: tuple[GroupCompletion, ...] = ()


@attrs.frozen(kw_only=True)
class CampaignClustering(Finding):
    """How entries group together. The value: the share of entries that are in a campaign.

    ``herfindahl`` is the sum of squared shares over the campaigns, in [1/campaigns, 1]; ``effective`` its inverse, the
    number of equally large campaigns that would be as concentrated.
    """

    campaigns: tuple[Part, ...] = ()
    herfindahl: float | None = None
    effective: float | None = None


@attrs.frozen(kw_only=True)
class FunnelBalance(Finding):
    """The ratio of the stages. The value: the entropy of the three shares by its largest, 1 for equal thirds."""

    stages: tuple[Part, ...] = ()
    missing: tuple[str, ...] = ()
    unstaged: int = 0


@attrs.frozen(kw_only=True)
class ChannelConcentration(Finding):
    """How much goes to one channel. The value: the Herfindahl index of the channels' shares, in [1/channels, 1].

    An entry counts on each of its channels; ``effective`` is the number of equally used channels that would be as
    concentrated; ``without`` counts the entries that name none.
    """

    channels: tuple[Part, ...] = ()
    effective: float | None = None
    without: int = 0


@attrs.frozen(kw_only=True)
class ReviewBehaviour(Finding):
    """Whether the 30-day reviews are done. The value: the share of due reviews that were.

    ``late_days`` is the median of how late they were done, negative for early, of those whose day is known.
    """

    due: int = 0
    done: int = 0
    late: int = 0
    late_days: float | None = None
    upcoming: int = 0
    unknown_publication: int = 0


@attrs.frozen(kw_only=True)
class Stay:
    """How long entries stay in a status, in days: the Kaplan–Meier median with its interval.

    Of ``n`` stays ``open`` have not ended; they count with the time that they have lasted, since without them the
    slowest would be left out. Where more than half still last, the median is only known to be ``at_least`` so long.
    """

    status: str
    n: int
    open: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    at_least: float | None = None


@attrs.frozen(kw_only=True)
class StatusFlow(Finding):
    """Status flow speed. The value: the median stay, in days, in the ``bottleneck``, where work stays longest.

    ``unknown_start`` stays are left out: an import brought the entry in that status, and did not say since when.
    """

    stays: tuple[Stay, ...] = ()
    bottleneck: str | None = None
    unknown_start: int = 0


@attrs.frozen(kw_only=True)
class SharedTarget:
    """A keyword that several entries aim at with the same search intent, so that they compete in the same search."""

    keyword: str
    search_intent: str | None
    count: int


@attrs.frozen(kw_only=True)
class OverlappingPair:
    """Two entries with the same target; ``shared`` of their keywords are the same, secondary ones included."""

    keyword: str
    search_intent: str | None
    first: UUID
    second: UUID
    shared: int


@attrs.frozen(kw_only=True)
class KeywordOverlap(Finding):
    """Keyword cannibalisation. The value: the share of entries with a keyword that compete with another entry.

    ``targets`` counts the pairs of keyword and intent, ``shared_targets`` those of several entries, ``pairs`` the pairs
    of entries with the same target. ``secondary`` entries name another's primary keyword among their secondary ones.
    ``topics`` are keyword clusters that entries cover by several keywords: a cluster strategy.
    """

    targets: int = 0
    shared_targets: int = 0
    pairs: int = 0
    secondary: int = 0
    topics: int = 0
    largest: tuple[SharedTarget, ...] = ()
    examples: tuple[OverlappingPair, ...] = ()


@attrs.frozen(kw_only=True)
class TimeToPublish(Finding):
    """Execution speed. The value: the Kaplan–Meier median of days from the idea to its publication.

    ``waiting`` entries are not published; they count with the time that they have waited. Left out are entries that
    were put on the calendar after their publication (``logged_later``) and those of which it is unknown since when
    they are there, or when they were published (``unknown``).
    """

    published: int = 0
    waiting: int = 0
    at_least: float | None = None
    logged_later: int = 0
    unknown: int = 0


@attrs.frozen(kw_only=True)
class CalendarPatterns:
    """All nine, of the ``entries`` that were on the calendar at ``as_of``; ``later`` ones were put on it after that."""

    day: date
    as_of: datetime
    entries: int
    later: int
    velocity: Velocity
    field_completion: FieldCompletion
    campaign_clustering: CampaignClustering
    funnel_balance: FunnelBalance
    channel_concentration: ChannelConcentration
    review_behaviour: ReviewBehaviour
    status_flow: StatusFlow
    keyword_overlap: KeywordOverlap
    time_to_publish: TimeToPublish


SIGNALS: tuple[str, ...] = tuple(field.name for field in attrs.fields(CalendarPatterns))[4:]
"""The names of the nine, in the order of the design document."""
