"""What the folded form makes equal, and that its offsets lead back."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from refleqt_core.folding import fold, squeeze


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("BriNeWell", "brinewell"),
        ("Brïnéwell", "brinewell"),
        ("Bri\u0308newell", "brinewell"),
        ("Ｂｒｉｎｅｗｅｌｌ", "brinewell"),
        ("𝐁𝐫𝐢𝐧𝐞𝐰𝐞𝐥𝐥", "brinewell"),
        ("ⓑⓡⓘⓝⓔⓦⓔⓛⓛ", "brinewell"),
        ("🅱rinewell", "brinewell"),
        ("Вrіnеwеll", "brinewell"),
        ("Βrιnεwεll", "brinewell"),
        ("bʀɪɴᴇᴡᴇʟʟ", "brinewell"),
        ("Brine\u200bwe\u2060ll", "brinewell"),
        ("Brine\u00adwell", "brinewell"),
        ("\u202eBrinewell\u202c", "brinewell"),
        ("Br&#105;ne&#x77;ell", "brinewell"),
        ("Brine&shy;well", "brinewell"),
        ("Brine&amp;#119;ell", "brinewell"),
        ("Brine%77ell", "brinewell"),
        ("Brine<b>well</b>", "brinewell"),
        ("Brine\u00a0well", "brine well"),
        ("Brine—well", "brine-well"),
        ("Brinewell™’s", "brinewell 's"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("٣ und ４", "3 und 4"),
        ("AT&amp;T", "at&t"),
    ],
)
def test_spellings_of_one_name_fold_alike(written: str, folded: str) -> None:
    assert fold(written).text == folded


def test_ordinary_text_keeps_its_characters() -> None:
    assert fold("Up 12% & <b class='x'> a_b; R&D 5 < 6").text == "up 12% & <b class='x'> a_b; r&d 5 < 6"


@pytest.mark.parametrize("written", ["%Adobe", "<!-- Brinewell -->", "&Brinewell;", "<Brinewell>", "%zz"])
def test_what_only_looks_like_a_code_hides_nothing(written: str) -> None:
    assert fold(written).text == written.lower()


@given(st.text())
@example("İ&amp;shy;ﬃ%C3%A9x\ud800")
def test_offsets_lead_back_into_the_source_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.origins) == len(folded.text)
    assert all(0 <= origin < len(text) for origin in folded.origins)
    assert all(a <= b for a, b in zip(folded.origins, folded.origins[1:], strict=False))


@given(st.text(min_size=1), st.data())
def test_the_span_of_a_piece_folds_to_something_that_holds_the_piece(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    first, last = folded.span(start, end)
    assert 0 <= first < last <= len(text)
    assert folded.text[start:end] in fold(text[first:last]).text


@given(st.text(st.characters(codec="ascii", exclude_characters="&%<")))
def test_plain_characters_fold_to_their_small_letters_in_place(text: str) -> None:
    folded = fold(text)
    assert folded.text == text.lower()
    assert folded.origins.tolist() == list(range(len(text)))


@given(st.text())
def test_squeezed_letters_are_aligned_with_the_folded_text(text: str) -> None:
    squeezed = squeeze(fold(text))
    assert len(squeezed.letters) == len(squeezed.plain) == len(squeezed.positions) == len(squeezed.breaks) - 1
    assert "".join(squeezed.folded.text[at] for at in squeezed.positions) == squeezed.plain
    assert squeezed.breaks[0] and squeezed.breaks[-1]


@pytest.mark.parametrize(
    ("written", "letters"),
    [("Br1n3w3ll", "brlnewell"), ("Me$age", "mesage"), ("$tripe", "strlpe"), ("a $5 fee!", "asfee"), ("B@nd", "band")],
)
def test_digits_and_signs_written_for_letters_count_as_these(written: str, letters: str) -> None:
    assert squeeze(fold(written)).letters == letters


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("BrineWell app", ["brine", "well", "app"]),
        ("x-ray_unit", ["x", "ray", "unit"]),
        ("B.r.i", ["b", "r", "i"]),
        ("Brine\u200bwell", ["brinewell"]),
        ("GA4 IBM", ["ga", "4", "ibm"]),
    ],
)
def test_words_break_at_gaps_capitals_and_digits(written: str, words: list[str]) -> None:
    squeezed = squeeze(fold(written))
    cuts = [i for i, breaks in enumerate(squeezed.breaks) if breaks]
    assert [squeezed.plain[a:b] for a, b in pairwise(cuts)] == words
