"""The business context profile β: one view over what all subsystems keep of a business, now or on a past day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import attrs

from .attribution.records import Conversion
from .cdt.records import Belief
from .context.records import CompetitiveIntelligence, ContextExtraction
from .errors import NotFound
from .intake.activities import Activity
from .intake.business import ONBOARDING_GROUPS, Business, BusinessProfile, OnboardingResponse
from .intake.calendar import CalendarEntry
from .intake.tooling import Signal
from .intake.vents import VentEntry, VentTheme
from .outputs.records import RecommendationOutcome
from .ports import Store, Transaction, where
from .values import BusinessId, aware

F = TypeVar("F", BusinessProfile, OnboardingResponse, ContextExtraction)


@attrs.frozen(kw_only=True)
class Gap:
    """A question of the onboarding that was skipped or answered vaguely."""

    group: str
    question: str
    note: str


@attrs.frozen(kw_only=True)
class Profile:
    """β as of a moment: the static foundation, what was learned since, and what is derived from it.

    Beliefs, themes and counts are of the present; what has a validity of its own (profile, answers, extractions) is
    that of ``as_of``.
    """

    as_of: datetime | None
    business: Business
    foundation: BusinessProfile
    answers: tuple[OnboardingResponse, ...]
    gaps: tuple[Gap, ...]
    extractions: tuple[ContextExtraction, ...]
    themes: tuple[VentTheme, ...]
    competitors: tuple[CompetitiveIntelligence, ...]
    signals: tuple[Signal, ...]
    beliefs: tuple[Belief, ...]
    recommendations: tuple[RecommendationOutcome, ...]
    counts: Mapping[str, int]

    @property
    def topics(self) -> list[tuple[str, int]]:
        """What is spoken of, most often first, with the number of findings."""
        return Counter(row.topic for row in self.extractions if row.topic).most_common()


@attrs.frozen(kw_only=True)
class ProfileService:
    """Reads β."""

    store: Store

    def businesses(self) -> list[Business]:
        """The directory of all businesses, by name."""
        with self.store.platform() as tx:
            return tx.find(Business, order="name")

    def by_slug(self, slug: str | None) -> Business:
        """The business of that slug; without one the only business there is. None, or no telling which: `NotFound`."""
        known = self.businesses()
        found = [business for business in known if slug in (None, business.slug)]
        if len(found) == 1:
            return found[0]
        if not known:
            raise NotFound("there is no business yet; begin with: refleqt init onboarding.yaml")
        named = ", ".join(business.slug for business in known)
        if slug is None:
            raise NotFound(f"there are several businesses; name one with --business or REFLEQT_BUSINESS: {named}")
        raise NotFound(f"there is no business '{slug}'; there are: {named}")

    def read(self, business_id: BusinessId, *, as_of: datetime | None = None) -> Profile:
        """β of the business, now or as of a past moment. No business: `NotFound`; no time zone: `InvalidInput`."""
        aware(self, None, as_of)
        with self.store.business(business_id) as tx:
            business = tx.get(Business, business_id)
            foundation = _valid(tx, BusinessProfile, as_of)
            answers = sorted(
                _valid(tx, OnboardingResponse, as_of),
                key=lambda each: (ONBOARDING_GROUPS.index(each.group), each.position),
            )
            if not foundation:
                raise NotFound(f"{business.name} had said nothing of itself by then")
            return Profile(
                as_of=as_of,
                business=foundation[-1].identity.laid_into(business) if as_of else business,
                foundation=foundation[-1],
                answers=tuple(answers),
                gaps=_gaps(answers),
                extractions=tuple(_valid(tx, ContextExtraction, as_of)),
                themes=tuple(tx.find(VentTheme, order="-count")),
                competitors=tuple(tx.find(CompetitiveIntelligence, order="-mentions")),
                signals=tuple(tx.find(Signal, order="-detected_at", limit=20)),
                beliefs=tuple(tx.find(Belief, order="-confidence")),
                recommendations=tuple(tx.find(RecommendationOutcome, order="-recommended_at", limit=20)),
                counts={
                    "calendar entries": tx.count(CalendarEntry),
                    "vents": tx.count(VentEntry),
                    "activities": tx.count(Activity),
                    "conversions": tx.count(Conversion),
                },
            )


def _valid(tx: Transaction, kind: type[F], as_of: datetime | None) -> list[F]:
    """The facts that were valid at that moment, the oldest first."""
    if as_of is None:
        return tx.find(kind, *where(valid_to=None), order="valid_from")
    begun = tx.find(kind, *where(valid_from__le=as_of), order="valid_from")
    return [row for row in begun if row.valid_to is None or row.valid_to > as_of]


def _gaps(answers: Sequence[OnboardingResponse]) -> tuple[Gap, ...]:
    signals = [(answer, answer.signals.get("gap") or {}) for answer in answers]
    return tuple(
        Gap(group=answer.group, question=answer.question, note=gap.get("note") or "skipped")
        for answer, gap in signals
        if gap.get("value", 0) > 0
    )
