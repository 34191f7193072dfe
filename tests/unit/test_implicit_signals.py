import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.intake.certainty import certainty, markers
from refleqt_core.intake.implicit_signals import GivenAnswer, avoided_terms, implicit_signals
from refleqt_core.intake.vocabulary import counts, log_odds, terms

words = st.sampled_from(
    ["we", "boards", "maybe", "definitely", "not", "to", "sure", "never", "think", "I", ",", ".", "!", "12"]
)
texts = st.lists(words, max_size=40).map(" ".join)


def signals_of(text, *others, **fields):
    answers = [
        GivenAnswer(key="it", text=text, **fields),
        *(GivenAnswer(key=f"o{i}", text=t) for i, t in enumerate(others)),
    ]
    return implicit_signals(answers)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our ICP is definitely operations managers.", [("definitely", 1)]),
        ("I think our ICP is maybe operations managers.", [("think", -1), ("maybe", -1)]),
        ("Our customers think we are expensive.", []),
        ("We are not sure.", [("not sure", -1)]),
        ("It is not, I am sure, a fashion.", [("sure", 1)]),
        ("There is no doubt.", [("no doubt", 1)]),
        ("We're not guessing here.", [("not guessing", 1)]),
        ("It might not work.", [("might", -1)]),
        ("I was never sure of it.", [("never sure", -1)]),
        ("We never discount.", [("never", 1)]),
        ("Make sure that they see it.", []),
        ("We sell to a certain kind of customer.", []),
        ("It is kind of complicated.", [("kind of", -1)]),
        ("About 40 of them ask about prices.", [("About", -1)]),
        ("We began in May.", []),
        ("Operations managers?", [("?", -1)]),
        ("Not only do we know it.", [("know", 1)]),
    ],
)
def test_hedges_and_boosters_are_found_in_their_scope(text, expected):
    assert [(text[m.start : m.end], m.polarity) for m in markers(text)] == expected


def test_certainty_is_boosters_minus_hedges_over_their_number_plus_one():
    assert certainty("We definitely know it, maybe.") == pytest.approx((2 - 1) / (3 + 1))


@given(texts)
def test_certainty_stays_inside_one_and_its_words_stand_in_the_answer(text):
    signal = signals_of(text).certainty
    assert -1 < signal.value < 1
    assert all(text[word.start : word.end] == word.text for word in signal.words)


def test_emphasis_is_the_share_of_words_against_the_expected_share():
    signal = signals_of("one two three four five six", "one two", expected_words=1.0).emphasis
    assert signal.value == pytest.approx((6 / 8) / (1 / 2))


def test_a_question_that_expects_long_answers_needs_more_words_for_the_same_emphasis():
    assert signals_of("a b c d", "e f g h", expected_words=3.0).emphasis.value == pytest.approx(0.5 / 0.75)


@pytest.mark.parametrize("text", ["", "  ", "n/a", "No idea.", "I don’t know", "TBD"])
def test_a_skipped_question_is_a_whole_gap(text):
    assert (signals_of(text).gap.value, signals_of(text).gap.note) == (1.0, "skipped")


@pytest.mark.parametrize(
    "text",
    [
        "Good quality and great service for everyone.",
        "Anything that is really nice and modern, all sorts of stuff for various people in general and so on and on.",
        "Busy people.",
    ],
)
def test_a_vague_answer_is_a_gap(text):
    assert signals_of(text).gap.value > 0


@pytest.mark.parametrize(
    "text",
    [
        "Trello, Asana and Brightwave",
        "Figma",
        "HubSpot",
        "Operations managers of small logistics companies",
        "40 % agencies",
        "They lose stock counts on paper and cannot tell which shift moved the pallets.",
    ],
)
def test_a_number_a_name_or_concrete_words_leave_no_gap(text):
    assert not signals_of(text).is_gap


def test_the_vague_words_are_what_caused_the_gap():
    assert [word.text for word in signals_of("Good quality for everyone.").gap.words] == [
        "Good",
        "quality",
        "everyone",
    ]


def test_charge_grows_with_sentiment_length_and_intensifiers():
    signal = signals_of("Ads are a terribly expensive pit!", sentiment=-0.8).charge
    assert signal.value == pytest.approx(0.8 * math.log(7) * 1.5)


def test_charge_names_intensifiers_shouting_and_mood_words():
    signal = signals_of("I so HATE this mess!", sentiment=-0.9, mood_words=("mess",)).charge
    assert [word.text for word in signal.words] == ["so", "HATE", "mess", "!"]


def test_vocabulary_finds_the_words_that_set_an_answer_apart():
    signal = signals_of(
        "The warehouse floor decides. Every warehouse shift is a warehouse of its own.",
        "Ads cost too much and the ads bring nobody. We sell boards to teams.",
        "Friendly and short, never loud. Teams like how we write to teams.",
    ).vocabulary
    assert signal[0].note == "warehouse"


def test_a_telling_term_shows_each_of_its_places():
    text = "The warehouse decides; a warehouse is loud. Another warehouse."
    term = next(
        each for each in signals_of(text, "Ads cost money, we sell boards.").vocabulary if each.note == "warehouse"
    )
    assert [text[word.start : word.end] for word in term.words] == ["warehouse"] * 3


def test_log_odds_agree_with_the_formula_of_monroe_and_others():
    here, elsewhere, prior = {"a": 3, "b": 1}, {"a": 1, "b": 5}, {"a": 9, "b": 9}
    a = next(each for each in log_odds(here, elsewhere, prior, mass=10) if each.term == "a")
    delta = math.log(8 / (4 + 10 - 8)) - math.log(6 / (6 + 10 - 6))
    assert (a.log_odds, a.z) == (pytest.approx(delta), pytest.approx(delta / math.sqrt(1 / 8 + 1 / 6)))


@given(texts, texts)
def test_log_odds_turn_their_sign_when_the_texts_change_places(one, other):
    forth = {each.term: each.z for each in log_odds(counts(one), counts(other))}
    back = {each.term: each.z for each in log_odds(counts(other), counts(one))}
    assert all(forth[term] == pytest.approx(-back[term]) for term in forth)


def test_words_that_such_businesses_use_and_this_one_does_not_are_avoided():
    answers = [GivenAnswer(key="audience", text="Our guests stay for a week. Guests return. We call them guests. " * 5)]
    background = Counter({"customers": 60, "guests": 5, "week": 20, "stay": 10})
    assert avoided_terms(answers, background)[0].term == "customers"


def test_pairs_of_words_do_not_reach_over_punctuation():
    assert [term for term, _, _ in terms("stock counts, prices")] == ["stock", "stock counts", "counts", "prices"]


def test_signals_are_json_values_with_the_place_of_their_words():
    document = signals_of("We definitely sell boards.").as_document()
    assert document["certainty"]["words"] == ({"text": "definitely", "start": 3, "end": 13},)


def test_no_answers_give_no_signals():
    assert implicit_signals([]) == ()
