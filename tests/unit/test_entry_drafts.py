"""An entry's outer form: laid over what is stored, written as JSON, and read back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from composition import NOON, draft
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.errors import InvalidInput
from refleqt_core.intake.calendar import CHANNELS, KPIS
from refleqt_core.intake.drafts import EntryDraft, PlanDraft
from refleqt_core.intake.entry_drafts import DRAFT_FIELDS, document_of, draft_from, merged, planned
from refleqt_core.values import Money

MONEY = st.builds(Money, minor=st.integers(0, 10**6), currency=st.sampled_from(["EUR", "USD"]))
PLANS = st.lists(
    st.builds(
        PlanDraft,
        channel=st.sampled_from(CHANNELS),
        parameters=st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3), max_size=2),
        posting_schedule=st.lists(st.text(max_size=3), max_size=2).map(tuple),
        paid_budget=st.none() | MONEY,
    ),
    max_size=3,
    unique_by=lambda plan: plan.channel,
).map(tuple)
DRAFTS = st.builds(
    EntryDraft,
    external_id=st.just("E-1"),
    title=st.text(max_size=5),
    artifact_type=st.just("email"),
    publish_at=st.none() | st.just(NOON),
    review_due=st.none() | st.just(date(2026, 4, 1)),
    channel=st.none() | st.sampled_from(CHANNELS),
    channels=st.lists(st.sampled_from(CHANNELS), max_size=3).map(tuple),
    plans=PLANS,
    paid_budget=st.none() | MONEY,
    secondary_kpis=st.lists(st.sampled_from(KPIS), max_size=2).map(tuple),
    kpi_target=st.none() | st.floats(0, 1e9),
    core_web_vitals=st.dictionaries(st.sampled_from(["lcp", "inp"]), st.floats(0, 10), max_size=2),
    featured_snippet=st.booleans(),
)


@given(DRAFTS)
def test_a_draft_written_as_json_is_read_as_it_was(said: EntryDraft) -> None:
    assert draft_from(document_of(said)) == said


@given(DRAFTS, DRAFTS)
def test_laying_a_draft_over_twice_is_laying_it_over_once(before: EntryDraft, said: EntryDraft) -> None:
    once = merged(merged(None, before), said)
    assert merged(once, said) == once


@given(DRAFTS)
def test_what_is_stored_laid_over_itself_is_the_same(said: EntryDraft) -> None:
    stored = merged(None, replace(said, given=None))
    assert merged(stored, stored) == stored


@given(DRAFTS, DRAFTS, st.sets(st.sampled_from(DRAFT_FIELDS)))
def test_fields_that_a_draft_does_not_speak_of_stay(before: EntryDraft, said: EntryDraft, spoken: set[str]) -> None:
    stored = merged(None, before)
    after = merged(stored, replace(said, given=frozenset(spoken)))
    about_channels = {"channel", "channels", "plans", "paid_budget", "created_at"}
    for name in set(DRAFT_FIELDS) - spoken - about_channels:
        assert getattr(after, name) == getattr(stored, name)


def test_the_short_form_puts_the_budget_on_the_first_channel() -> None:
    plans = planned(draft(channel="email", channels=("blog",), paid_budget=Money(minor=7)))
    assert {plan.channel: plan.paid_budget for plan in plans} == {"email": Money(minor=7), "blog": None}


CHANNELS_OF = {
    "a budget alone goes to the main channel": (
        {"channel": "twitter", "channels": ("blog",)},
        {"paid_budget": Money(minor=45)},
        ("twitter", {"twitter": Money(minor=45), "blog": None}),
    ),
    "a budget alone goes to the only channel": (
        {"channel": "email"},
        {"paid_budget": Money(minor=45)},
        ("email", {"email": Money(minor=45)}),
    ),
    "other channels bring another main one": (
        {"channel": "blog"},
        {"channels": ("linkedin", "twitter")},
        ("linkedin", {"linkedin": None, "twitter": None}),
    ),
    "the main channel stays where it is among them": (
        {"channel": "blog"},
        {"channels": ("linkedin", "blog")},
        ("blog", {"linkedin": None, "blog": None}),
    ),
    "no channels are none": ({"channel": "blog", "channels": ("email",)}, {"channels": ()}, (None, {})),
    "no plans leave the main channel": ({"channel": "blog", "channels": ("email",)}, {"plans": ()}, ("blog", {})),
    "another main channel joins those that are there": (
        {"channel": "blog", "channels": ("email",)},
        {"channel": "linkedin"},
        ("linkedin", {"linkedin": None, "blog": None, "email": None}),
    ),
    "a title leaves the channels": (
        {"channel": "blog", "channels": ("email",)},
        {"title": "Another"},
        ("blog", {"blog": None, "email": None}),
    ),
}


@pytest.mark.parametrize(("before", "changes", "after"), CHANNELS_OF.values(), ids=CHANNELS_OF)
def test_of_the_channels(
    before: dict[str, Any], changes: dict[str, Any], after: tuple[str | None, dict[str, Any]]
) -> None:
    stored = merged(None, draft(**({"channel": None} | before)))
    found = merged(stored, draft(**changes, given=frozenset(changes)))
    assert (found.channel, {plan.channel: plan.paid_budget for plan in found.plans}) == after


@given(DRAFTS, st.sampled_from(DRAFT_FIELDS), DRAFTS)
def test_after_an_edit_of_a_field_the_draft_says_it(before: EntryDraft, field: str, said: EntryDraft) -> None:
    after = merged(merged(None, before), replace(said, given=frozenset({field})))
    if field in ("channels", "plans"):
        named = {*said.channels} if field == "channels" else {plan.channel for plan in said.plans}
        assert named <= {after.channel, *(plan.channel for plan in after.plans)}
    elif field == "paid_budget":
        spent = {plan.channel: plan.paid_budget for plan in after.plans}
        assert spent.get(after.channel) == said.paid_budget or after.channel is None
    elif field == "channel":
        assert after.channel == said.channel or said.channel is None
    elif field != "created_at":
        assert getattr(after, field) == getattr(said, field)


def test_an_explicit_plan_is_as_it_says_whatever_the_short_form_does() -> None:
    plan = PlanDraft(channel="email", paid_budget=Money(minor=1))
    assert planned(draft(channel="email", plans=(plan,), paid_budget=Money(minor=7))) == (plan,)


def test_a_budget_that_a_file_does_not_speak_of_stays() -> None:
    stored = merged(None, draft(channel="email", paid_budget=Money(minor=7)))
    after = merged(stored, draft(channel="email", channels=("blog",), given=frozenset({"channel", "channels"})))
    assert {plan.channel: plan.paid_budget for plan in after.plans} == {"email": Money(minor=7), "blog": None}


def test_the_first_channel_that_is_named_is_the_main_one() -> None:
    assert merged(None, draft(channel=None, channels=("podcast", "blog"))).channel == "podcast"


def test_when_an_entry_was_made_is_known_from_the_first_draft_that_says_it() -> None:
    stored = merged(None, draft(created_at=NOON))
    assert merged(stored, draft(created_at=NOON + timedelta(days=1))).created_at == NOON


WRONG: dict[str, dict[str, Any]] = {
    "an unknown field": {"colour": "red"},
    "a moment that is none": {"publish_at": "soon"},
    "an unknown field of a plan": {"plans": [{"channel": "email", "hook": "x"}]},
    "a target that is no number": {"kpi_target": "many"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_document_that_is_no_draft_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        draft_from({"external_id": "E-1", "title": "T", "artifact_type": "email"} | changes)


def test_all_faults_of_a_document_are_named_at_once() -> None:
    document = {"external_id": "E-1", "title": "T", "artifact_type": "email"} | {
        name: value for changes in WRONG.values() for name, value in changes.items()
    }
    with pytest.raises(InvalidInput) as caught:
        draft_from(document)
    assert len(caught.value.faults) >= len(WRONG)
