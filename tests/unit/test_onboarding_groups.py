"""The onboarding group by group: each is saved by itself, can be changed later, and stays readable as of its day."""

from datetime import timedelta
from typing import Any

import attrs
import pytest
from composition import FILE, NOON, Composition, draft
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.errors import Conflict, InvalidInput, NotFound
from refleqt_core.intake import business as typed
from refleqt_core.intake.business import (
    ONBOARDING_GROUPS,
    Business,
    BusinessProfile,
    Identity,
    OnboardingResponse,
    PricingTier,
    Product,
    Segment,
)
from refleqt_core.intake.drafts import Answer
from refleqt_core.intake.group_drafts import GroupDraft, drafts_of, form_of, nothing_in
from refleqt_core.intake.onboarding_state import nothing_said
from refleqt_core.intake.questionnaire import MOST_ANSWERS, MOST_ITEMS, USUAL_WORDS
from refleqt_core.intake.questions import QUESTIONNAIRE
from refleqt_core.ports import where
from refleqt_core.values import BusinessId, Money

WHO = "Who is your ideal customer?"
WHO_ELSE = "Who else is in the room when they decide?"
THINK = "I think our ICP is hotels, maybe restaurants."
SURE = "Our ICP is head chefs of hotels with 120 covers, definitely."
OPTIONS = {
    ("identity", "stage"): ("pre_revenue", "seed", "series_a", "growth", "enterprise"),
    ("business_model", "models"): (
        "b2b", "b2c", "b2b2c", "marketplace", "saas", "services", "ecommerce", "hybrid",
    ),
    ("revenue_mechanics", "mechanics"): (
        "subscription", "one_time", "usage_based", "freemium", "advertising", "transaction_fees",
    ),
}  # fmt: skip
FIELDS = {
    "identity": {"name", "industry", "size", "stage"},
    "audience": {"industries", "company_sizes", "job_titles", "geographies", "pain_points"},
    "competitors": {"direct", "indirect", "aspirational"},
    "brand_voice": {"formality", "technicality", "boldness", "playfulness"},
    "visual_identity": {"colors", "fonts", "logo", "style_references"},
    "offering": {"name", "pricing_tiers", "key_features", "differentiators"},
    "marketing_stack": {"cms", "email", "crm", "analytics", "social"},
    "marketing_state": {"working", "not_working", "tried", "never_tried"},
}
ENDS = [("casual", "formal"), ("accessible", "technical"), ("measured", "bold"), ("serious", "playful")]


def begun(refleqt: Composition, **fields: Any) -> BusinessId:
    return BusinessId(refleqt.onboarding.begin({"name": "Brine", **fields}).id)


def said(*pairs: tuple[str, str]) -> list[Answer]:
    return [Answer(question=question, answer=answer) for question, answer in pairs]


def group_draft(group: str, **fields: Any) -> GroupDraft:
    return GroupDraft(group=group, fields=fields)


def faults(refleqt: Composition, business: BusinessId, group: str, **fields: Any) -> list[tuple[str | None, str]]:
    with pytest.raises(InvalidInput) as caught:
        refleqt.onboarding.answer(business, group, fields)
    assert all(fault.remedy for fault in caught.value.faults)
    return [(fault.field, fault.problem) for fault in caught.value.faults]


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_the_questionnaire_has_the_ten_groups_in_order():
    assert tuple(group.name for group in QUESTIONNAIRE) == ONBOARDING_GROUPS


@pytest.mark.parametrize(("group", "field"), OPTIONS)
def test_every_option_of_the_design_can_be_chosen(group: str, field: str):
    assert QUESTIONNAIRE.group(group).field(field).options == OPTIONS[group, field]


@pytest.mark.parametrize("group", FIELDS)
def test_every_field_of_the_design_is_asked(group: str):
    fields = QUESTIONNAIRE.group(group).fields
    names = {field.name for field in fields} | {column.name for field in fields for column in field.columns}
    assert names >= FIELDS[group]


def test_the_scales_of_the_voice_have_the_ends_of_the_design():
    assert [field.ends for field in QUESTIONNAIRE.group("brand_voice").fields if field.kind == "scale"] == ENDS


def test_every_field_is_one_of_the_records_that_are_stored():
    for group in QUESTIONNAIRE:
        record = attrs.fields_dict(group.record or BusinessProfile)
        assert {field.attribute for field in group.fields} <= set(record)
        for field in group.fields:
            columns = attrs.fields_dict(field.record) if field.record else {}
            assert {column.attribute for column in field.columns} == set(columns)


def test_every_group_has_questions_and_says_what_it_is_about():
    for group in QUESTIONNAIRE:
        assert group.title and group.help and group.questions
        assert all(field.options for field in group.fields if field.kind in ("choice", "choices"))
        assert all(field.example for field in group.fields if field.kind in ("text", "list"))


def test_an_answer_to_ones_own_question_is_expected_to_be_of_usual_length():
    assert (
        QUESTIONNAIRE.expected_words("audience", "Why?") == USUAL_WORDS != QUESTIONNAIRE.expected_words("audience", WHO)
    )


# --- one group at a time ----------------------------------------------------------------------------------------------


def test_a_business_is_there_from_its_first_group_on(refleqt: Composition):
    business = begun(refleqt, stage="seed")
    profile = refleqt.profile.read(business)
    assert (profile.business.slug, profile.business.stage, profile.foundation.identity.stage) == (
        "brine",
        "seed",
        "seed",
    )


def test_the_profile_says_what_a_group_says_before_the_call_returns(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "competitors", {"direct": ("Freshpan",)}, said(("Why?", "Price.")))
    profile = refleqt.profile.read(business)
    assert (profile.foundation.competitors.direct, profile.answers[0].answer) == (("Freshpan",), "Price.")


def test_a_group_leaves_the_others_and_its_own_other_fields_as_they_are(refleqt: Composition):
    business = begun(refleqt, industry="food")
    refleqt.onboarding.answer(business, "competitors", {"direct": ("A",), "indirect": ("B",)}, said(("Why?", "x")))
    refleqt.onboarding.answer(business, "competitors", {"indirect": ()})
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, SURE)))
    profile = refleqt.profile.read(business)
    assert (profile.business.industry, profile.foundation.competitors) == ("food", typed.Competitors(direct=("A",)))
    assert [each.answer for each in profile.answers] == [SURE, "x"]


def test_what_a_group_says_is_what_its_state_shows(refleqt: Composition):
    business = begun(refleqt)
    tier = PricingTier(name="One", price=Money(minor=7_900), per="kitchen")
    product = Product(name="Tally", pricing_tiers=(tier,), key_features=("weighs",))
    state = refleqt.onboarding.answer(business, "offering", {"products": (product,)})
    assert state.fields == {"products": (product,)}
    assert refleqt.onboarding.state(business).of("offering") == state


def test_texts_are_stripped_and_nothing_is_listed_twice(refleqt: Composition):
    business = begun(refleqt, name="  Brine ")
    state = refleqt.onboarding.answer(business, "competitors", {"direct": ("A", " A", "", "B")})
    assert state.fields["direct"] == ("A", "B")
    assert refleqt.profile.read(business).business.name == "Brine"


def test_segments_without_a_key_have_one_of_their_name(refleqt: Composition):
    segments = (Segment(key="", name="Head chefs"), Segment(key="", name="盐井"), Segment(key="cfo", name="Finance"))
    state = refleqt.onboarding.answer(begun(refleqt), "audience", {"segments": segments})
    assert [each.key for each in state.fields["segments"]] == ["head_chefs", "segment_2", "cfo"]


def test_a_name_without_latin_letters_needs_a_slug(refleqt: Composition):
    with pytest.raises(InvalidInput, match=r"identity\.slug"):
        begun(refleqt, name="盐井")
    assert refleqt.profile.read(begun(refleqt, name="盐井", slug="yanjing")).business.slug == "yanjing"


@pytest.mark.parametrize("fields", [{}, {"name": ""}, {"name": None, "slug": "brine"}])
def test_a_new_business_needs_a_name(refleqt: Composition, fields: dict[str, Any]):
    with pytest.raises(InvalidInput, match=r"identity\.name"):
        refleqt.onboarding.begin(fields)
    assert refleqt.profile.businesses() == []


def test_a_slug_that_is_taken_is_a_conflict_and_leaves_nothing(refleqt: Composition):
    begun(refleqt)
    with pytest.raises(Conflict, match="the slug 'brine' is taken") as told:
        begun(refleqt)
    assert told.value.field == "slug"
    assert len(refleqt.profile.businesses()) == 1


def test_an_empty_slug_leaves_the_one_that_is_there(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "identity", {"name": "Brinewell", "slug": ""})
    assert (refleqt.profile.by_slug("brine").name, refleqt.profile.by_slug("brine").id) == ("Brinewell", business)


@pytest.mark.parametrize(
    ("group", "fields", "place", "problem"),
    [
        ("identity", {"name": " "}, "identity.name", "the field is empty"),
        ("identity", {"stage": "unicorn"}, "identity.stage", "'unicorn' is none of"),
        ("identity", {"slug": "Brine Well"}, "identity.slug", "'Brine Well' is not a slug"),
        ("identity", {"timezone": "Mars/Olympus"}, "identity.timezone", "'Mars/Olympus' is not a time zone"),
        ("identity", {"timezone": "../../etc/passwd"}, "identity.timezone", "is not a time zone"),
        ("identity", {"website": "brinewell"}, "identity.website", "'brinewell' is not an address"),
        ("identity", {"industry": "x" * 501}, "identity.industry", "the text has 501 characters"),
        ("identity", {"industry": "a\0b"}, "identity.industry", "NUL"),
        ("identity", {"shoe_size": 43}, "shoe_size", "the field is not known"),
        ("business_model", {"models": ("b2b", "b2z")}, "business_model.models[1]", "'b2z' is none of"),
        ("competitors", {"direct": ("x",) * (MOST_ITEMS + 1)}, "competitors.direct", "there are 101 of them"),
        ("audience", {"segments": (Segment(key="a", name=""),)}, "audience.segments[0].name", "the field is empty"),
        (
            "audience",
            {"segments": (Segment(key="", name="Chefs"), Segment(key="chefs", name="Cooks"))},
            "audience.segments[1].key",
            "another segment has the key 'chefs'",
        ),
        (
            "offering",
            {"products": (Product(name="T", pricing_tiers=(PricingTier(name="", price=Money(minor=1)),)),)},
            "offering.products[0].pricing_tiers[0].name",
            "the field is empty",
        ),
        (
            "offering",
            {"products": (Product(name="T", pricing_tiers=(PricingTier(name="a", price=Money(minor=-1)),)),)},
            "offering.products[0].pricing_tiers[0].price",
            "is negative",
        ),
    ],
)
def test_what_cannot_be_is_named_by_its_path(
    refleqt: Composition, group: str, fields: dict[str, Any], place: str, problem: str
):
    [(field, told)] = faults(refleqt, begun(refleqt), group, **fields)
    assert field == place and problem in told


def test_all_faults_come_at_once_and_nothing_is_kept(refleqt: Composition):
    business = begun(refleqt)
    found = faults(refleqt, business, "identity", name="", stage="x", website="y", industry="kept?")
    assert [place for place, _ in found] == ["identity.name", "identity.stage", "identity.website"]
    assert refleqt.profile.read(business).business.industry == ""


def test_the_faults_of_several_groups_come_at_once(refleqt: Composition):
    business = begun(refleqt)
    with pytest.raises(InvalidInput) as caught:
        refleqt.onboarding.take_in(
            [
                group_draft("identity", name="Other", stage="x"),
                group_draft("business_model", models=("y",)),
            ]
        )
    assert [fault.field for fault in caught.value.faults] == ["identity.stage", "business_model.models[0]"]
    assert [each.id for each in refleqt.profile.businesses()] == [business]


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        (said((" ", "x")), "audience.answers[0].question"),
        (said((WHO, "x" * 50_001)), "audience.answers[0].answer"),
        (said(*[(f"{i}?", "x") for i in range(MOST_ANSWERS + 1)]), "audience.answers"),
    ],
)
def test_answers_that_cannot_be_kept_are_named(refleqt: Composition, answers: list[Answer], place: str):
    with pytest.raises(InvalidInput) as caught:
        refleqt.onboarding.answer(begun(refleqt), "audience", {}, answers)
    assert [fault.field for fault in caught.value.faults] == [place]


def test_a_group_that_is_not_asked_is_named_with_those_that_are(refleqt: Composition):
    with pytest.raises(InvalidInput, match=r"no such group.*identity, business_model"):
        refleqt.onboarding.answer(begun(refleqt), "hobbies")


def test_a_business_that_is_not_there_cannot_answer(refleqt: Composition):
    with pytest.raises(NotFound):
        refleqt.onboarding.answer(BusinessId(refleqt.ids.new()), "audience", {}, said((WHO, SURE)))


def test_another_business_neither_reads_nor_changes_the_answers(refleqt: Composition):
    mine, other = begun(refleqt), begun(refleqt, name="Ash")
    refleqt.onboarding.answer(mine, "audience", {}, said((WHO, SURE)))
    refleqt.onboarding.answer(other, "audience", {}, said((WHO, THINK)))
    assert refleqt.onboarding.state(other).of("audience").questions[0].answer == THINK
    assert refleqt.onboarding.state(mine).of("audience").questions[0].answer == SURE


# --- how far it has come ----------------------------------------------------------------------------------------------


def test_before_anything_is_said_all_groups_are_open():
    state = nothing_said()
    assert (state.done, state.next and state.next.name) == (0, "identity")
    assert {group.standing for group in state.groups} == {"open"}
    assert all(group.fields == nothing_in(group.group) for group in state.groups)


def test_the_next_group_is_the_first_that_nobody_was_asked(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "revenue_mechanics", {"mechanics": ("subscription",)})
    state = refleqt.onboarding.state(business)
    assert (state.done, state.next and state.next.name) == (2, "business_model")


def test_a_group_that_was_gone_through_without_a_word_is_skipped(refleqt: Composition):
    questions = [each.question for each in QUESTIONNAIRE.group("audience").questions]
    state = refleqt.onboarding.answer(begun(refleqt), "audience", {}, said(*((each, "") for each in questions)))
    assert (state.standing, {each.standing for each in state.questions}) == ("skipped", {"skipped"})


def test_what_is_said_skipped_vague_and_open_is_told_apart(refleqt: Composition):
    answers = said((WHO, SURE), (WHO_ELSE, "The usual people, I suppose."))
    state = refleqt.onboarding.answer(begun(refleqt), "audience", {}, [*answers, Answer(question="My own?")])
    standing = {each.question: each.standing for each in state.questions}
    assert standing == {
        WHO: "answered",
        WHO_ELSE: "vague",
        "What does your customer never say out loud?": "open",
        "My own?": "skipped",
    }
    assert state.standing == "vague"


def test_a_group_with_all_questions_answered_is_answered(refleqt: Composition):
    answers = said(*((each.question, SURE) for each in QUESTIONNAIRE.group("audience").questions))
    assert refleqt.onboarding.answer(begun(refleqt), "audience", {}, answers).standing == "answered"


# --- changed later, and readable as of its day ------------------------------------------------------------------------


def test_two_changes_on_one_day_are_each_readable_as_of_their_hour(refleqt: Composition):
    business = begun(refleqt)
    moments = []
    for answer in (THINK, SURE, ""):
        refleqt.onboarding.answer(business, "audience", {"segments": ()}, said((WHO, answer)))
        moments.append(refleqt.clock.now())
        refleqt.pass_days(1 / 24)
    read = [refleqt.onboarding.state(business, as_of=moment).of("audience").questions[0].answer for moment in moments]
    assert read == [THINK, SURE, ""]
    assert [refleqt.profile.read(business, as_of=moment).answers[0].answer for moment in moments] == read


def test_of_two_changes_in_one_moment_the_last_holds(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, THINK)))
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, SURE)))
    for as_of in (None, NOON):
        assert refleqt.onboarding.state(business, as_of=as_of).of("audience").questions[0].answer == SURE


def test_who_the_business_was_stays_readable_as_of_its_day(refleqt: Composition):
    business = begun(refleqt, stage="seed", industry="food")
    later = refleqt.pass_days(1)
    refleqt.onboarding.answer(business, "identity", {"name": "Brinewell", "stage": "series_a"})
    then, now = (
        refleqt.profile.read(business, as_of=NOON).business,
        refleqt.profile.read(business, as_of=later).business,
    )
    assert [(each.name, each.stage, each.industry) for each in (then, now)] == [
        ("Brine", "seed", "food"),
        ("Brinewell", "series_a", "food"),
    ]
    said = refleqt.onboarding.state(business, as_of=NOON).of("identity").fields
    assert (said["name"], said["industry"], said["stage"]) == ("Brine", "food", "seed")


def test_a_profile_that_does_not_know_who_the_business_was_is_told_when_it_is_closed(refleqt: Composition):
    """As profiles were kept before they held the identity."""
    business = begun(refleqt, stage="seed")
    with refleqt.store.business(business) as tx:
        for profile in tx.find(BusinessProfile):
            tx.save(attrs.evolve(profile, identity=Identity()))
    refleqt.pass_days(1)
    refleqt.onboarding.answer(business, "identity", {"name": "Brinewell", "stage": "series_a"})
    said = refleqt.onboarding.state(business, as_of=NOON).of("identity").fields
    assert (said["name"], said["stage"]) == ("Brine", "seed")


def test_a_profile_that_does_not_know_who_the_business_was_shows_who_it_is(refleqt: Composition):
    """As profiles were kept before they held the identity."""
    business = begun(refleqt, stage="seed")
    with refleqt.store.business(business) as tx:
        for profile in tx.find(BusinessProfile):
            tx.save(attrs.evolve(profile, identity=Identity()))
    assert refleqt.onboarding.state(business).of("identity").fields["stage"] == "seed"
    assert refleqt.profile.read(business, as_of=NOON).business.stage == "seed"
    refleqt.onboarding.answer(business, "identity", {"stage": "seed"})
    assert len(refleqt.rows(business, BusinessProfile)) == 1


FIELD_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "direct": st.lists(st.sampled_from(["A", "B", " A "]), max_size=3).map(tuple),
        "indirect": st.lists(st.sampled_from(["C", ""]), max_size=2).map(tuple),
    },
)
ANSWER_LISTS = st.none() | st.lists(
    st.builds(Answer, question=st.sampled_from(["q", "r"]), answer=st.sampled_from(["", "yes", "no"])), max_size=3
)
STEPS = st.lists(st.tuples(st.sampled_from(["competitors"]), FIELD_VALUES, ANSWER_LISTS), min_size=1, max_size=5)
KINDS = (Business, BusinessProfile, OnboardingResponse)


@given(STEPS)
@settings(max_examples=40, deadline=None)
def test_the_same_again_changes_nothing(steps: Any):
    refleqt = Composition()
    business = begun(refleqt)
    for group, fields, answers in steps:
        refleqt.onboarding.answer(business, group, fields, answers)
    before, jobs = [refleqt.rows(business, kind) for kind in KINDS], len(refleqt.queue.jobs())
    refleqt.pass_days(1)
    refleqt.onboarding.answer(business, *steps[-1])
    assert [refleqt.rows(business, kind) for kind in KINDS] == before
    assert len(refleqt.queue.jobs()) == jobs


@given(STEPS)
@settings(max_examples=40, deadline=None)
def test_every_past_state_reads_as_it_was(steps: Any):
    refleqt = Composition()
    business = begun(refleqt)
    was = []
    for group, fields, answers in steps:
        state = refleqt.onboarding.answer(business, group, fields, answers)
        was.append((refleqt.clock.now(), state.fields, sorted((q.question, q.answer) for q in state.questions)))
        refleqt.pass_days(1)
    for moment, fields, answers in was:
        then = refleqt.onboarding.state(business, as_of=moment).of("competitors")
        assert (then.fields, sorted((q.question, q.answer) for q in then.questions)) == (fields, answers)


def test_group_by_group_says_what_one_form_says():
    whole, parts = Composition(), Composition()
    form = form_of(
        [
            group_draft("identity", name="Brine", slug="brine", stage="seed"),
            group_draft("competitors", direct=("A",)),
            group_draft("business_model", models=("b2b",)),
        ]
    )
    one = BusinessId(whole.onboarding.complete(form).id)
    other = begun(parts, stage="seed")
    for each in drafts_of(form):
        parts.onboarding.answer(other, each.group, each.fields, each.answers)
    states = [refleqt.onboarding.state(business) for refleqt, business in ((whole, one), (parts, other))]
    assert [group.fields for group in states[0].groups] == [group.fields for group in states[1].groups]


# --- between the lines ------------------------------------------------------------------------------------------------


def signals(refleqt: Composition, business: BusinessId, group: str) -> dict[str, Any]:
    return {each.question: each.signals for each in refleqt.onboarding.state(business).of(group).questions}


def words(signal: Any) -> list[str]:
    return [each["text"] for each in signal["words"]]


def test_hedges_and_boosters_are_told_with_their_words(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, THINK), (WHO_ELSE, SURE)))
    found = signals(refleqt, business, "audience")
    assert words(found[WHO]["certainty"]) == ["think", "maybe"] and found[WHO]["certainty"]["value"] < 0
    assert words(found[WHO_ELSE]["certainty"]) == ["definitely"] and found[WHO_ELSE]["certainty"]["value"] > 0


def test_another_answer_changes_the_emphasis_of_all_and_closes_none(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, SURE)))
    assert signals(refleqt, business, "audience")[WHO]["emphasis"]["value"] == pytest.approx(1.0)
    before = refleqt.rows(business, OnboardingResponse)
    refleqt.onboarding.answer(business, "competitors", {}, said(("Whom do you lose to?", "Freshpan. " * 40)))
    after = signals(refleqt, business, "audience")[WHO]["emphasis"]
    assert after["value"] < 0.6
    [same] = [row for row in refleqt.rows(business, OnboardingResponse) if row.group == "audience"]
    assert [same.id] == [row.id for row in before] and (same.valid_from, same.valid_to) == (NOON, None)


def test_emphasis_is_judged_by_the_length_that_the_question_expects(refleqt: Composition):
    business = begun(refleqt)
    asked = [
        (group.name, each.question, each.expected_words)
        for group in QUESTIONNAIRE
        for each in group.questions
        if group.name in ("audience", "marketing_stack")
    ]
    for name in ("audience", "marketing_stack"):
        answers = said(*((question, "word " * int(words)) for group, question, words in asked if group == name))
        refleqt.onboarding.answer(business, name, {}, answers)
    for group in ("audience", "marketing_stack"):
        for found in signals(refleqt, business, group).values():
            assert found["emphasis"]["value"] == pytest.approx(1.0)


def test_closed_answers_keep_the_signals_that_they_had(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, THINK)))
    refleqt.pass_days(1)
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, SURE), (WHO_ELSE, SURE)))
    then = refleqt.onboarding.state(business, as_of=NOON).of("audience").questions[0].signals
    assert words(then["certainty"]) == ["think", "maybe"]


def test_a_charge_is_told_with_the_words_of_the_mood(refleqt: Composition):
    service = attrs.evolve(refleqt.onboarding, mood_words=lambda text: ["hate"] if "hate" in text else [])
    business = begun(refleqt)
    service.answer(business, "audience", {}, said((WHO, "We hate waste, really!")))
    charge = signals(refleqt, business, "audience")[WHO]["charge"]
    assert words(charge) == ["hate", "really", "!"] and charge["value"] > 0


def test_telling_words_are_those_said_again_and_again_in_one_answer_alone(refleqt: Composition):
    business = begun(refleqt)
    answers = said(
        (WHO, "The pass, the pass and again the pass of a kitchen."), (WHO_ELSE, "Finance, who read ledgers.")
    )
    refleqt.onboarding.answer(business, "audience", {}, answers)
    found = signals(refleqt, business, "audience")
    assert "pass" in [each["note"] for each in found[WHO]["vocabulary"]]
    assert not found[WHO_ELSE]["vocabulary"]


def test_without_a_calendar_nobody_can_tell_which_words_are_avoided(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, SURE)))
    assert refleqt.onboarding.vocabulary(business).avoids == ()


def test_words_that_the_calendar_uses_and_the_answers_do_not_are_avoided(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, "Chefs. Chefs weigh. Chefs weigh waste. " * 8)))
    titles = [f"Synergy for solution {i}" for i in range(30)]
    drafts = [draft(f"E-{i}", title=title) for i, title in enumerate(titles)]
    refleqt.calendar.import_entries(business, drafts, FILE)
    found = refleqt.onboarding.vocabulary(business)
    assert {"synergy", "solution"} <= {each.term for each in found.avoids}
    assert {"chefs", "weigh"} <= {each.term for each in found.uses}
    synergy = next(each for each in found.avoids if each.term == "synergy")
    assert (synergy.in_answers, synergy.in_calendar) == (0, 30) and synergy.z < 0
    assert all("Synergy" in title for title in synergy.words)


def test_answers_of_a_group_are_about_to_be_read_and_found(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "competitors", {"direct": ("Freshpan",)}, said(("Why?", "Freshpan's price.")))
    refleqt.work()
    assert [hit.text for hit in refleqt.context.search(business, "price")] == ["Freshpan's price."]


def test_only_what_is_new_or_closed_is_read_again(refleqt: Composition):
    business = begun(refleqt)
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, THINK), (WHO_ELSE, SURE)))
    jobs = len(refleqt.queue.jobs())
    refleqt.onboarding.answer(business, "audience", {}, said((WHO, SURE), (WHO_ELSE, SURE)))
    assert len(refleqt.queue.jobs()) - jobs == 4  # the old one and the new one, embedded and extracted each


def test_open_rows_are_those_of_the_last_answers(refleqt: Composition):
    business = begun(refleqt)
    for answer in (THINK, SURE, THINK):
        refleqt.pass_days(1)
        refleqt.onboarding.answer(business, "audience", {}, said((WHO, answer)))
    rows = refleqt.rows(business, OnboardingResponse)
    assert len(rows) == 3
    assert [row.answer for row in refleqt.rows(business, OnboardingResponse, *where(valid_to=None))] == [THINK]


def test_a_past_state_needs_a_time_zone(refleqt: Composition):
    with pytest.raises(InvalidInput, match="no time zone"):
        refleqt.onboarding.state(begun(refleqt), as_of=NOON.replace(tzinfo=None))


def test_there_is_no_state_before_the_business_was_there(refleqt: Composition):
    business = begun(refleqt)
    for read in (refleqt.onboarding.state, refleqt.profile.read):
        with pytest.raises(NotFound, match="had said nothing of itself by then"):
            read(business, as_of=NOON - timedelta(days=1))
