"""The types of activities: those that are built in, and those of a business's own."""

from typing import Any
from uuid import UUID

import pytest
from composition import FILE, NOON, Composition
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake.activities import Activity, ActivityType
from refleqt_core.intake.activity_guides import BUILT_IN
from refleqt_core.intake.activity_types import slug_of
from refleqt_core.intake.drafts import ActivityDraft
from refleqt_core.values import BusinessId

ANY_ID = UUID(int=1)


def activity(**changes: Any) -> ActivityDraft:
    given: dict[str, Any] = {"external_id": "A-1", "activity_type": "rant_round", "held_at": NOON}
    return ActivityDraft(**(given | changes))


@pytest.mark.parametrize("exercise", BUILT_IN.values(), ids=lambda each: each.slug)
def test_every_built_in_type_says_what_it_is_good_for_and_how_it_is_led(exercise: Any) -> None:
    assert exercise.slug == slug_of(exercise.slug)
    assert exercise.purpose.endswith(".") and len(exercise.guide) >= 2
    assert all(step[0].isupper() and step[-1] in ".?" for step in exercise.guide)


@pytest.mark.parametrize("slug", ["brand_voice_brawl", "competitor_roast", "customer_story_swap", "rant_round"])
def test_the_types_of_the_design_are_there(slug: str) -> None:
    assert BUILT_IN[slug].minutes and BUILT_IN[slug].feeds


@given(st.text(max_size=80))
def test_any_name_has_a_slug_that_can_be_kept(name: str) -> None:
    slug = slug_of(name)
    assert ActivityType(id=ANY_ID, business_id=BusinessId(ANY_ID), slug=slug, name="x").slug == slug


@given(st.text(min_size=1, max_size=40))
def test_a_slug_is_its_own_slug(name: str) -> None:
    assert slug_of(slug_of(name)) == slug_of(name)


@pytest.mark.parametrize("name", ["Rant Round", "rant-round", "  RANT_ROUND "])
def test_a_type_is_known_however_it_is_spelled(refleqt: Composition, name: str) -> None:
    business = refleqt.business()
    assert refleqt.activities.record(business, activity(activity_type=name)).activity_type == "rant_round"


def test_an_unknown_type_is_refused_with_the_nearest_names(refleqt: Composition) -> None:
    with pytest.raises(InvalidInput, match="Did you mean rant_round"):
        refleqt.activities.record(refleqt.business(), activity(activity_type="rant_rond"))


def test_what_is_refused_leaves_nothing(refleqt: Composition) -> None:
    business = refleqt.business()
    with pytest.raises(InvalidInput):
        refleqt.activities.record(business, activity(activity_type="unheard of"))
    assert refleqt.rows(business, Activity) == [] and refleqt.queue.jobs(business_id=business) == []


def test_an_unknown_type_is_made_where_that_is_asked_for(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.activities.record(business, activity(activity_type="Walk & Talk"), new_type=True)
    assert [(row.slug, row.name) for row in refleqt.rows(business, ActivityType)] == [("walk_talk", "Walk & Talk")]


def test_an_import_makes_the_types_that_its_file_names(refleqt: Composition) -> None:
    business = refleqt.business()
    for _ in range(2):
        refleqt.activities.import_activity(business, activity(activity_type="fridge_poetry"), [], FILE)
    assert [row.name for row in refleqt.rows(business, ActivityType)] == ["Fridge poetry"]


def test_types_of_another_business_are_unknown(refleqt: Composition) -> None:
    mine, other = refleqt.business("brine"), refleqt.business("ash")
    refleqt.activity_types.add(mine, "Walk and Talk")
    with pytest.raises(NotFound):
        refleqt.activity_types.get(other, "walk_and_talk")


def test_an_archived_type_is_not_offered_and_still_known(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.activity_types.add(business, "Walk and Talk")
    refleqt.activity_types.archive(business, "walk and talk")
    assert "walk_and_talk" not in {each.slug for each in refleqt.activity_types.list(business)}
    assert refleqt.activity_types.get(business, "walk_and_talk").archived_at == NOON


def test_an_edit_brings_an_archived_type_back(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.activity_types.add(business, "Walk and Talk")
    refleqt.activity_types.archive(business, "Walk and Talk")
    changed = refleqt.activity_types.edit(business, "Walk and Talk", {"name": "Walk", "guide": ["Go.", " "]})
    assert (changed.slug, changed.name, changed.guide, changed.archived_at) == ("walk_and_talk", "Walk", ("Go.",), None)


@pytest.mark.parametrize("name", ["Rant Round", "rant-round", "walk AND talk"])
def test_a_type_that_is_there_is_not_made_again(refleqt: Composition, name: str) -> None:
    business = refleqt.business()
    refleqt.activity_types.add(business, "Walk and Talk")
    with pytest.raises(Conflict):
        refleqt.activity_types.add(business, name)


def test_a_built_in_type_stays_as_it_is(refleqt: Composition) -> None:
    with pytest.raises(Conflict, match="cannot be changed"):
        refleqt.activity_types.edit(refleqt.business(), "rant_round", {"name": "Shouting"})


@pytest.mark.parametrize("name", [" ", "x" * 101, "Ra\u200bnt Walk", "\u202eWalk", "Walk\x07"])
def test_a_type_has_a_name_that_can_be_seen_and_said(refleqt: Composition, name: str) -> None:
    business = refleqt.business()
    refleqt.activity_types.add(business, "Walk and Talk")
    with pytest.raises(InvalidInput):
        refleqt.activity_types.add(business, name)
    with pytest.raises(InvalidInput):
        refleqt.activity_types.edit(business, "Walk and Talk", {"name": name})
