"""Offers as they are made, answered and run out, each within a transaction that the caller has opened."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import attrs

from ..errors import Conflict, NeedsReview, NotFound
from ..outputs.anonymity import fingerprint_of
from ..outputs.records import CreatorBrief
from ..ports import Ids, Transaction, where
from ..values import CreatorId, Money
from .creator_record import save_with_aggregates
from .matching import Match
from .records import BriefOffer, Creator
from .terms import MarketplaceTerms


def new_offers(
    brief: CreatorBrief, matches: Sequence[Match], first_rank: int, now: datetime, ids: Ids, terms: MarketplaceTerms
) -> list[BriefOffer]:
    """An offer to each of the matches; ``first_rank`` is how many were asked before, and one."""
    return [
        BriefOffer(
            id=ids.new(),
            brief_id=brief.id,
            creator_id=match.creator.id,
            document=brief.document,
            rank=rank,
            match_score=match.score,
            base_fee=Money(minor=match.creator.fees[brief.artifact_type], currency=match.creator.currency),
            offered_at=now,
            expires_at=now + terms.answer_within,
        )
        for rank, match in enumerate(matches, start=first_rank)
    ]


def own_offer(tx: Transaction, creator_id: CreatorId, offer_id: UUID) -> BriefOffer:
    """The creator's offer; somebody else's is `NotFound`, as one that does not exist."""
    offer = tx.get(BriefOffer, offer_id)
    if offer.creator_id != creator_id:
        raise NotFound(f"there is no offer of a brief {offer_id}")
    return offer


def expire(tx: Transaction, offers: Sequence[BriefOffer], now: datetime, terms: MarketplaceTerms) -> int:
    """Those of ``offers`` that nobody answered in time are expired; gives how many."""
    late = [offer for offer in offers if offer.status == "offered" and offer.expires_at <= now]
    for offer in late:
        tx.save(attrs.evolve(offer, status="expired"))
        save_with_aggregates(tx, tx.get(Creator, offer.creator_id), terms.weighing(now))
    return len(late)


def decline_offer(tx: Transaction, offer: BriefOffer, now: datetime, terms: MarketplaceTerms) -> BriefOffer:
    """The offer is declined, and the creator's acceptance rate says so."""
    declined = tx.save(attrs.evolve(offer, status="declined", answered_at=now))
    save_with_aggregates(tx, tx.get(Creator, offer.creator_id), terms.weighing(now))
    return declined


def accept_offer(tx: Transaction, offer: BriefOffer, now: datetime, terms: MarketplaceTerms) -> BriefOffer:
    """The offer is accepted, one place of the creator taken, and every other open offer of the brief withdrawn.

    No place is free: `Conflict`.
    """
    creator = tx.get(Creator, offer.creator_id)
    if creator.current_load >= creator.capacity:
        raise Conflict(f"all {creator.capacity} places are taken; finish a brief first, or decline this one")
    # In the order of their ids, so that two acceptances at once wait for each other instead of dead-locking.
    for each in tx.find(BriefOffer, *where(brief_id=offer.brief_id, status="offered")):
        changes = {"status": "accepted", "answered_at": now} if each.id == offer.id else {"status": "withdrawn"}
        tx.save(attrs.evolve(each, **changes))
    save_with_aggregates(tx, attrs.evolve(creator, current_load=creator.current_load + 1), terms.weighing(now))
    return tx.get(BriefOffer, offer.id)


def is_certified(brief: CreatorBrief) -> bool:
    """Whether a passed certificate of anonymity covers exactly this document."""
    certificate = brief.certificate
    return certificate.get("passed") is True and certificate.get("fingerprint") == fingerprint_of(brief.document)


def require_certified(brief: CreatorBrief) -> None:
    """Nothing happens when the brief is certified; else `NeedsReview`."""
    if not is_certified(brief):
        raise NeedsReview("the brief's document is not certified as anonymous; no creator may see it. Write it again.")
