"""The six implicit signals of a business's team activities, on record every night and told whenever asked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import attrs

from ..errors import InvalidInput
from ..intake.activities import Activity
from ..intake.activity_signals import ActivitySignals, HeldActivity, activity_signals
from ..intake.activity_types import exercises
from ..intake.business import Business, TeamMember
from ..intake.people_names import called, full_name
from ..ports import Clock, Embedder, Ids, Store, Transaction, where
from ..values import BusinessId
from .activity_pages import ActivityPage, pages
from .alignment import Alignment, Statement, alignment
from .chunking import sentences
from .records import AnalyticsSnapshot

KIND = "activity_signals"


@attrs.frozen(kw_only=True)
class ActivityReport:
    """The signals, and the activities by id that quotes can be traced to (title and day held)."""

    signals: ActivitySignals
    alignment: Alignment
    activities: Mapping[Any, str]


@attrs.frozen(kw_only=True)
class ActivityReportService:
    """What can be learned of how a team works together. ``sentiment`` gives the mood of a text in [-1, 1]."""

    store: Store
    embedder: Embedder
    clock: Clock
    ids: Ids
    sentiment: Callable[[str], float]

    def read(self, business_id: BusinessId, day: date | None = None, *, show: int = 5) -> ActivityReport:
        """The signals as of the end of ``day`` in the business's time zone, or now; ``show`` pairs of quotes at most.

        Files, notes and findings are those of now. A day that has not begun: `InvalidInput`.
        """
        with self.store.business(business_id) as tx:
            zone = ZoneInfo(tx.get(Business, business_id).time_zone)
            as_of = _end_of(day, zone, self.clock.now())
            held = pages(tx, tx.find(Activity, *where(held_at__le=as_of), order="held_at"))
            offered, known = _offered(tx), _first_names(tx)
            team = [full_name(name, known) for name in _team(tx)]
        return ActivityReport(
            signals=activity_signals(
                [held_activity(page, known) for page in held], team=team, offered=offered, as_of=as_of
            ),
            alignment=alignment(
                [each for page in held for each in statements(page, known)], self.embedder, self.sentiment, show=show
            ),
            activities={
                page.activity.id: f"{page.title}, {page.activity.held_at.astimezone(zone):%Y-%m-%d}" for page in held
            },
        )

    def analyze(self, business_id: BusinessId, day: date | None = None) -> AnalyticsSnapshot | None:
        """The numbers of that day's end are on record; again replaces them. No activity by then: None, and nothing.

        Quotes are not among them, so that what is removed is nowhere left.
        """
        report = self.read(business_id, day)
        if not report.signals.consistency.held:
            return None
        with self.store.business(business_id) as tx:
            zone = ZoneInfo(tx.get(Business, business_id).time_zone)
            of_day = report.signals.as_of.astimezone(zone).date()
            news: dict[str, Any] = {"patterns": numbers(report), "computed_at": self.clock.now()}
            for found in tx.find(AnalyticsSnapshot, *where(kind=KIND, day=of_day)):
                return tx.save(attrs.evolve(found, **news))
            made = AnalyticsSnapshot(id=self.ids.new(), business_id=business_id, kind=KIND, day=of_day, **news)
            tx.add(made)
            return made

    def history(self, business_id: BusinessId, limit: int = 90) -> Sequence[AnalyticsSnapshot]:
        """The newest ``limit`` nights on record, the oldest of them first."""
        with self.store.business(business_id) as tx:
            return tx.find(AnalyticsSnapshot, *where(kind=KIND), order="-day", limit=limit)[::-1]


def held_activity(page: ActivityPage, known: Mapping[str, str] = MappingProxyType({})) -> HeldActivity:
    """The activity as the signals are told from it; people are called as ``known`` by their first names."""
    roles: dict[str, str] = {}
    for person in page.activity.participants:
        name = full_name(person.name, known)
        roles[name] = roles.get(name) or person.role
    return HeldActivity(
        id=page.activity.id,
        activity_type=page.activity.activity_type,
        held_at=page.activity.held_at,
        participants=roles,
        notes=page.activity.notes,
        turns=tuple(
            turn if turn.speaker is None else turn._replace(speaker=full_name(turn.speaker, known))
            for turn in page.turns
        ),
        topics=tuple(finding.topic for finding in page.findings),
        charges=tuple(finding.charge for finding in page.findings),
    )


def statements(page: ActivityPage, known: Mapping[str, str] = MappingProxyType({})) -> list[Statement]:
    """Every sentence of the activity whose speaker is known; people are called as ``known`` by their first names."""
    activity = page.activity
    return [
        Statement(full_name(turn.speaker, known), sentence.text, activity.id, activity.held_at, turn.second)
        for turn in page.turns
        if turn.speaker is not None
        for sentence in sentences(turn.text)
    ]


def numbers(report: ActivityReport) -> dict[str, Any]:
    """The report's numbers as a JSON document, without a word that somebody said and without names."""
    told = report.signals
    participation = attrs.asdict(told.participation) | {"words": sum(told.participation.words.values())}
    agreed = report.alignment
    return {
        "as_of": told.as_of.isoformat(),
        "participation": participation,
        "consistency": attrs.asdict(told.consistency),
        "richness": attrs.asdict(told.richness),
        "preference": {each.activity_type: each.count for each in told.preference.types},
        "spoken_or_written": attrs.asdict(told.spoken_or_written),
        "alignment": {
            "speakers": len(agreed.speakers),
            "statements": agreed.statements,
            "pairs": agreed.pairs,
            "agreement": agreed.agreement,
            "lacks": agreed.lacks,
        },
    }


def _team(tx: Transaction) -> list[str]:
    return [member.name for member in tx.find(TeamMember, *where(active=True))]


def _first_names(tx: Transaction) -> Mapping[str, str]:
    """Who of the business is meant by a first name: of the team, and of all who ever took part."""
    took_part = [person.name for (people,) in tx.rows(Activity, ("participants",)) for person in people]
    return called([*(member.name for member in tx.find(TeamMember)), *took_part])


def _offered(tx: Transaction) -> list[str]:
    return [slug for slug, each in exercises(tx).items() if each.archived_at is None]


def _end_of(day: date | None, zone: ZoneInfo, now: datetime) -> datetime:
    """The last moment of the day, or now where it has not ended."""
    today = now.astimezone(zone).date()
    if day is not None and day > today:
        raise InvalidInput(f"{day} has not begun where the business is; activities can be looked at up to {today}")
    if day is None or day == today:
        return now
    after = datetime.combine(day + timedelta(days=1), time(), zone)
    return after.astimezone(UTC) - timedelta(microseconds=1)
