"""Where money meets work: begin, complete, call off, and the bonus, each in one transaction."""

from datetime import datetime
from uuid import UUID

import attrs

from ..errors import Conflict
from ..outputs.records import CreatorBrief
from ..ports import Ids, PaymentEscrow, Transaction, where
from ..values import CreatorId, Money
from .creator_record import save_with_aggregates
from .progress import Progress
from .records import BriefOffer, Creator, CreatorPerformance, Delivery
from .terms import MarketplaceTerms


@attrs.frozen(kw_only=True)
class Settlement:
    """The hold of a brief has the id of its accepted offer, and each movement the key ``<kind>:<offer>``.

    A brief that is called off and taken by somebody else has another hold.
    """

    escrow: PaymentEscrow
    ids: Ids
    terms: MarketplaceTerms

    def begin(self, tx: Transaction, progress: Progress) -> Money:
        """The price by the accepting creator's fee is held and the brief is in production; gives what is held."""
        offer, brief = progress.require_taken(), progress.brief
        price = self.terms.price(offer.base_fee)
        self.escrow.hold(offer.id, brief.business_id, price, key=f"hold:{offer.id}", tx=tx)
        tx.save(attrs.evolve(brief, status="in_production"))
        return price.total

    def complete(self, tx: Transaction, progress: Progress, delivery: Delivery, now: datetime) -> Money:
        """The creator is paid, the brief done and the job on the creator's record; gives the base fee."""
        offer = progress.require_taken()
        paid = self.escrow.release(offer.id, CreatorId(offer.creator_id), key=f"release:{offer.id}", tx=tx)
        tx.save(attrs.evolve(progress.brief, status="done"))
        tx.save(attrs.evolve(offer, status="completed"))
        tx.add(self._job(progress.brief, offer, delivery, now))
        self._free_place(tx, offer.creator_id, now)
        return paid

    def call_off(self, tx: Transaction, progress: Progress, now: datetime) -> Money:
        """What is held is the business's again, the offer withdrawn, the brief ready for others; gives the money."""
        offer = progress.require_taken()
        returned = self.escrow.refund(offer.id, key=f"refund:{offer.id}", tx=tx)
        tx.save(attrs.evolve(progress.brief, status="ready"))
        tx.save(attrs.evolve(offer, status="withdrawn"))
        self._free_place(tx, offer.creator_id, now)
        return returned

    def bonus(self, tx: Transaction, progress: Progress, met: bool, performance: float, now: datetime) -> Money:
        """The reserve is the creator's where the target was ``met``, else the business's; gives it.

        The job's measured ``performance`` is on record. The brief is not done, or settled otherwise: `Conflict`.
        """
        if progress.brief.status != "done":
            raise Conflict(f"the brief is {progress.brief.status}; its bonus is settled once it is done")
        offer = progress.require_taken()
        if met:
            reserve = self.escrow.bonus(offer.id, CreatorId(offer.creator_id), key=f"bonus:{offer.id}", tx=tx)
        else:
            reserve = self.escrow.refund(offer.id, key=f"refund:{offer.id}", tx=tx)
        done = where(brief_id=str(progress.brief.id), creator_id=offer.creator_id)
        for job in tx.find(CreatorPerformance, *done):
            if job.artifact_performance != performance:
                tx.save(attrs.evolve(job, artifact_performance=performance))
                save_with_aggregates(tx, tx.get(Creator, offer.creator_id), self.terms.weighing(now))
        return reserve

    def _free_place(self, tx: Transaction, creator_id: UUID, now: datetime) -> None:
        creator = tx.get(Creator, creator_id)
        freed = attrs.evolve(creator, current_load=max(0, creator.current_load - 1))
        save_with_aggregates(tx, freed, self.terms.weighing(now))

    def _job(self, brief: CreatorBrief, offer: BriefOffer, delivery: Delivery, now: datetime) -> CreatorPerformance:
        began = offer.answered_at or offer.offered_at
        return CreatorPerformance(
            id=self.ids.new(),
            brief_id=str(brief.id),
            creator_id=offer.creator_id,
            artifact_type=brief.artifact_type,
            summary=str(brief.document.get("headline") or ""),
            quality_score=delivery.quality_score,
            delivery_time=(delivery.delivered_at - began).total_seconds() / 3600,
            sla=self.terms.sla(brief.artifact_type),
            revision_count=delivery.attempt - 1,
            completed_at=now,
        )
