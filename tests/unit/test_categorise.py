"""What an entry is about, by rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.intake.calendar import ARTIFACT_TYPES
from refleqt_core.intake.categorise import (
    CATEGORIES,
    STAGE_CUES,
    TAG_CUES,
    TAGS,
    category_of,
    cluster_of,
    stage_guess,
    sureness,
    tags_of,
    unsure,
)

KEYWORDS = st.text("ab cd", max_size=12)


@pytest.mark.parametrize("artifact_type", ARTIFACT_TYPES)
def test_every_type_of_artifact_has_a_category(artifact_type: str) -> None:
    assert category_of(artifact_type) in CATEGORIES


@pytest.mark.parametrize(
    ("title", "tag"),
    [
        ("How to cut waste", "how-to"),
        ("Case study: Alder House", "customer-story"),
        ("How Alder halved its waste", "customer-story"),
        ("Scales versus spreadsheets", "comparison"),
        ("What waste costs a kitchen", "money"),
        ("Launching the new scale", "launch"),
        ("The 2026 benchmark", "data"),
        ("Live with a head chef", "event"),
        ("Five myths about leftovers", "opinion"),
        ("Behind the scenes of our shoot", "team"),
        ("20% off until Sunday", "offer"),
        ("Planning the Christmas menu", "season"),
        ("An interview with a baker", "interview"),
    ],
)
def test_a_title_is_tagged_by_its_own_words(title: str, tag: str) -> None:
    assert tag in tags_of(title, None, None)


def test_part_of_a_word_is_no_cue() -> None:
    assert tags_of("Knewton deliverables", None, None) == ()


@given(st.text(max_size=30), st.none() | st.sampled_from(["tofu", "bofu"]), st.none() | st.sampled_from(["roi"]))
def test_tags_are_sorted_and_each_stands_once(title: str, stage: str | None, angle: str | None) -> None:
    tags = tags_of(title, stage, angle)
    assert list(tags) == sorted(set(tags))
    guesses = {f"maybe-{each}" for each in STAGE_CUES.values()} if stage is None else set()
    assert set(tags) <= {*TAG_CUES.values(), stage, angle, *guesses}


def test_every_cue_calls_for_a_tag_of_the_vocabulary() -> None:
    assert set(TAG_CUES.values()) == set(TAGS)


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("What is food waste?", "tofu"),
        ("Scales versus spreadsheets", "mofu"),
        ("Why you should book a demo", "bofu"),
        ("Bread", None),
    ],
)
def test_a_stage_that_nobody_gave_is_no_more_than_suggested(title: str, stage: str | None) -> None:
    assert stage_guess(title) == stage
    suggested = {tag for tag in tags_of(title, None, None) if tag.startswith("maybe-")}
    assert suggested == ({f"maybe-{stage}"} if stage else set())
    assert not any(tag.startswith("maybe-") for tag in tags_of(title, "tofu", None))


@pytest.mark.parametrize(
    ("title", "notes", "sure"),
    [
        ("How to weigh a bin", None, 1.0),
        ("How to weigh a bin", "Invite them to the webinar", 0.5),
        ("How to weigh a bin", "How to read the scale", 1.0),
        ("How to weigh a bin", "new", 1.0),
        ("The new normal", None, 0.5),
        ("Introducing our case study", None, 0.3),
        ("Bread", None, 0.0),
        ("", "How to weigh a bin", 0.0),
    ],
)
def test_the_rules_are_as_sure_as_their_cues_are_clear(title: str, notes: str | None, sure: float) -> None:
    assert sureness(title, notes) == sure
    assert unsure(title, notes) == (sure < 0.6)


def test_without_a_keyword_there_is_no_cluster() -> None:
    assert cluster_of(None, {"waste": ["waste"]}) is None
    assert cluster_of("", {"waste": ["waste"]}) is None


def test_a_keyword_joins_the_cluster_that_it_shares_most_words_with() -> None:
    clusters = {"menu": ["menu costing", "menu planning"], "waste": ["kitchen food waste"]}
    assert cluster_of("food waste", clusters) == "waste"
    assert cluster_of("menu costing template", clusters) == "menu"


def test_the_least_share_of_words_that_joins_can_be_set() -> None:
    clusters = {"waste": ["kitchen food waste"]}
    assert cluster_of("food waste", clusters, share=0.7) == "food waste"


def test_words_that_say_nothing_join_nothing() -> None:
    assert cluster_of("of the waste", {"of the menu": ["of the menu"]}) == "of the waste"


@given(KEYWORDS.filter(str.strip), st.dictionaries(KEYWORDS, st.lists(KEYWORDS, max_size=3), max_size=4))
def test_a_keyword_lies_in_a_known_cluster_or_opens_its_own(keyword: str, clusters: dict[str, list[str]]) -> None:
    assert cluster_of(keyword, clusters) in {*clusters, keyword.strip().lower()}


@given(st.permutations([("a", ["x y"]), ("b", ["x z"]), ("c", ["q"])]))
def test_which_cluster_a_keyword_joins_does_not_depend_on_their_order(pairs: list[tuple[str, list[str]]]) -> None:
    assert cluster_of("x", dict(pairs)) == "b"
