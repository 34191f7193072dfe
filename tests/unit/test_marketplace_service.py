"""A brief finds its creator, is delivered, reviewed and paid for."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from refleqt_adapters.blobs.memory import MemoryBlobStore
from refleqt_adapters.clock.simulated import SimulatedClock, SimulatedIds
from refleqt_adapters.connectors.recurrence import occurrences
from refleqt_adapters.embedder.memory import HashingEmbedder
from refleqt_adapters.escrow.ledger import LedgerEscrow
from refleqt_adapters.queue.memory import MemoryQueue
from refleqt_adapters.store.memory import MemoryStore
from refleqt_core.cdt.forecast_ledger import ForecastService
from refleqt_core.cdt.records import Forecast
from refleqt_core.cdt.service import BeliefService
from refleqt_core.errors import Conflict, InvalidInput, NeedsReview, NotFound
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry
from refleqt_core.intake.calendar_patterns.nightly import NightlyPatterns
from refleqt_core.intake.drafts import EntryDraft
from refleqt_core.intake.entry_templates import SeriesService
from refleqt_core.intake.performance_service import PerformanceService
from refleqt_core.marketplace.drafts import CreatorDraft, CreatorJob
from refleqt_core.marketplace.records import BriefOffer, Creator, CreatorPerformance, Delivery, LedgerLeg
from refleqt_core.marketplace.service import MarketplaceService
from refleqt_core.outputs.anonymity import fingerprint_of
from refleqt_core.outputs.records import CreatorBrief, ExecutionMap, MapArtifact
from refleqt_core.ports import where
from refleqt_core.profile import ProfileService
from refleqt_core.recommendations.service import RecommendationService
from refleqt_core.upkeep import UpkeepService
from refleqt_core.values import BusinessId, CreatorId, Money

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BAD = "Order less food."
GOOD = """# Reduce food waste before the weekend

You can reduce food waste with one short habit: count what is left before you order more. The count takes ten minutes,
and one person can do it on Wednesday with a sheet of paper. Write down the five things that cost the most, and order
less of them. Show the sheet to the whole team, and let the chef say why something was left over this week.
"""
DOCUMENT = {
    "headline": "How small kitchens reduce food waste",
    "artifact_type": "blog_copy",
    "specialization": "B2B_SaaS",
    "key_messages": ["Count what is left before you order more", "The count takes ten minutes"],
    "what_to_avoid": [],
    "structure": ["One next step."],
    "seo": {"keyword": "reduce food waste"},
    "technical": {"min_words": 60, "max_words": 200},
    "reference_material": [],
}


@attrs.frozen
class Market:
    """A marketplace on memory adapters with one business."""

    store: MemoryStore
    clock: SimulatedClock
    service: MarketplaceService
    business: BusinessId

    def brief(self, **changes: Any) -> UUID:
        """A certified brief on its own map."""
        document = DOCUMENT | changes.pop("document", {})
        plan, artifact = self._artifact()
        brief = CreatorBrief(
            id=uuid4(),
            business_id=self.business,
            map_artifact_id=artifact.id,
            artifact_type="blog_copy",
            document=document,
            certificate={"passed": True, "fingerprint": fingerprint_of(document)},
            created_at=NOW,
        )
        with self.store.business(self.business) as tx:
            tx.add(plan, artifact, attrs.evolve(brief, **changes))
        return brief.id

    def _artifact(self) -> tuple[ExecutionMap, MapArtifact]:
        plan = ExecutionMap(
            id=uuid4(), business_id=self.business, title="Waste less", rationale="", why_now="", segment="ops",
            goal="", starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 30), estimated_cost=Money(minor=54_000),
            model_version="1", created_at=NOW,
        )  # fmt: skip
        artifact = MapArtifact(
            id=uuid4(), business_id=self.business, execution_map_id=plan.id, position=0, title="Waste", channel="blog",
            artifact_type="blog_copy", segment="ops", angle="education", publish_at=NOW, base_fee=Money(minor=40_000),
            bonus_reserve=Money(minor=8_000), platform_fee=Money(minor=6_000), primary_kpi="signups", kpi_target=40,
            success_chance=0.5,
        )  # fmt: skip
        return plan, artifact

    def status(self, brief_id: UUID) -> str:
        with self.store.business(self.business) as tx:
            return tx.get(CreatorBrief, brief_id).status

    def creator(self, name: str) -> Creator:
        with self.store.platform() as tx:
            return tx.find(Creator, *where(external_id=name))[0]

    def id_of(self, name: str) -> CreatorId:
        return CreatorId(self.creator(name).id)

    def name_of(self, offer: BriefOffer) -> str:
        with self.store.platform() as tx:
            return tx.get(Creator, offer.creator_id).external_id

    def all(self, kind: type[Any]) -> list[Any]:
        with self.store.business(self.business) as tx:
            return tx.find(kind)

    def money(self, account: str) -> int:
        return sum(leg.amount for leg in self.all(LedgerLeg) if leg.account.startswith(account))

    def later(self, passed: timedelta) -> None:
        self.clock.advance_to(self.clock.now() + passed)

    def answer(self, offer: BriefOffer, accept: bool) -> BriefOffer:
        return self.service.answer(CreatorId(offer.creator_id), offer.id, accept)

    def deliver(self, offer: BriefOffer, text: str) -> Delivery:
        return self.service.deliver(CreatorId(offer.creator_id), offer.id, text)

    def advance(self) -> list[str]:
        return self.service.advance(self.business)

    def in_production(self, **changes: Any) -> tuple[UUID, BriefOffer]:
        brief_id = self.brief(**changes)
        offer = self.answer(self.service.offer(self.business, brief_id), True)
        self.advance()
        return brief_id, offer

    def done(self) -> tuple[UUID, BriefOffer]:
        brief_id, offer = self.in_production()
        self.deliver(offer, GOOD)
        self.advance()
        return brief_id, offer


def draft(name: str, **changes: Any) -> CreatorDraft:
    usual: dict[str, Any] = {
        "display_name": f"{name.title()} Vantongeren",
        "specializations": ("B2B_SaaS",),
        "artifact_types": ("blog_copy",),
        "tier": "proven",
        "capacity": 2,
        "fees": {"blog_copy": 40_000},
    }
    return CreatorDraft(external_id=name, **(usual | changes))


def job(brief: str, creator: str, quality: float = 0.9, **changes: Any) -> CreatorJob:
    usual: dict[str, Any] = {
        "artifact_type": "blog_copy",
        "accepted": True,
        "completed_at": NOW - 20 * DAY,
        "summary": "An article on food waste in kitchens",
        "quality_score": quality,
        "delivery_hours": 100.0,
        "sla_hours": 168.0,
        "artifact_performance": quality,
    }
    return CreatorJob(brief_id=brief, creator_id=creator, **(usual | changes))


DECLINED: dict[str, Any] = {
    "accepted": False,
    "quality_score": None,
    "delivery_hours": None,
    "sla_hours": None,
    "artifact_performance": None,
}


@pytest.fixture
def market() -> Market:
    """Three creators whose past work ranks them: best, good, weak."""
    clock, store, business = SimulatedClock(NOW), MemoryStore(), BusinessId(uuid4())
    ids = SimulatedIds(clock)
    service = MarketplaceService(
        store=store,
        escrow=LedgerEscrow(clock, ids),
        embedder=HashingEmbedder(),
        blobs=MemoryBlobStore(),
        clock=clock,
        ids=ids,
    )
    with store.business(business) as tx:
        tx.add(Business(id=business, slug="brinewell", name="Brinewell Kitchens", created_at=NOW))
    service.import_creators([draft("weak"), draft("best"), draft("good")])
    levels = {"best": 0.95, "good": 0.75, "weak": 0.4}
    service.import_history([job(f"{name}-{i}", name, level) for name, level in levels.items() for i in range(6)])
    return Market(store, clock, service, business)


def test_the_whole_way_of_a_brief(market: Market) -> None:
    brief_id = market.brief()

    first = market.service.offer(market.business, brief_id)
    assert (market.name_of(first), first.rank, market.status(brief_id)) == ("best", 1, "offered")
    market.answer(first, False)
    assert len(market.advance()) == 1

    second = market.service.offers(market.id_of("good"))[0]
    assert (second.status, second.rank) == ("offered", 2)
    market.answer(second, True)
    market.advance()
    assert (market.status(brief_id), market.money("escrow:")) == ("in_production", 40_000 + 8_000 + 6_000)

    market.later(DAY)
    assert market.deliver(second, BAD).verdict == "revise"
    assert market.advance() == []
    market.later(DAY)
    assert market.deliver(second, GOOD).verdict == "pass"
    market.advance()
    assert (market.status(brief_id), market.service.deliverable(market.business, brief_id)) == ("done", GOOD)
    assert (market.money("creator:"), market.money("platform:"), market.money("escrow:")) == (40_000, 6_000, 8_000)

    assert market.service.settle_bonus(market.business, brief_id, met=True) == Money(minor=8_000)
    assert (market.money("creator:"), market.money("escrow:"), market.money("business:")) == (48_000, 0, -54_000)


def test_creators_are_imported_once(market: Market) -> None:
    counts = market.service.import_creators([draft("best"), draft("good", tier="elite"), draft("new")])
    assert (counts.new, counts.changed, counts.unchanged) == (1, 1, 1)


def test_history_is_imported_once(market: Market) -> None:
    again = [job(f"best-{i}", "best", 0.95) for i in range(6)]
    before = market.creator("best")
    counts = market.service.import_history([*again, job("best-7", "best", 0.95)])
    assert (counts.new, counts.changed, counts.unchanged) == (1, 0, 6)
    assert market.creator("best").total_briefs_completed == before.total_briefs_completed + 1


def test_results_that_come_in_later_change_the_history(market: Market) -> None:
    counts = market.service.import_history([job("best-0", "best", 0.95, artifact_performance=0.1)])
    assert counts.changed == 1
    assert market.creator("best").performance_score < market.creator("best").acceptance_rate  # type: ignore[operator]


def test_aggregates_follow_from_the_history(market: Market) -> None:
    market.service.import_creators([draft("fresh")])
    market.service.import_history(
        [
            job("f-1", "fresh", delivery_hours=50.0, revision_count=2),
            job("f-2", "fresh", delivery_hours=150.0, completed_at=NOW - 90 * DAY),
            job("f-3", "fresh", **DECLINED),
        ]
    )
    fresh = market.creator("fresh")
    assert (fresh.total_briefs_completed, fresh.avg_delivery_time, fresh.revision_rate) == (2, 100.0, 1.0)
    assert fresh.acceptance_rate == pytest.approx(2 / 3)


def test_history_of_an_unknown_creator_is_refused_as_a_whole(market: Market) -> None:
    with pytest.raises(InvalidInput, match="there is no creator 'nobody'"):
        market.service.import_history([job("x-1", "best"), job("x-2", "nobody")])
    assert market.creator("best").total_briefs_completed == 6


def test_an_accepted_job_without_quality_is_refused(market: Market) -> None:
    with pytest.raises(InvalidInput, match="quality_score"):
        market.service.import_history([job("x-1", "best", quality_score=None)])


def test_a_creator_that_stands_twice_in_a_file_is_refused(market: Market) -> None:
    with pytest.raises(InvalidInput, match="twice"):
        market.service.import_creators([draft("new"), draft("new")])


def test_matches_come_with_reasons(market: Market) -> None:
    matches = market.service.matches(market.business, market.brief(), count=2)
    assert [match.creator.external_id for match in matches] == ["best", "good"]
    assert "(from 6 jobs)" in matches[0].reasons[0]


def test_work_on_similar_subjects_ranks_higher(market: Market) -> None:
    market.service.import_creators([draft("far"), draft("near")])
    for name, about in (("near", "Small kitchens reduce food waste"), ("far", "Quarterly tax returns for lawyers")):
        market.service.import_history([job(f"{name}-{i}", name, 0.97, summary=about) for i in range(6)])
    ranked = [m.creator.external_id for m in market.service.matches(market.business, market.brief(), count=9)]
    assert ranked.index("near") < ranked.index("far")


def test_who_is_passed_over_is_told_with_reasons(market: Market) -> None:
    market.service.import_creators(
        [draft("full", capacity=1, current_load=1), draft("mailer", artifact_types=("email",))]
    )
    told = market.service.passed_over(market.business, market.brief())
    assert {each.creator.external_id for each in told} == {"full", "mailer"}


def test_an_offer_shows_the_document_and_no_business(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    assert offer.document == DOCUMENT
    assert str(market.business) not in repr(offer)


def test_an_offer_made_twice_is_one(market: Market) -> None:
    brief_id = market.brief()
    assert market.service.offer(market.business, brief_id) == market.service.offer(market.business, brief_id)


def test_an_uncertified_brief_is_offered_to_nobody(market: Market) -> None:
    brief_id = market.brief(certificate={"passed": False})
    with pytest.raises(NeedsReview, match="not certified"):
        market.service.offer(market.business, brief_id)
    assert market.status(brief_id) == "ready"


def test_a_document_that_was_changed_after_its_certificate_is_offered_to_nobody(market: Market) -> None:
    brief_id = market.brief(certificate={"passed": True, "fingerprint": fingerprint_of({"another": "document"})})
    with pytest.raises(NeedsReview, match="not certified"):
        market.service.offer(market.business, brief_id)


def test_an_accepted_brief_is_not_offered_again(market: Market) -> None:
    brief_id, _ = market.in_production()
    with pytest.raises(Conflict, match="in_production"):
        market.service.offer(market.business, brief_id)


def test_another_creator_s_offer_is_absent(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    with pytest.raises(NotFound):
        market.service.answer(market.id_of("weak"), offer.id, True)


def test_an_offer_that_nobody_answers_goes_to_the_next_after_a_day(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    market.later(DAY - timedelta(seconds=1))
    assert market.advance() == []
    market.later(timedelta(seconds=1))
    market.advance()
    statuses = {market.name_of(each): each.status for each in market.all(BriefOffer) if each.brief_id == offer.brief_id}
    assert statuses == {"best": "expired", "good": "offered"}


def test_a_late_answer_loses(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    market.later(DAY)
    with pytest.raises(Conflict, match="expired"):
        market.answer(offer, True)
    assert market.service.offers(market.id_of("best"), "expired")[0].id == offer.id


def test_an_answer_after_the_next_was_asked_loses(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    market.later(DAY)
    market.advance()
    with pytest.raises(Conflict):
        market.answer(offer, True)


def test_the_same_answer_twice_is_one(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    assert market.answer(offer, True) == market.answer(offer, True)
    assert market.creator("best").current_load == 1


def test_an_answer_cannot_be_taken_back(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    market.answer(offer, False)
    with pytest.raises(Conflict, match="declined already"):
        market.answer(offer, True)


def test_an_acceptance_without_a_free_place_is_refused(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    market.service.import_creators([draft("best", current_load=2)])
    with pytest.raises(Conflict, match="all 2 places are taken"):
        market.answer(offer, True)


def test_answers_count_for_the_acceptance_rate(market: Market) -> None:
    market.answer(market.service.offer(market.business, market.brief()), False)
    assert market.creator("best").acceptance_rate == pytest.approx(6 / 7)


def test_nobody_left_is_a_question_for_a_person(market: Market) -> None:
    brief_id = market.brief()
    for _ in range(3):
        market.answer(market.service.offer(market.business, brief_id), False)
    with pytest.raises(NeedsReview, match="nobody is left"):
        market.service.offer(market.business, brief_id)
    assert market.status(brief_id) == "escalated"


def test_advance_goes_on_with_other_briefs_when_nobody_is_left_for_one(market: Market) -> None:
    stuck = market.brief()
    for _ in range(3):
        market.answer(market.service.offer(market.business, stuck), False)
    moving = market.brief()
    market.answer(market.service.offer(market.business, moving), True)
    lines = market.advance()
    assert (market.status(stuck), market.status(moving)) == ("escalated", "in_production")
    assert any("nobody is left" in line for line in lines)


def test_a_brief_that_nobody_wanted_is_offered_to_a_creator_who_came_later(market: Market) -> None:
    brief_id = market.brief()
    for _ in range(3):
        market.answer(market.service.offer(market.business, brief_id), False)
    market.advance()
    market.service.import_creators([draft("late")])
    assert market.name_of(market.service.offer(market.business, brief_id)) == "late"


def test_a_premium_brief_goes_to_three_and_the_first_acceptance_wins(market: Market) -> None:
    brief_id = market.brief(premium=True)
    market.service.offer(market.business, brief_id)
    offers = {market.name_of(each): each for each in market.all(BriefOffer) if each.brief_id == brief_id}
    market.answer(offers["good"], True)
    with pytest.raises(Conflict, match="withdrawn"):
        market.answer(offers["best"], True)
    statuses = {market.name_of(each): each.status for each in market.all(BriefOffer) if each.brief_id == brief_id}
    assert statuses == {"best": "withdrawn", "good": "accepted", "weak": "withdrawn"}


def test_money_is_held_at_the_accepting_creator_s_fee(market: Market) -> None:
    market.service.import_creators([draft("best", fees={"blog_copy": 33_333})])
    market.in_production()
    assert market.money("escrow:") == 33_333 + 6_667 + 5_000


def test_a_delivery_before_the_acceptance_is_refused(market: Market) -> None:
    offer = market.service.offer(market.business, market.brief())
    with pytest.raises(Conflict, match="only an accepted one"):
        market.deliver(offer, GOOD)


def test_the_same_delivery_twice_is_one(market: Market) -> None:
    _, offer = market.in_production()
    assert market.deliver(offer, BAD) == market.deliver(offer, BAD)
    assert len(market.all(Delivery)) == 1


def test_a_delivery_after_a_passed_one_is_refused(market: Market) -> None:
    _, offer = market.in_production()
    market.deliver(offer, GOOD)
    with pytest.raises(Conflict, match="passed already"):
        market.deliver(offer, GOOD + "One more thing.")


@pytest.mark.parametrize("text", ["", " \n ", "word " * 50_000])
def test_a_delivery_that_is_no_text_is_refused(market: Market, text: str) -> None:
    _, offer = market.in_production()
    with pytest.raises(InvalidInput):
        market.deliver(offer, text)


def test_a_delivery_says_what_to_mend(market: Market) -> None:
    _, offer = market.in_production()
    failed = {check["name"] for check in market.deliver(offer, BAD).checks if not check["passed"]}
    assert {"length", "keyword"} <= failed


def test_an_attempt_before_is_no_copied_work(market: Market) -> None:
    _, offer = market.in_production(document={"technical": {"min_words": 100, "max_words": 200}})
    assert market.deliver(offer, GOOD).verdict == "revise"
    longer = (
        GOOD
        + "\nStart small. Choose one shelf of the fridge, count it for a week, and tell the team what it saved. " * 2
    )
    assert market.deliver(offer, longer).verdict == "pass"


def test_a_text_that_was_delivered_for_another_brief_does_not_pass(market: Market) -> None:
    market.done()
    _, offer = market.in_production()
    failed = {check["name"] for check in market.deliver(offer, GOOD + "Again.").checks if not check["passed"]}
    assert failed == {"originality"}


def test_a_third_failure_asks_a_person(market: Market) -> None:
    brief_id, offer = market.in_production()
    verdicts = [market.deliver(offer, f"{BAD} {n}").verdict for n in range(3)]
    market.advance()
    assert (verdicts, market.status(brief_id)) == (["revise", "revise", "escalate"], "escalated")
    with pytest.raises(Conflict, match="person"):
        market.deliver(offer, GOOD)


def test_a_completed_brief_is_on_the_creator_s_record(market: Market) -> None:
    brief_id, offer = market.in_production()
    market.later(2 * DAY)
    market.deliver(offer, BAD)
    market.later(DAY)
    market.deliver(offer, GOOD)
    market.advance()
    record = next(each for each in market.all(CreatorPerformance) if each.brief_id == str(brief_id))
    assert (record.delivery_time, record.revision_count, record.sla) == (72.0, 1, 168.0)
    assert record.artifact_performance is None
    best = market.creator("best")
    assert (best.total_briefs_completed, best.current_load) == (7, 0)


def test_a_text_that_names_the_business_asks_a_person(market: Market) -> None:
    brief_id, offer = market.in_production()
    assert market.deliver(offer, GOOD + "As Brinewell does.").verdict == "pass"
    market.advance()
    assert (market.status(brief_id), market.money("creator:")) == ("escalated", 0)


def test_a_creator_who_never_delivers_is_a_question_for_a_person(market: Market) -> None:
    brief_id, _ = market.in_production()
    market.later(timedelta(hours=2 * 168))
    assert market.advance() == []
    market.later(timedelta(hours=1))
    market.advance()
    assert market.status(brief_id) == "escalated"


def test_a_premium_delivery_waits_for_a_person(market: Market) -> None:
    brief_id, offer = market.in_production(premium=True)
    market.deliver(offer, GOOD)
    market.advance()
    assert (market.status(brief_id), market.money("creator:"), market.advance()) == ("in_review", 0, [])


def test_a_premium_delivery_is_paid_when_a_person_has_passed_it(market: Market) -> None:
    brief_id, offer = market.in_production(premium=True)
    market.deliver(offer, GOOD)
    market.advance()
    assert market.service.review(market.business, brief_id, passed=True).status == "done"
    assert market.money("creator:") == 40_000


def test_a_premium_delivery_that_a_person_sends_back_is_revised(market: Market) -> None:
    brief_id, offer = market.in_production(premium=True)
    market.deliver(offer, GOOD)
    market.advance()
    sent_back = market.service.review(market.business, brief_id, passed=False, comment="Say why on Wednesday.")
    assert sent_back.status == "in_production"
    assert market.all(Delivery)[0].checks[-1]["finding"] == "Say why on Wednesday."
    assert market.deliver(offer, GOOD + "Wednesday comes before the order.").verdict == "pass"


def test_a_person_may_pass_what_the_checks_did_not(market: Market) -> None:
    brief_id, offer = market.in_production()
    for n in range(3):
        market.deliver(offer, f"{BAD} {n}")
    market.advance()
    assert market.service.review(market.business, brief_id, passed=True).status == "done"


def test_a_refused_brief_is_paid_back_and_goes_to_somebody_else(market: Market) -> None:
    brief_id, offer = market.in_production()
    for n in range(3):
        market.deliver(offer, f"{BAD} {n}")
    market.advance()
    assert market.service.review(market.business, brief_id, passed=False).status == "ready"
    assert (market.money("business:"), market.creator("best").current_load) == (0, 0)
    second = market.service.offer(market.business, brief_id)
    assert market.name_of(second) == "good"
    market.answer(second, True)
    market.advance()
    assert market.money("escrow:") == 54_000


def test_a_brief_that_waits_for_nobody_cannot_be_reviewed(market: Market) -> None:
    brief_id, _ = market.in_production()
    with pytest.raises(Conflict, match="does not wait for a person"):
        market.service.review(market.business, brief_id, passed=True)


def test_what_was_never_delivered_cannot_be_passed(market: Market) -> None:
    brief_id, _ = market.in_production()
    market.later(30 * DAY)
    market.advance()
    with pytest.raises(Conflict, match="nothing was delivered"):
        market.service.review(market.business, brief_id, passed=True)


def test_a_text_is_not_there_before_it_is_paid_for(market: Market) -> None:
    brief_id, offer = market.in_production()
    market.deliver(offer, GOOD)
    with pytest.raises(NotFound):
        market.service.deliverable(market.business, brief_id)


def test_a_missed_target_gives_the_reserve_back(market: Market) -> None:
    brief_id, _ = market.done()
    assert market.service.settle_bonus(market.business, brief_id, met=False) == Money(minor=8_000)
    assert (market.money("creator:"), market.money("business:")) == (40_000, -46_000)


def test_a_bonus_is_settled_once(market: Market) -> None:
    brief_id, _ = market.done()
    market.service.settle_bonus(market.business, brief_id, met=True)
    market.service.settle_bonus(market.business, brief_id, met=True)
    with pytest.raises(Conflict):
        market.service.settle_bonus(market.business, brief_id, met=False)
    assert market.money("creator:") == 48_000


@pytest.mark.parametrize("met", [True, False])
def test_a_bonus_before_completion_is_refused(market: Market, met: bool) -> None:
    brief_id, _ = market.in_production()
    with pytest.raises(Conflict):
        market.service.settle_bonus(market.business, brief_id, met=met)
    assert market.money("escrow:") == 54_000


def test_results_count_for_the_next_matching(market: Market) -> None:
    brief_id, _ = market.done()
    before = market.creator("best").performance_score
    market.service.settle_bonus(market.business, brief_id, met=False, performance=0.2)
    assert market.creator("best").performance_score < before


def test_the_text_of_one_business_s_brief_is_absent_for_another(market: Market) -> None:
    brief_id, _ = market.done()
    with pytest.raises(NotFound):
        market.service.deliverable(BusinessId(uuid4()), brief_id)


def test_advance_at_any_point_does_nothing_twice(market: Market) -> None:
    brief_id = market.brief()
    steps: list[Callable[[], object]] = [
        lambda: market.service.offer(market.business, brief_id),
        lambda: market.answer(market.service.offers(market.id_of("best"), "offered")[0], True),
        lambda: market.deliver(market.service.offers(market.id_of("best"), "accepted")[0], GOOD),
    ]
    for step in steps:
        step()
        market.advance()
        state = market.all(BriefOffer), market.all(LedgerLeg), market.all(CreatorPerformance), market.all(Creator)
        assert market.advance() == []
        again = market.all(BriefOffer), market.all(LedgerLeg), market.all(CreatorPerformance), market.all(Creator)
        assert again == state
    assert market.status(brief_id) == "done"


def test_nobody_delivers_before_the_money_is_held(market: Market) -> None:
    brief_id = market.brief()
    offer = market.answer(market.service.offer(market.business, brief_id), True)
    with pytest.raises(Conflict, match="not held yet"):
        market.deliver(offer, GOOD)
    market.advance()
    market.deliver(offer, GOOD)
    market.advance()
    assert (market.status(brief_id), market.money("creator:")) == ("done", 40_000)


@attrs.frozen
class BreakingEscrow:
    """The ledger, but the process dies right after the release."""

    ledger: LedgerEscrow

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    def release(self, *args: Any, **kwargs: Any) -> Money:
        self.ledger.release(*args, **kwargs)
        raise RuntimeError("the process died")


def test_a_crash_in_the_middle_of_the_completion_leaves_nothing_half_done(market: Market) -> None:
    brief_id, offer = market.in_production()
    market.deliver(offer, GOOD)
    escrow = market.service.escrow
    assert isinstance(escrow, LedgerEscrow)
    with pytest.raises(RuntimeError):
        attrs.evolve(market.service, escrow=BreakingEscrow(escrow)).advance(market.business)
    assert (market.status(brief_id), market.money("creator:")) == ("in_production", 0)
    market.advance()
    assert (market.status(brief_id), market.money("creator:")) == ("done", 40_000)


def test_many_briefs_are_offered_within_everybody_s_places(market: Market) -> None:
    briefs = [market.brief() for _ in range(7)]
    offers = market.service.offer_all(market.business)
    assert sorted(market.name_of(each) for each in offers) == ["best", "best", "good", "good", "weak", "weak"]
    assert sorted(market.status(each) for each in briefs) == ["offered"] * 6 + ["ready"]


def test_offering_all_again_offers_nothing_that_is_offered(market: Market) -> None:
    market.brief()
    assert [len(market.service.offer_all(market.business)) for _ in range(2)] == [1, 0]


def test_an_uncertified_brief_is_not_among_the_many(market: Market) -> None:
    market.brief(certificate={})
    assert market.service.offer_all(market.business) == []


def test_our_work_is_added_to_the_load_that_a_file_names(market: Market) -> None:
    market.in_production()
    counts = market.service.import_creators([draft("best")])
    assert (counts.unchanged, market.creator("best").current_load) == (1, 1)


# ---- What is due by itself ------------------------------------------------------------------------------------------


def upkeep_of(market: Market) -> UpkeepService:
    ids = SimulatedIds(market.clock, seed=7)
    ports: dict[str, Any] = {"store": market.store, "clock": market.clock, "ids": ids}
    return UpkeepService(
        store=market.store,
        profile=ProfileService(store=market.store),
        marketplace=market.service,
        performance=PerformanceService(**ports),
        forecasts=ForecastService(**ports),
        beliefs=BeliefService(**ports),
        recommendations=RecommendationService(**ports),
        nightly=NightlyPatterns(store=market.store, queue=MemoryQueue(market.clock), clock=market.clock),
        series=SeriesService(**ports, queue=MemoryQueue(market.clock), occurrences=occurrences),
    )


def test_what_recurs_is_put_on_the_calendar_as_time_goes_on(market: Market) -> None:
    upkeep = upkeep_of(market)
    first = EntryDraft(external_id="N-1", title="News", artifact_type="newsletter", publish_at=NOW)
    upkeep.series.start(market.business, "News", first, "FREQ=WEEKLY", time_zone="UTC")
    assert not any("recurring" in line for line in upkeep.run(market.business))
    market.clock.advance_to(NOW + timedelta(days=14))
    assert "2 recurring entries put on the calendar" in upkeep.run(market.business)
    assert not any("recurring" in line for line in upkeep.run(market.business))


def scored(market: Market, brief_id: UUID, *, success: bool) -> None:
    """The brief's artifact was published, and its forecast has been scored."""
    entry = CalendarEntry(
        id=uuid4(), business_id=market.business, external_id="E-1", title="Waste", artifact_type="blog_copy",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    forecast = Forecast(
        id=uuid4(), business_id=market.business, subject_type="calendar_entry", subject_id=entry.id, metric="signups",
        target=40, probability=0.5, expected=40, low=20, high=60, model_version="1", made_at=NOW, due_at=NOW,
        actual=50.0 if success else 10.0, success=success, scored_at=NOW,
    )  # fmt: skip
    with market.store.business(market.business) as tx:
        brief = tx.get(CreatorBrief, brief_id)
        tx.add(entry, forecast)
        tx.save(attrs.evolve(tx.get(MapArtifact, brief.map_artifact_id), calendar_entry_id=entry.id))


@pytest.mark.parametrize(("success", "earned"), [(True, 48_000), (False, 40_000)])
def test_the_reserve_is_settled_once_when_the_forecast_is_scored(market: Market, success: bool, earned: int) -> None:
    brief_id, _ = market.done()
    upkeep = upkeep_of(market)
    assert upkeep.run(market.business) == []
    scored(market, brief_id, success=success)
    assert len(upkeep.run(market.business)) == 1
    assert upkeep.run(market.business) == []
    assert (market.money("creator:"), market.money("escrow:")) == (earned, 0)


def test_upkeep_holds_the_money_of_what_was_accepted(market: Market) -> None:
    brief_id = market.brief()
    market.answer(market.service.offer(market.business, brief_id), True)
    assert len(upkeep_of(market).everywhere()) == 1
    assert market.status(brief_id) == "in_production"
    assert market.money("escrow:") > 0


def test_upkeep_asks_the_next_creator_when_an_offer_expired(market: Market) -> None:
    brief_id = market.brief()
    first = market.service.offer(market.business, brief_id)
    market.later(timedelta(hours=25))
    upkeep_of(market).run(market.business)
    asked = [offer.creator_id for offer in market.all(BriefOffer) if offer.brief_id == brief_id]
    assert len(asked) == 2 and first.creator_id in asked
