"""How far a brief has come, and what is due next: read from its rows, so that a crash between two steps loses none."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import attrs

from ..errors import Conflict
from ..outputs.records import CreatorBrief
from ..ports import Transaction, where
from .records import BriefOffer, Delivery
from .terms import MarketplaceTerms

HUMAN_REVIEW = "human review"


class Due(Enum):
    """The step that a brief waits for, where it is not somebody's turn to answer or deliver."""

    EXPIRE = "expire offers that nobody answered"
    OFFER = "offer it to the next in rank"
    BEGIN = "hold the money and begin"
    COMPLETE = "pay and complete"
    ASK_PERSON = "let a person review it"
    ESCALATE = "ask a person what to do"


@attrs.frozen(kw_only=True)
class Progress:
    """A brief with its offers in the order of their ids and the deliveries of the one that was accepted."""

    brief: CreatorBrief
    offers: tuple[BriefOffer, ...]
    deliveries: tuple[Delivery, ...]

    @classmethod
    def read(cls, tx: Transaction, brief_id: UUID) -> "Progress":
        """As the transaction sees it. No such brief: `NotFound`."""
        brief = tx.get(CreatorBrief, brief_id)
        offers = tuple(tx.find(BriefOffer, *where(brief_id=brief_id)))
        taken = [offer.id for offer in offers if offer.status in ("accepted", "completed")]
        deliveries = tx.find(Delivery, *where(offer_id__in=taken), order="attempt") if taken else []
        return cls(brief=brief, offers=offers, deliveries=tuple(deliveries))

    @property
    def taken(self) -> BriefOffer | None:
        """The offer that was accepted, also when its work is done."""
        return next((offer for offer in self.offers if offer.status in ("accepted", "completed")), None)

    @property
    def unanswered(self) -> list[BriefOffer]:
        """Offers that wait for an answer, or for being found too late."""
        return [offer for offer in self.offers if offer.status == "offered"]

    @property
    def latest(self) -> Delivery | None:
        """The last attempt."""
        return self.deliveries[-1] if self.deliveries else None

    def require_taken(self) -> BriefOffer:
        """The accepted offer; `Conflict` where nobody has accepted."""
        if self.taken is None:
            raise Conflict("no creator has accepted this brief; offer it first")
        return self.taken

    def due(self, now: datetime, terms: MarketplaceTerms) -> Due | None:
        """What is to be done now; None while it is a creator's or a reviewer's turn, or all is done."""
        match self.brief.status:
            case "offered":
                return self._due_before_work(now)
            case "in_production":
                return self._due_in_production(now, terms)
            case "in_review" if self.latest and was_reviewed(self.latest):
                return Due.COMPLETE
        return None

    def _due_before_work(self, now: datetime) -> Due | None:
        if self.taken:
            return Due.BEGIN
        if any(offer.expires_at <= now for offer in self.unanswered):
            return Due.EXPIRE
        return None if self.unanswered else Due.OFFER

    def _due_in_production(self, now: datetime, terms: MarketplaceTerms) -> Due | None:
        if self.latest is None or self.latest.verdict == "revise":
            return Due.ESCALATE if self._is_overdue(now, terms) else None
        if self.latest.verdict == "escalate":
            return Due.ESCALATE
        return Due.ASK_PERSON if self.brief.premium and not was_reviewed(self.latest) else Due.COMPLETE

    def _is_overdue(self, now: datetime, terms: MarketplaceTerms) -> bool:
        """Whether the next attempt is missing for longer than is bearable."""
        offer = self.require_taken()
        began = self.latest.delivered_at if self.latest else offer.answered_at or offer.offered_at
        return now - began > timedelta(hours=terms.sla(self.brief.artifact_type) * terms.overdue_factor)


def was_reviewed(delivery: Delivery) -> bool:
    """Whether a person has passed it."""
    return any(check.get("name") == HUMAN_REVIEW and check.get("passed") for check in delivery.checks)


def human_check(passed: bool, comment: str) -> dict[str, Any]:
    """The review of a person in the form of the automated checks."""
    return {"name": HUMAN_REVIEW, "passed": passed, "score": float(passed), "required": True, "finding": comment}
