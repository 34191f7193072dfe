"""A delivered text is checked against what its creator was asked for."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refleqt_core.marketplace.quality_checks import CHECKS, Check, Review, Submission, review
from refleqt_core.marketplace.text_measures import (
    headings,
    links,
    longest_shared,
    occurrences,
    reading_ease,
    shared_share,
    syllables,
)

GOOD = """# Reduce food waste before the weekend

Most kitchens throw away food on Sunday that they ordered on Thursday. You can reduce food waste with one short habit:
count what is left before you order more.

## Count what is left

Walk to the fridge on Wednesday with a sheet of paper. Write down the five things that cost the most. The count takes
ten minutes and one person can do it. Do it at the same hour each week, so that the numbers can be compared.

## Order from the count

Order less of what is left and more of what ran out. A forecast of guests helps, yet the count alone saves money in
the first week. Show the sheet to the whole team, and let the chef say why something was left.
"""
DOCUMENT: dict[str, Any] = {
    "headline": "How small kitchens waste less",
    "artifact_type": "blog_copy",
    "key_messages": ["Count what is left before you order more", "The count takes ten minutes"],
    "what_to_avoid": ["These words: revolutionary or cheap."],
    "structure": ["Introduction: the question", "One next step."],
    "seo": {"keyword": "reduce food waste", "secondary": ["forecast"], "meta_title_max": None},
    "technical": {"min_words": 100, "max_words": 200, "format": "markdown"},
    "reference_material": ["Leftover bread becomes croutons, and yesterday's rice is tomorrow's arancini, say chefs."],
}


def reviewed(text: str = GOOD, attempt: int = 1, **given: Any) -> Review:
    document = DOCUMENT | given.pop("document", {})
    return review(Submission(text=text, document=document, artifact_type="blog_copy", **given), attempt=attempt)


def check(name: str, text: str = GOOD, **given: Any) -> Check:
    return next(each for each in reviewed(text, **given).checks if each.name == name)


def names(result: Review) -> set[str]:
    return {each.name for each in result.checks}


def test_a_good_text_passes() -> None:
    result = reviewed()
    assert (result.verdict, result.complaints) == ("pass", ())
    assert result.quality > 0.9


def test_what_the_document_does_not_ask_for_is_not_checked() -> None:
    result = review(Submission(text="Six words are enough for this.", document={}), attempt=1)
    assert names(result) == {"links", "anonymity", "originality"}
    assert result.verdict == "pass"


def test_a_bad_text_is_to_be_revised_twice_and_then_escalated() -> None:
    assert [reviewed("Too short.", attempt).verdict for attempt in (1, 2, 3)] == ["revise", "revise", "escalate"]


def test_a_better_text_has_a_higher_quality() -> None:
    worse = GOOD.replace("# Reduce food waste", "# Do better").replace("forecast", "guess")
    assert reviewed(worse).quality < reviewed().quality


def test_low_quality_is_not_passed_even_where_nothing_required_fails() -> None:
    document = {
        "key_messages": ["Bees sleep in winter", "Honey is gold"],
        "seo": {"secondary": ["bees", "honey"], "meta_title_max": 60, "meta_description_max": 155},
        "technical": None,
        "what_to_avoid": [],
    }
    text = "Notwithstanding interdepartmental responsibilities, organisational accountability deteriorates. " * 8
    result = reviewed(text, document=document, coverage=[0.26, 0.26])
    assert all(each.passed for each in result.checks if each.required)
    assert (result.quality < 0.6, result.verdict) == (True, "revise")


def test_a_text_within_a_tenth_of_the_length_passes() -> None:
    assert check("length", document={"technical": {"min_words": 140, "max_words": 180}}).passed


def test_a_text_that_is_too_long_does_not_pass() -> None:
    found = check("length", GOOD * 2)
    assert (found.passed, found.score < 0.8, "100 to 200 are asked for" in found.finding) == (False, True, True)


def test_an_absent_keyword_does_not_pass() -> None:
    assert check("keyword", GOOD.replace("food waste", "leftovers")).score == 0.0


def test_a_stuffed_keyword_does_not_pass() -> None:
    found = check("keyword", GOOD + "Reduce food waste. " * 8)
    assert (found.passed, found.finding.endswith("more than three in a hundred")) == (False, True)


def test_a_keyword_that_comes_late_or_in_no_heading_passes_with_a_wish() -> None:
    text = GOOD.replace("# Reduce food waste before", "# Before").replace("can reduce food waste", "save money")
    found = check("keyword", text + "So you reduce food waste.")
    assert (found.passed, found.score) == (True, 0.5)
    assert "in the first hundred words and in a heading" in found.finding


def test_missing_secondary_keywords_are_named() -> None:
    assert check("secondary keywords", GOOD.replace("forecast", "guess")).finding == "not used: forecast"


def test_a_meta_line_that_is_too_long_does_not_pass() -> None:
    document = {"seo": {"meta_title_max": 20}}
    lines = {"Meta title: Waste less": 1.0, "**Meta title:** Waste less food in every kitchen": 0.0, "": 0.5}
    assert {line: check("meta title", f"{line}\n\n{GOOD}", document=document).score for line in lines} == lines


def test_headings_that_are_asked_for_have_to_be_there() -> None:
    document = {"structure": ["## Count what is left", "H2: Ask a neighbour"]}
    found = check("structure", document=document)
    assert (found.passed, found.finding) == (False, "missing headings: Ask a neighbour")


def test_a_long_text_without_headings_does_not_pass() -> None:
    assert not check("structure", "A plain sentence follows a plain sentence here. " * 100).passed


def test_a_text_that_is_hard_to_read_is_told_so() -> None:
    found = check("reading level", "Organisational accountability necessitates interdepartmental reconciliation. " * 10)
    assert (found.passed, found.required) == (False, False)


@pytest.mark.parametrize(
    "link",
    ["[here](#)", "[here]()", "[a tool](https://elsewhere.example/x)", "see https://elsewhere.example/x", "[w](todo)"],
)
def test_links_that_lead_nowhere_or_elsewhere_do_not_pass(link: str) -> None:
    assert not check("links", f"{GOOD}\n\n{link}").passed


@pytest.mark.parametrize(
    "link", ["[prices](/prices)", "[up](#count-what-is-left)", "[data](https://www.waste.example/a)"]
)
def test_links_within_the_site_and_to_what_the_brief_names_pass(link: str) -> None:
    document = {"reference_material": ["Figures: https://waste.example/figures"]}
    assert check("links", f"{GOOD}\n\n{link}", document=document).passed


def test_a_host_that_merely_ends_like_one_of_the_brief_does_not_pass() -> None:
    document = {"reference_material": ["Figures: https://waste.example/figures"]}
    assert not check("links", f"{GOOD} https://notwaste.example", document=document).passed


@pytest.mark.parametrize(
    "signature",
    [
        "Write to anselm@post.example for more.",
        "anselm (at) post (dot) example",
        "Call +44 20 7946 0958 today.",
        "By Anselm Vantongeren",
        "Text: A. Vantongeren",
        "Follow @vantongeren",
    ],
)
def test_a_text_that_says_who_made_it_does_not_pass(signature: str) -> None:
    found = check("anonymity", f"{GOOD}\n\n{signature}", creator_name="Anselm Vantongeren")
    assert not found.passed


def test_a_text_without_a_signature_is_anonymous() -> None:
    assert check("anonymity", creator_name="Anselm Vantongeren").passed


def test_a_copy_of_earlier_work_does_not_pass() -> None:
    found = check("originality", earlier=[GOOD])
    assert (found.passed, found.score) == (False, 0.0)


def test_a_copied_passage_is_quoted() -> None:
    copied = "Leftover bread becomes croutons, and yesterday's rice is tomorrow's arancini, say chefs."
    found = check("originality", copied + " We agree.")
    assert "“leftover bread becomes croutons and yesterday's rice is tomorrow's arancini say chefs”" in found.finding


def test_a_short_quotation_of_the_material_passes() -> None:
    assert check("originality", GOOD + "\n\nLeftover bread becomes croutons, and more.").passed


def test_words_to_be_avoided_are_found() -> None:
    assert check("avoided words", GOOD + " A cheap trick.").finding == "to be avoided: cheap"


def test_quoted_words_to_be_avoided_are_found() -> None:
    document = {"what_to_avoid": ["Don't call anything “a game changer”."]}
    assert not check("avoided words", GOOD + " It's a game-changer.", document=document).passed


def test_key_messages_that_are_not_said_do_not_pass() -> None:
    document = {"key_messages": ["Bees sleep in winter", "Honey never spoils in a jar"]}
    found = check("key messages", document=document)
    assert (found.passed, "Bees sleep in winter" in found.finding) == (False, True)


def test_a_key_message_said_in_other_words_counts_by_its_meaning() -> None:
    document = {"key_messages": ["Bees sleep in winter"]}
    assert check("key messages", document=document, coverage=[0.8]).score == 1.0


def test_the_first_key_message_counts_most() -> None:
    messages = ["Count what is left before you order", "Bees sleep in winter"]
    first_said = check("key messages", document={"key_messages": messages})
    second_said = check("key messages", document={"key_messages": messages[::-1]})
    assert first_said.score > second_said.score


@given(st.text(max_size=400), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_any_text_gets_a_verdict_and_a_quality_in_range(text: str, attempt: int) -> None:
    result = reviewed(text, attempt, creator_name="Anselm Vantongeren")
    assert 0.0 <= result.quality <= 1.0
    assert result.verdict in ({1: "pass revise", 2: "pass revise", 3: "pass escalate"}[attempt]).split()


@pytest.mark.parametrize(
    "text",
    [" " * 200_000, "\n" * 200_000, "# " * 100_000, "[" * 200_000, "<h1" * 66_000, "-\n" * 100_000, "a." * 100_000],
)
def test_a_hostile_text_is_reviewed_in_seconds(text: str) -> None:
    began = time.monotonic()
    for ask in CHECKS:
        list(ask(Submission(text=text, document=DOCUMENT)))
    assert time.monotonic() - began < 20


def test_the_checks_have_names_of_their_own() -> None:
    document = {"seo": {"keyword": "a", "secondary": ["b"], "meta_title_max": 9, "meta_description_max": 9}}
    found = [each.name for each in reviewed(document=document).checks]
    assert len(found) == len(set(found)) >= 10


@pytest.mark.parametrize(
    ("word", "count"), [("waste", 1), ("kitchen", 2), ("table", 2), ("reduced", 2), ("organisation", 5), ("the", 1)]
)
def test_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


def test_reading_ease_follows_flesch() -> None:
    # 10 sentences of 6 words; "Seven" and "hungry" have two syllables: 8 a sentence.
    text = "Seven hungry cats ran home fast. " * 10
    assert reading_ease(text) == pytest.approx(206.835 - 1.015 * 6 - 84.6 * 8 / 6)


def test_items_of_a_list_are_sentences() -> None:
    listed = "\n".join(["- six little words in each item"] * 10)
    assert (reading_ease(listed) or 0) > 60


def test_a_few_words_have_no_reading_ease() -> None:
    assert reading_ease("Too short to tell.") is None


def test_headings_are_found_in_markdown_and_html() -> None:
    assert headings("# One #\ntext\n<h2 class='x'>Two</h2>\n#tag") == ["One", "Two"]


def test_links_are_found_in_order() -> None:
    text = 'Go to https://a.example/x, or [b](https://b.example "B"), <a href="/c">c</a>.'
    assert [link.target for link in links(text)] == ["https://a.example/x", "https://b.example", "/c"]


@pytest.mark.parametrize(
    ("text", "count"), [("Food-waste, food waste", 2), ("FOOD  WASTES", 1), ("seafood waste", 0), ("food wasted", 0)]
)
def test_a_phrase_is_counted_by_whole_words(text: str, count: int) -> None:
    assert occurrences("food waste", text) == count


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60).map(" ".join))
def test_a_text_is_all_shared_with_itself(text: str) -> None:
    assert shared_share(text, [text]) == (1.0 if len(text.split()) >= 5 else 0.0)


def test_the_longest_shared_run_is_found() -> None:
    text = "one two three four five x six seven eight nine ten eleven y"
    assert longest_shared(text, ["zero one two three four five", "six seven eight nine ten eleven"]) == (
        "six seven eight nine ten eleven"
    )
