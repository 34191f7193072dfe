"""The onboarding at the terminal: what is typed is what is said, each group is saved, and whoever stops goes on."""

import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from composition import Composition
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refleqt_cli.dialogue import Dialogue, Stopped
from refleqt_cli.interview import Interview
from refleqt_core.intake.business import PricingTier, Product, Segment
from refleqt_core.intake.questions import QUESTIONNAIRE
from refleqt_core.values import BusinessId, Money

IDENTITY = ["Brine", "", "food", "2", "11-50", "seed", "", "Europe/Amsterdam", "We weigh waste.", "", "", "", ""]
SKIPPED = {group.name: [""] * (len(list(group.asked)) + len(group.questions)) for group in QUESTIONNAIRE if group.name}

Talk = Callable[..., tuple[str, Interview, Any]]


@pytest.fixture
def talk(refleqt: Composition, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Talk:
    """Types the lines; gives what was shown, the interview, and what `Stopped` says, if it was."""
    monkeypatch.setenv("COLUMNS", "200")

    def typed(lines: Sequence[str], business: BusinessId | None = None, group: str | None = None) -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        interview = Interview(refleqt.onboarding, Dialogue(), business)
        try:
            interview.run(group)
            stopped = None
        except Stopped as stop:
            stopped = stop.args
        return capsys.readouterr().out, interview, stopped

    return typed


@pytest.fixture
def business(refleqt: Composition) -> BusinessId:
    return BusinessId(refleqt.onboarding.begin({"name": "Brine"}).id)


def fields(interview: Interview, group: str) -> Any:
    return interview.state.of(group).fields


def test_the_first_group_makes_the_business(talk: Talk):
    shown, interview, stopped = talk(IDENTITY)
    assert stopped == (None,)  # nothing of the second group was typed
    said = fields(interview, "identity")
    assert (said["name"], said["slug"], said["specialization"]) == ("Brine", "brine", "ecommerce")
    assert (said["size"], said["stage"], said["timezone"]) == ("11-50", "seed", "Europe/Amsterdam")
    assert interview.state.of("identity").questions[0].answer == "We weigh waste."
    assert "Group 1 of 10" in shown and "Group 2 of 10" in shown and "Saved." in shown


def test_all_groups_are_gone_through_and_each_is_saved(talk: Talk):
    lines = [*IDENTITY, *(line for name, many in SKIPPED.items() if name != "identity" for line in many)]
    shown, interview, stopped = talk(lines)
    assert stopped is None
    assert [group.standing for group in interview.state.groups] == ["vague", *["skipped"] * 9]
    assert "Group 10 of 10" in shown


def test_whoever_stops_loses_the_present_group_alone_and_goes_on_with_it(talk: Talk, refleqt: Composition):
    _, interview, stopped = talk([*IDENTITY, "1,5", "Chefs.", "", "", "subscription"])
    assert stopped == ("How money comes in",)
    assert fields(interview, "business_model") == {"models": ("b2b", "saas")}
    assert interview.state.of("revenue_mechanics").standing == "open"
    shown, again, _ = talk(["1"], interview.business_id)
    assert "2 of 10 groups are saved" in shown and "Group 3 of 10" in shown and "Group 2 of 10" not in shown
    assert again.business_id == interview.business_id


def test_a_group_is_asked_again_with_what_is_said_in_it(talk: Talk, business: BusinessId, refleqt: Composition):
    refleqt.onboarding.answer(business, "competitors", {"direct": ("Peelmetric",)})
    shown, interview, stopped = talk(["", "Pantrymoth", "", "-", "", "", ""], business, "competitors")
    assert stopped is None and "now: Peelmetric" in shown
    said = fields(interview, "competitors")
    assert (said["direct"], said["indirect"]) == (("Peelmetric",), ("Pantrymoth",))


def test_a_sign_empties_what_is_there(talk: Talk, business: BusinessId, refleqt: Composition):
    from refleqt_core.intake.drafts import Answer

    asked = [each.question for each in QUESTIONNAIRE.group("competitors").questions]
    answers = [Answer(question=asked[0], answer="Peelmetric.")]
    refleqt.onboarding.answer(business, "competitors", {"direct": ("Peelmetric",)}, answers)
    _, interview, _ = talk(["-", "", "", "-", "", ""], business, "competitors")
    assert fields(interview, "competitors")["direct"] == ()
    assert interview.state.of("competitors").questions[0].standing == "skipped"


def test_a_question_mark_explains_and_asks_again(talk: Talk, business: BusinessId):
    shown, interview, _ = talk(["?", "b2b", "", ""], business, "business_model")
    assert "Several numbers or names" in shown and "Such as: b2b, saas" in shown
    assert fields(interview, "business_model")["models"] == ("b2b",)


def test_a_sign_goes_back_to_the_question_before(talk: Talk, business: BusinessId):
    _, interview, _ = talk(["1", "<", "2", "<", "3", "", ""], business, "business_model")
    assert fields(interview, "business_model")["models"] == ("b2b2c",)


def test_going_back_from_a_groups_beginning_leads_to_the_group_before(talk: Talk, business: BusinessId):
    shown, interview, _ = talk(["b2b", "", "", "<", "b2c", "", ""], business)
    assert fields(interview, "business_model")["models"] == ("b2c",)
    assert shown.index("Group 3 of 10") < shown.rindex("Group 2 of 10")


def test_there_is_nothing_before_the_first_question(talk: Talk):
    shown, interview, _ = talk(["<", *IDENTITY])
    assert "no question before" in shown and fields(interview, "identity")["name"] == "Brine"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("9", "'9' is none of: pre_revenue"),
        ("sead", "Did you mean 'seed'?"),
        ("x\x00y", "none of"),
    ],
)
def test_what_cannot_be_used_is_asked_again_with_a_remedy(talk: Talk, typed: str, problem: str):
    lines = [*IDENTITY]
    lines[5:6] = [typed, "2"]
    shown, interview, _ = talk(lines)
    assert problem in shown
    assert fields(interview, "identity")["stage"] == "seed"


def test_a_name_has_to_be_there(talk: Talk):
    shown, interview, _ = talk(["", "-", *IDENTITY])
    assert shown.count("it has to be there") == 2 and fields(interview, "identity")["name"] == "Brine"


def test_a_slug_that_is_taken_is_told_and_the_rest_is_kept(talk: Talk, business: BusinessId):
    retyped = ["", "brine-2", *[""] * 6, "", "", "", ""]
    shown, interview, _ = talk([*IDENTITY, *retyped])
    assert "The group is asked again" in shown and "now: food" in shown
    said = fields(interview, "identity")
    assert (said["slug"], said["industry"]) == ("brine-2", "food")
    assert interview.state.of("identity").questions[0].answer == "We weigh waste."


@pytest.mark.parametrize(
    ("typed", "share"), [("1", 0.0), ("2", 0.25), ("3", 0.5), ("5", 1.0), ("0.3", 0.3), ("", 0.5), ("0", 0.0)]
)
def test_a_scale_has_five_stops_or_is_a_share(talk: Talk, business: BusinessId, typed: str, share: float):
    _, interview, _ = talk([typed, *[""] * 7], business, "brand_voice")
    assert fields(interview, "brand_voice")["formality"] == share


def test_a_list_has_one_item_a_line_and_may_have_commas_in_it(talk: Talk, business: BusinessId):
    lines = ["Stories, when we can", "Mail; Talks", "", *[""] * 7]
    _, interview, _ = talk(lines, business, "marketing_state")
    assert fields(interview, "marketing_state")["working"] == ("Stories, when we can", "Mail", "Talks")


CHEFS = ["Head chefs", "hotels", "", "", "Head chef", "", "", "Counting stock, at night", ""]


def test_rows_are_added_changed_and_removed(talk: Talk, business: BusinessId):
    finance = ["Finance", "", "", "", "", ""]
    change = ["2", "Finance directors", "", "", "", "", ""]
    _, interview, _ = talk([*CHEFS, *finance, *change, "-1", "", "", "", ""], business, "audience")
    assert fields(interview, "audience")["segments"] == (Segment(key="finance_directors", name="Finance directors"),)


def test_a_row_has_what_its_columns_say(talk: Talk, business: BusinessId):
    _, interview, _ = talk([*CHEFS, "", "", "", ""], business, "audience")
    assert fields(interview, "audience")["segments"] == (
        Segment(
            key="head_chefs",
            name="Head chefs",
            industries=("hotels",),
            job_titles=("Head chef",),
            pain_points=("Counting stock, at night",),
        ),
    )


def test_a_row_that_is_changed_keeps_its_key(talk: Talk, business: BusinessId, refleqt: Composition):
    refleqt.onboarding.answer(business, "audience", {"segments": (Segment(key="ops", name="Operations"),)})
    _, interview, _ = talk(["1", "Operators", "", "", "", "", "", "", "", "", ""], business, "audience")
    assert fields(interview, "audience")["segments"] == (Segment(key="ops", name="Operators"),)


def test_going_back_from_a_row_leaves_it_out(talk: Talk, business: BusinessId):
    shown, interview, _ = talk(["Chefs", "<", "", "", "", ""], business, "audience")
    assert "left as it was" in shown and fields(interview, "audience")["segments"] == ()


def test_rows_have_rows_of_their_own(talk: Talk, business: BusinessId):
    tiers = ["Single kitchen", "79 euro", "79.00 EUR", "kitchen", "Group", "6900 JPY", "", ""]
    _, interview, _ = talk(["Tally", "A scale.", *tiers, "", "", "", "", "", ""], business, "offering")
    assert fields(interview, "offering")["products"] == (
        Product(
            name="Tally",
            description="A scale.",
            pricing_tiers=(
                PricingTier(name="Single kitchen", price=Money(minor=7_900), per="kitchen"),
                PricingTier(name="Group", price=Money(minor=6_900, currency="JPY"), per="month"),
            ),
        ),
    )


def test_two_segments_of_one_name_are_told_and_can_be_mended(talk: Talk, business: BusinessId):
    twice = ["Chefs", *[""] * 5, "Chefs", *[""] * 5, "", "", "", ""]
    shown, interview, _ = talk([*twice, "-2", "", "", "", ""], business, "audience")
    assert "another segment has the key 'chefs'" in shown
    assert [each.name for each in fields(interview, "audience")["segments"]] == ["Chefs"]


def test_an_answer_may_have_several_lines(talk: Talk, business: BusinessId):
    _, interview, _ = talk(["", "Kitchens pay.", "Groups too.", "", ""], business, "business_model")
    assert interview.state.of("business_model").questions[0].answer == "Kitchens pay. Groups too."


def test_what_was_heard_between_the_lines_is_quoted(talk: Talk, business: BusinessId):
    lines = ["", "I think it is hotels, maybe.", "", "Dealers in Gouda, definitely!", ""]
    shown, _, _ = talk(lines, business, "business_model")
    assert "you hedge here: “think”, “maybe”" in shown
    assert "you sound sure here: “definitely”" in shown


def test_what_was_skipped_is_told_as_a_blind_spot(talk: Talk, business: BusinessId):
    shown, _, _ = talk(["", "", ""], business, "business_model")
    assert "blind spots" in shown and "Do partners sell for you?" in shown


def test_what_is_typed_cannot_steer_the_terminal(talk: Talk, business: BusinessId):
    shown, _, _ = talk(["", "\x1b[31mred\x1b[0m [bold]Utrecht[/bold] 3", "", "", ""], business, "business_model")
    assert "\x1b[31m" not in shown


typed_lines = st.lists(
    st.sampled_from(["", "", "", "1", "2,3", "-", "-1", "<", "?", "x", "a b.example", "0.5", "79.00 EUR", "seed"])
    | st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"]), max_size=12),
    max_size=60,
)


@given(typed_lines)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_typed_ends_in_groups_that_are_saved_or_not(monkeypatch: Any, capsys: Any, lines: list[str]):
    refleqt = Composition()
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    interview = Interview(refleqt.onboarding, Dialogue(), None)
    with suppress(Stopped):
        interview.run()
    capsys.readouterr()
    saved = interview.state.done
    businesses = refleqt.profile.businesses()
    assert (interview.business_id is not None) == (len(businesses) == 1) == (saved > 0)
