"""What came of what was recommended, and the five questions of the month."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest
from composition import FILE, NOON, Composition, draft, result

from refleqt_core.marketplace.records import Creator, CreatorPerformance
from refleqt_core.outputs.records import CreatorBrief, ExecutionMap, MapArtifact, RecommendationOutcome
from refleqt_core.recommendations.service import Standing, standings
from refleqt_core.values import BusinessId, Money


def recommend(refleqt: Composition, business: BusinessId, *entries: UUID, **changes: Any) -> RecommendationOutcome:
    """A suggestion that was accepted, and put those entries on the calendar."""
    given: dict[str, Any] = {
        "recommendation_type": "calendar_suggestion",
        "recommendation_content": {"artifact_type": "email"},
        "recommended_at": NOON,
        "propensity": 0.5,
        "policy_version": "1",
        "recommendation_model_version": "beliefs-1",
        "user_action": "accepted",
        "context_extracted": {"calendar_entry_ids": [str(entry) for entry in entries]},
    }
    made = RecommendationOutcome(id=refleqt.ids.new(), business_id=business, **(given | changes))
    refleqt.add(business, made)
    return made


def published(refleqt: Composition, clicks: dict[str, float], slug: str = "brine") -> tuple[BusinessId, list[UUID]]:
    """Artifacts whose month is over, and how many of the hundred clicks each got."""
    business = refleqt.business(slug)
    refleqt.calendar.import_entries(business, [draft(key) for key in clicks], FILE)
    refleqt.performance.import_records(business, [result(key, value) for key, value in clicks.items()], FILE)
    entries = {entry.external_id: entry.id for entry in refleqt.calendar.find(business)}
    return business, [entries[key] for key in clicks]


@pytest.mark.parametrize("action", ["accepted", "modified"])
def test_the_outcome_is_the_share_of_artifacts_that_reached_their_targets(refleqt: Composition, action: str) -> None:
    business, entries = published(refleqt, {"E-1": 120.0, "E-2": 20.0, "E-3": 130.0, "E-4": 140.0})
    recommend(refleqt, business, *entries, user_action=action)
    assert [each.outcome for each in refleqt.recommendations.outcomes(business)] == [0.75]


def test_an_outcome_is_learned_once(refleqt: Composition) -> None:
    business, entries = published(refleqt, {"E-1": 120.0})
    recommend(refleqt, business, *entries)
    learned = refleqt.recommendations.outcomes(business)
    assert refleqt.recommendations.outcomes(business) == []
    assert refleqt.recommendations.log(business) == learned


def test_an_outcome_waits_for_the_last_of_its_artifacts(refleqt: Composition) -> None:
    business, entries = published(refleqt, {"E-1": 120.0})
    late = refleqt.calendar.save(business, draft("E-2", publish_at=NOON))
    recommend(refleqt, business, *entries, late.id)
    assert refleqt.recommendations.outcomes(business) == []
    refleqt.performance.import_records(business, [result("E-2", 1.0, day=date(2026, 3, 4))], FILE)
    refleqt.pass_days(30)
    assert [each.outcome for each in refleqt.recommendations.outcomes(business)] == [0.5]


@pytest.mark.parametrize("action", [None, "ignored", "rejected"])
def test_what_was_not_accepted_has_no_outcome(refleqt: Composition, action: str | None) -> None:
    business, entries = published(refleqt, {"E-1": 120.0})
    recommend(refleqt, business, *entries, user_action=action)
    assert refleqt.recommendations.outcomes(business) == []


def test_what_put_nothing_on_the_calendar_has_no_outcome(refleqt: Composition) -> None:
    business, _ = published(refleqt, {"E-1": 120.0})
    recommend(refleqt, business, context_extracted={})
    assert refleqt.recommendations.outcomes(business) == []


def test_the_log_has_the_newest_first(refleqt: Composition) -> None:
    business = refleqt.business()
    for n in (2, 3, 1):
        recommend(refleqt, business, recommended_at=NOON + timedelta(days=n))
    log = refleqt.recommendations.log(business, limit=2)
    assert [each.recommended_at for each in log] == [NOON + timedelta(days=3), NOON + timedelta(days=2)]


def test_acceptance_is_the_share_of_the_answered_suggestions_that_were_planned(refleqt: Composition) -> None:
    business = refleqt.business()
    for action in ("accepted", "modified", "rejected", "ignored", None):
        recommend(refleqt, business, user_action=action)
    recommend(refleqt, business, user_action=None, recommendation_content={"artifact_type": "webinar"})
    assert refleqt.recommendations.monthly(business).acceptance == (
        Standing(name="email", count=4, mean=0.5),
        Standing(name="webinar", count=0, mean=None),
    )


def test_context_quality_is_told_by_the_type_of_activity(refleqt: Composition) -> None:
    business = refleqt.business()
    for activity, quality in (("rant_round", 0.2), ("rant_round", 0.4), ("competitor_roast", 0.9)):
        recommend(
            refleqt,
            business,
            recommendation_type="activity",
            recommendation_content={"activity_type": activity},
            context_quality_score=quality,
        )
    review = refleqt.recommendations.monthly(business)
    assert [(each.name, each.count, round(each.mean or 0, 9)) for each in review.context_quality] == [
        ("competitor_roast", 1, 0.9),
        ("rant_round", 2, 0.3),
    ]
    assert review.acceptance == ()


def artifact(business: BusinessId, of: ExecutionMap, position: int, entry: UUID, channel: str) -> MapArtifact:
    return MapArtifact(
        id=uuid4(),
        business_id=business,
        execution_map_id=of.id,
        position=position,
        title="Ten ways",
        artifact_type="email",
        channel=channel,
        segment="ops",
        angle="roi",
        publish_at=NOON,
        base_fee=Money(minor=1),
        bonus_reserve=Money(minor=0),
        platform_fee=Money(minor=0),
        primary_kpi="clicks",
        kpi_target=100.0,
        success_chance=0.5,
        calendar_entry_id=entry,
    )


def execution_map(business: BusinessId, status: str) -> ExecutionMap:
    return ExecutionMap(
        id=uuid4(),
        business_id=business,
        title="Spring",
        rationale="r",
        why_now="w",
        segment="ops",
        goal="g",
        starts_on=NOON.date(),
        ends_on=NOON.date(),
        estimated_cost=Money(minor=1),
        status=status,
        model_version="m",
        created_at=NOON,
    )


def test_the_success_of_maps_is_that_of_the_artifacts_of_bought_ones_by_channel(refleqt: Composition) -> None:
    business, entries = published(refleqt, {"E-1": 120.0, "E-2": 20.0, "E-3": 120.0})
    bought, proposed = execution_map(business, "purchased"), execution_map(business, "proposed")
    refleqt.add(business, bought, proposed)
    refleqt.add(
        business,
        artifact(business, bought, 0, entries[0], "email"),
        artifact(business, bought, 1, entries[1], "blog"),
        artifact(business, proposed, 0, entries[2], "blog"),
    )
    assert refleqt.recommendations.monthly(business).map_success == (
        Standing(name="email", count=1, mean=1.0),
        Standing(name="blog", count=1, mean=0.0),
    )


def made_by(refleqt: Composition, business: BusinessId, creator: Creator, position: int, **job: Any) -> None:
    """A brief of the business that this creator has completed."""
    bought = execution_map(business, "purchased")
    entry = refleqt.calendar.save(business, draft(f"M-{position}"))
    of = artifact(business, bought, position, entry.id, "email")
    brief = CreatorBrief(
        id=uuid4(),
        business_id=business,
        map_artifact_id=of.id,
        artifact_type="email",
        document={},
        certificate={},
        created_at=NOON,
    )
    refleqt.add(business, bought, of, brief)
    given: dict[str, Any] = {"artifact_type": "email", "quality_score": 0.5, "delivery_time": 1.0, "sla": 2.0}
    performance = CreatorPerformance(
        id=uuid4(), brief_id=str(brief.id), creator_id=creator.id, completed_at=NOON, **(given | job)
    )
    with refleqt.store.platform() as tx:
        tx.add(performance)


def creators(refleqt: Composition, *names: str) -> list[Creator]:
    made = [Creator(id=uuid4(), external_id=name, display_name=name) for name in names]
    with refleqt.store.platform() as tx:
        tx.add(*made)
    return made


def test_few_revisions_are_best_and_much_performance_is_best(refleqt: Composition) -> None:
    business = refleqt.business()
    ada, bo = creators(refleqt, "Ada", "Bo")
    made_by(refleqt, business, ada, 1, artifact_type="email", revision_count=2, artifact_performance=0.9)
    made_by(refleqt, business, bo, 2, artifact_type="webinar", revision_count=0, artifact_performance=0.1)
    review = refleqt.recommendations.monthly(business)
    assert [(each.name, each.mean) for each in review.revisions] == [("webinar", 0), ("email", 2)]
    assert [(each.name, each.mean) for each in review.creator_performance] == [(str(ada.id), 0.9), (str(bo.id), 0.1)]


def test_what_creators_did_for_others_is_not_told(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    [ada] = creators(refleqt, "Ada")
    made_by(refleqt, mine, ada, 1, artifact_performance=0.9)
    recommend(refleqt, mine)
    review = refleqt.recommendations.monthly(other)
    assert all(answer == () for answer in attrs.astuple(review))
    assert refleqt.recommendations.log(other) == []


def test_what_nothing_is_known_of_comes_last() -> None:
    cases = [("b", 0.1), ("a", 0.1), ("unknown", None), ("c", 0.9)]
    ranked = standings(cases, lambda case: case[0], lambda case: case[1])
    assert [each.name for each in ranked] == ["c", "a", "b", "unknown"]
