"""The marketplace's use cases: match, offer, answer, deliver, review, pay."""

from collections.abc import Sequence
from uuid import UUID

import attrs

from ..errors import Conflict, NeedsReview, NotFound
from ..intake.business import Business
from ..outputs.identifying_strings import identifying_strings
from ..outputs.leak_scan import leaks
from ..outputs.records import CreatorBrief
from ..ports import BlobStore, Clock, Embedder, Ids, PaymentEscrow, Store, Transaction, where
from ..values import BusinessId, CreatorId, Money
from .candidates import Pool, Ranking, assigned, rankings_of, wanted_of
from .creator_imports import ImportCounts, write_creators, write_history
from .drafts import CreatorDraft, CreatorJob
from .matching import Match, PassedOver, passed_over
from .offers import accept_offer, decline_offer, expire, is_certified, new_offers, own_offer, require_certified
from .progress import Due, Progress, human_check, was_reviewed
from .quality_checks import review
from .records import BriefOffer, Creator, Delivery, LedgerLeg
from .settlement import Settlement
from .submissions import earlier_works, keep_text, read_text, readable_text, require_turn, submission
from .terms import MarketplaceTerms

TRIES = 3
MOST_STEPS = 8
"""More than a brief can take at one moment; what is left over comes with the next run."""


@attrs.frozen(kw_only=True)
class MarketplaceService:
    """What passes between a business, its creators and the platform.

    What changes several rows does so in one transaction; who loses a race gets `Conflict` and changes nothing.
    """

    store: Store
    escrow: PaymentEscrow
    embedder: Embedder
    blobs: BlobStore
    clock: Clock
    ids: Ids
    terms: MarketplaceTerms = attrs.field(factory=MarketplaceTerms)

    def import_creators(self, drafts: Sequence[CreatorDraft]) -> ImportCounts:
        """Every creator is known under their external id; imported again, all are unchanged."""
        with self.store.platform() as tx:
            return write_creators(tx, drafts, self.ids)

    def import_history(self, jobs: Sequence[CreatorJob]) -> ImportCounts:
        """All past jobs are on record and the creators' aggregates follow from them; all of them, or none."""
        with self.store.platform() as tx:
            return write_history(tx, jobs, self.ids, self.terms, self.terms.weighing(self.clock.now()))

    def matches(self, business_id: BusinessId, brief_id: UUID, count: int = 5) -> list[Match]:
        """The ``count`` best who can be asked for the brief, each with reasons; nobody: []."""
        return list(self._ranking(business_id, brief_id)[1].matches[:count])

    def passed_over(self, business_id: BusinessId, brief_id: UUID) -> list[PassedOver]:
        """Those who cannot be asked, each with every reason why."""
        _, ranking = self._ranking(business_id, brief_id)
        return passed_over(ranking.candidates, wanted_of(ranking.brief))

    def offers(self, creator_id: CreatorId, status: str | None = None) -> list[BriefOffer]:
        """What the creator was offered, the newest first."""
        conditions = where(creator_id=creator_id) + (where(status=status) if status else ())
        with self.store.platform() as tx:
            return tx.find(BriefOffer, *conditions, order="-offered_at")

    def offer(self, business_id: BusinessId, brief_id: UUID) -> BriefOffer:
        """The next in rank who was not asked has 24 hours to answer; a premium brief goes to the next three at once.

        Where an offer is open already, that one is given and nothing changes. Nobody is left, or the document
        is not certified as anonymous: `NeedsReview`. A creator has accepted already: `Conflict`.
        """
        progress, ranking = self._ranking(business_id, brief_id)
        brief, now = progress.brief, self.clock.now()
        if progress.taken or brief.status not in ("ready", "offered", "escalated"):
            raise Conflict(f"a creator has taken the brief, which is {brief.status}; it is not offered to others")
        if current := [offer for offer in progress.unanswered if offer.expires_at > now]:
            return current[0]
        require_certified(brief)
        chosen = ranking.matches[: self.terms.premium_offers if brief.premium else 1]
        offers = new_offers(brief, chosen, len(progress.offers) + 1, now, self.ids, self.terms)
        with self.store.business(business_id) as tx:
            expire(tx, progress.offers, now, self.terms)
            tx.save(attrs.evolve(brief, status="offered" if offers else "escalated"))
            tx.add(*offers)
        if not offers:
            raise NeedsReview(f"nobody is left to ask for the brief {brief_id}; add creators, then offer it again")
        return offers[0]

    def offer_all(self, business_id: BusinessId) -> list[BriefOffer]:
        """Every ready brief is offered to one creator, so that as many as possible are and their scores sum highest.

        A creator gets no more than they have places for. Briefs that nobody can take stay ready, and so do those that
        are not certified.
        """
        with self.store.business(business_id) as tx:
            ready = [brief for brief in tx.find(CreatorBrief, *where(status="ready")) if is_certified(brief)]
            progress = [Progress.read(tx, brief.id) for brief in ready]
            pool = Pool.read(tx, self.clock.now(), self.terms)
        rankings = self._rank(progress, pool)
        chosen = [(each, match) for each, match in zip(rankings, assigned(rankings), strict=True) if match]
        made: list[BriefOffer] = []
        with self.store.business(business_id) as tx:
            for ranking, match in chosen:
                tx.save(attrs.evolve(ranking.brief, status="offered"))
                made += new_offers(ranking.brief, [match], 1, self.clock.now(), self.ids, self.terms)
            tx.add(*made)
        return made

    def answer(self, creator_id: CreatorId, offer_id: UUID, accept: bool) -> BriefOffer:
        """The offer is accepted or declined; with an acceptance all other open offers of the brief are withdrawn.

        The same answer again changes nothing. `Conflict`: another answer was given before, it came too late (the offer
        is expired then), somebody else was quicker, or the creator has no place free.
        """
        now, wanted = self.clock.now(), "accepted" if accept else "declined"
        with self.store.platform() as tx:
            offer = own_offer(tx, creator_id, offer_id)
            if offer.status == wanted:
                return offer
            if offer.status != "offered":
                raise Conflict(f"the offer is {offer.status} already; it cannot be {wanted} any more")
            if not expire(tx, [offer], now, self.terms):
                return (accept_offer if accept else decline_offer)(tx, offer, now, self.terms)
        raise Conflict(f"the offer expired at {offer.expires_at:%Y-%m-%d %H:%M} UTC")

    def deliver(self, creator_id: CreatorId, offer_id: UUID, text: str) -> Delivery:
        """The text is kept and reviewed; its verdict says whether it passed, is to be revised, or needs a person.

        The same text again gives the same delivery. `Conflict`: the offer was not accepted, its money is not held yet,
        or the delivery before was not sent back for revision. No words, or over 200,000 characters: `InvalidInput`.
        """
        text = readable_text(text)
        blob = keep_text(self.blobs, text)
        with self.store.platform() as tx:
            offer, creator = own_offer(tx, creator_id, offer_id), tx.get(Creator, creator_id)
            deliveries = tx.find(Delivery, *where(offer_id=offer_id), order="attempt")
            earlier = earlier_works(tx, offer)
            funded = tx.count(LedgerLeg, *where(hold_id=offer_id, kind="hold")) > 0
        if deliveries and deliveries[-1].blob == blob:
            return deliveries[-1]
        require_turn(offer, deliveries)
        if not funded:
            raise Conflict("the money for it is not held yet; nobody works unpaid, so deliver once it is")
        texts = [read_text(self.blobs, hash) for hash in earlier]
        attempt = len(deliveries) + 1
        reviewed = review(
            submission(text, offer, creator, texts, self.embedder), attempt=attempt, attempts=self.terms.attempts
        )
        delivery = Delivery(
            id=self.ids.new(),
            offer_id=offer_id,
            attempt=attempt,
            blob=blob,
            checks=tuple(attrs.asdict(check) for check in reviewed.checks),
            quality_score=reviewed.quality,
            verdict=reviewed.verdict,
            delivered_at=self.clock.now(),
        )
        with self.store.platform() as tx:
            tx.add(delivery)
        return delivery

    def advance(self, business_id: BusinessId) -> list[str]:
        """Everything that is due for the business's briefs is done; gives a sentence for each thing done.

        Called again, or after a crash at any point, it goes on where it was; nothing is done twice.
        """
        with self.store.business(business_id) as tx:
            briefs = tx.find(CreatorBrief, *where(status__in=["offered", "in_production", "in_review"]))
        return [f"{_name(brief)}: {line}" for brief in briefs for line in self._advance(business_id, brief.id)]

    def review(self, business_id: BusinessId, brief_id: UUID, *, passed: bool, comment: str = "") -> CreatorBrief:
        """A person's verdict on a delivery that waits for one, and all that follows from it is done.

        Passed: the creator is paid and the brief is done. Not passed: it is sent back for revision while an attempt is
        left; else the money goes back and the brief is ready to be offered to somebody else. `Conflict`: it does not
        wait for a person, or there is nothing that could pass.
        """
        with self.store.business(business_id) as tx:
            progress = Progress.read(tx, brief_id)
            brief, latest = progress.brief, progress.latest
            if brief.status not in ("in_review", "escalated"):
                raise Conflict(f"the brief is {brief.status}; it does not wait for a person")
            progress.require_taken()
            if passed and latest is None:
                raise Conflict("nothing was delivered that could pass")
            if latest and (passed or (brief.status == "in_review" and latest.attempt < self.terms.attempts)):
                verdict, checks = "pass" if passed else "revise", (*latest.checks, human_check(passed, comment))
                tx.save(attrs.evolve(latest, verdict=verdict, checks=checks))
                tx.save(attrs.evolve(brief, status="in_review" if passed else "in_production"))
            else:
                self._settlement.call_off(tx, progress, self.clock.now())
        self._advance(business_id, brief_id)
        with self.store.business(business_id) as tx:
            return tx.get(CreatorBrief, brief_id)

    def deliverable(self, business_id: BusinessId, brief_id: UUID) -> str:
        """The text that the business has paid for. The brief is not done yet: `NotFound`."""
        with self.store.business(business_id) as tx:
            progress = Progress.read(tx, brief_id)
        if progress.brief.status != "done" or not progress.latest:
            raise NotFound(f"the brief is {progress.brief.status}; its text is there once it is done")
        return read_text(self.blobs, progress.latest.blob)

    def settle_bonus(
        self, business_id: BusinessId, brief_id: UUID, met: bool, *, performance: float | None = None
    ) -> Money:
        """The bonus reserve is the creator's when the artifact met its target, else the business's; gives it.

        The job's performance is on record: ``performance`` in [0, 1], else 1 for met and 0 for not. The same call again
        changes nothing. Settled the other way before, or not completed: `Conflict`.
        """
        measured = float(met) if performance is None else performance
        with self.store.business(business_id) as tx:
            return self._settlement.bonus(tx, Progress.read(tx, brief_id), met, measured, self.clock.now())

    @property
    def _settlement(self) -> Settlement:
        return Settlement(escrow=self.escrow, ids=self.ids, terms=self.terms)

    def _ranking(self, business_id: BusinessId, brief_id: UUID) -> tuple[Progress, Ranking]:
        with self.store.business(business_id) as tx:
            progress = Progress.read(tx, brief_id)
            pool = Pool.read(tx, self.clock.now(), self.terms)
        return progress, self._rank([progress], pool)[0]

    def _rank(self, progress: Sequence[Progress], pool: Pool) -> list[Ranking]:
        briefs = [each.brief for each in progress]
        asked = [{offer.creator_id for offer in each.offers} for each in progress]
        return rankings_of(briefs, asked, pool, self.embedder, self.clock.now(), self.terms)

    def _advance(self, business_id: BusinessId, brief_id: UUID) -> list[str]:
        lines: list[str] = []
        lost = 0
        while len(lines) < MOST_STEPS:
            try:
                line = self._step(business_id, brief_id)
            except Conflict as conflict:
                lost += 1  # Somebody else was quicker, most likely; what is due now is read anew.
                if lost == TRIES:
                    return [*lines, f"it could not go on now: {conflict}"]
                continue
            except NeedsReview as reason:
                return [*lines, str(reason)]
            if line is None:
                break
            lines.append(line)
        return lines

    def _step(self, business_id: BusinessId, brief_id: UUID) -> str | None:
        """What was due is done; gives what it was, None when nothing is."""
        now = self.clock.now()
        with self.store.business(business_id) as tx:
            progress, business = Progress.read(tx, brief_id), tx.get(Business, business_id)
        due = progress.due(now, self.terms)
        if due is Due.OFFER:
            offer = self.offer(business_id, brief_id)
            return f"offered to number {offer.rank} in rank until {offer.expires_at:%Y-%m-%d %H:%M} UTC"
        if due is Due.COMPLETE and self._names(business, progress):
            due = Due.ESCALATE
        with self.store.business(business_id) as tx:
            return self._done(tx, due, progress)

    def _done(self, tx: Transaction, due: Due | None, progress: Progress) -> str | None:
        """The step in one transaction; a version read before it began makes it `Conflict` when anything has changed."""
        now, brief, latest = self.clock.now(), progress.brief, progress.latest
        match due:
            case Due.EXPIRE:
                return f"{expire(tx, progress.offers, now, self.terms)} offer(s) expired without an answer"
            case Due.BEGIN:
                return f"accepted; {self._settlement.begin(tx, progress)} held in escrow, production has begun"
            case Due.COMPLETE if latest:
                return f"passed; {self._settlement.complete(tx, progress, latest, now)} paid to the creator"
            case Due.ASK_PERSON:
                tx.save(attrs.evolve(brief, status="in_review"))
                return "the delivery passed the automated checks and waits for a person's review"
            case Due.ESCALATE:
                tx.save(attrs.evolve(brief, status="escalated"))
                return "it cannot go on by itself; a person has to review it"
        return None

    def _names(self, business: Business, progress: Progress) -> bool:
        """Whether the text that nobody has looked at names the business, which its creator cannot know."""
        if progress.latest is None or was_reviewed(progress.latest):
            return False
        strings = identifying_strings(
            businesses=[business.name], domains=[business.website] if business.website else []
        )
        found = leaks(read_text(self.blobs, progress.latest.blob), strings)
        return any(finding.certain and finding.string for finding in found)


def _name(brief: CreatorBrief) -> str:
    return f"“{brief.document.get('headline') or brief.artifact_type}”"
