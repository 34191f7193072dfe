"""Names are found however they are disguised, and ordinary words are left alone."""

import csv
import json
import os
import random
import time
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refleqt_core.outputs.identifying_strings import IdentifyingString, identifying_strings
from refleqt_core.outputs.leak_scan import Finding, LeakScanner, leaks

NAMES = Path(os.environ.get("REFLEQT_SHARED_DATA", "../shared/data")) / "names"
needs_names = pytest.mark.skipif(not NAMES.is_dir(), reason="REFLEQT_SHARED_DATA holds no folder 'names'")

BRINEWELL = identifying_strings(
    businesses=["Brinewell Coffee Ltd"],
    products=["Brinewell Pulse", "Tidepool"],
    competitors=["Saltmark Inc", "Mint", "Bolt", "Orbit", "Blue Bottle"],
    people=["Dr. Dana Whitfield", "Mark Osei"],
    domains=["https://www.brinewell.co.uk"],
    handles=["@brinewell_hq"],
    emails=["hello@brinewell.co.uk"],
    phones=["+44 20 7946 0958"],
    addresses=["12 Harbour Street, Leeds, LS1 4AB"],
    campaigns=["brinewell_spring", "newsletter"],
    files=["exports/Brinewell_Guide_v3.pdf"],
)


def _full_width(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


def _math_bold(name: str) -> str:
    def bold(c: str) -> str:
        if c.isascii() and c.isupper():
            return chr(0x1D400 + ord(c) - ord("A"))
        return chr(0x1D41A + ord(c) - ord("a")) if c.isascii() and c.islower() else c

    return "".join(map(bold, name))


def _letters_joined(by: str) -> Callable[[str], str]:
    return lambda name: by.join(c for c in name if c.isalnum())


def _in_middle(inserted: str) -> Callable[[str], str]:
    return lambda name: name[: len(name) // 2] + inserted + name[len(name) // 2 :]


def _swapped(name: str) -> str:
    at = len(name) // 2
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]


CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
GREEK = str.maketrans("ovABEHIKMNOPTXYZ", "ονΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")
ACCENTS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")
LEET = str.maketrans("eoaEOA", "304304")

DISGUISES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper case": str.upper,
    "lower case": str.lower,
    "alternating case": lambda n: "".join(c.upper() if i % 2 else c.lower() for i, c in enumerate(n)),
    "possessive": lambda n: f"{n}'s",
    "curly possessive": lambda n: f"{n}’s",
    "plural": lambda n: f"{n}s",
    "hyphens": lambda n: n.replace(" ", "-"),
    "underscores": lambda n: n.replace(" ", "_"),
    "dots": lambda n: n.replace(" ", "."),
    "no spaces": lambda n: n.replace(" ", ""),
    "hashtag": lambda n: "#" + "".join(c for c in n if c.isalnum()),
    "handle": lambda n: "@" + "".join(c for c in n.lower() if c.isalnum()),
    "in a domain": lambda n: "www." + "".join(c for c in n.lower() if c.isalnum()) + ".com",
    "in an e-mail": lambda n: "info@" + "".join(c for c in n.lower() if c.isalnum()) + ".com",
    "in a path": lambda n: "/files/" + n.replace(" ", "_") + "_v2.pdf",
    "line break": lambda n: n.replace(" ", "\n"),
    "line break within": _in_middle("-\n"),
    "no-break space": lambda n: n.replace(" ", "\u00a0"),
    "decomposed": lambda n: unicodedata.normalize("NFD", n.translate(ACCENTS)),
    "accents": lambda n: n.translate(ACCENTS),
    "zero width": _in_middle("\u200b"),
    "soft hyphen": _in_middle("\u00ad"),
    "right to left marks": lambda n: f"\u202b{n[:3]}\u200f{n[3:]}\u202c",
    "Cyrillic": lambda n: n.translate(CYRILLIC),
    "Greek": lambda n: n.translate(GREEK),
    "full width": _full_width,
    "mathematical bold": _math_bold,
    "entities": lambda n: "".join(f"&#{ord(c)};" for c in n),
    "one entity": lambda n: f"&#x{ord(n[0]):x};{n[1:]}",
    "percent-encoded": lambda n: n.replace(" ", "%20"),
    "spaced out": _letters_joined(" "),
    "dotted": _letters_joined("."),
    "hyphenated letters": _letters_joined("-"),
    "leet": lambda n: n.translate(LEET),
    "markup within": _in_middle("**"),
    "tags within": lambda n: f"<b>{n[:2]}</b>{n[2:]}",
    "letter left out": lambda n: n[: len(n) // 2] + n[len(n) // 2 + 1 :],
    "letter doubled": lambda n: n[: len(n) // 2] + n[len(n) // 2 - 1 :],
    "letter replaced": lambda n: n[: len(n) // 2] + "q" + n[len(n) // 2 + 1 :],
    "letters exchanged": _swapped,
}


def texts_of(text: str, strings: tuple[IdentifyingString, ...] = BRINEWELL) -> list[str]:
    return [finding.text for finding in leaks(text, strings) if finding.certain]


def found_in(findings: tuple[Finding, ...], start: int, end: int) -> bool:
    return any(f.start < end and f.end > start and f.certain and f.string for f in findings)


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("name", ["Brinewell", "Tidepool", "Saltmark"])
def test_a_disguised_name_is_found(disguise: str, name: str) -> None:
    written = DISGUISES[disguise](name)
    found = leaks(f"Most of what {written} does is good.", BRINEWELL)
    assert found_in(found, 13, 13 + len(written)), written


@needs_names
def test_at_least_95_percent_of_disguised_real_names_are_found(record_property: Callable[[str, object], None]) -> None:
    scanner, names = _scanner_of_sample()
    missed: list[tuple[str, str]] = []
    tried = 0
    for name in names:
        for kind, disguise in DISGUISES.items():
            written = disguise(name)
            tried += 1
            if not found_in(scanner.scan(f"we think {written} is good"), 9, 9 + len(written)):
                missed.append((kind, written))
    recall = 1 - len(missed) / tried
    record_property("recall", recall)
    assert recall >= 0.95, f"{recall:.4f} of {tried}; missed, for example: {missed[::12]}"


@needs_names
def test_sentences_about_others_are_left_alone_and_read_fast(record_property: Callable[[str, object], None]) -> None:
    scanner, _ = _scanner_of_sample()
    labelled = json.loads((NAMES / "labelled_sentences.json").read_text(encoding="utf-8"))
    sentences = [each["full_text"] for each in labelled]
    named = [f for text in sentences for f in scanner.scan(text) if f.string]
    assert len(named) <= 10, [f.text for f in named]
    text = "\n\n".join(sentences * 10)
    started = time.process_time()
    scanner.scan(text)
    rate = len(text) / 1e6 / (time.process_time() - started)
    record_property("megabytes_per_second", rate)
    assert rate > 0.3, "an idle core does 1 to 2; this leaves room for a busy one"


def _scanner_of_sample() -> tuple[LeakScanner, list[str]]:
    with (NAMES / "organisations.csv").open(encoding="utf-8", newline="") as file:
        every = sorted({row[0].strip() for row in csv.reader(file) if row and len(row[0].strip()) > 3})
    names = random.Random(7).sample([name for name in every if name != "organization"], 200)
    return LeakScanner(s for name in names for s in identifying_strings(businesses=[name])), names


@pytest.mark.parametrize(
    "harmless",
    [
        "Fresh mint leaves in a glass of water.",
        "A bolt of lightning struck the tower.",
        "The moon's orbit takes a month.",
        "The appointment was in mint condition.",
        "Tighten every bolt, then check the orbit of the cam.",
        "They bolted for the door; minted coins fell.",
        "Mint leaves are green.",
        "Usain Bolt ran the race of his life.",
        "The Royal Mint issued a coin.",
        "FIVE MINT RECIPES FOR A LONG HOT SUMMER",
        "Bolt action toys and orbit sanders are on sale.",
        "Keep a blue bottle on the shelf and mark the date.",
        "Well, brine the fish; salt, mark and cook it.",
        "We plan to get her the brine, well before noon.",
        "Between 2024-03-12 and 2025, 1,200,000 units in 3 sizes (12 x 14) were sold for 14.50 each.",
        "The pool at low tide is cold; the newsletter said so.",
        "There was a salt mark on the wood.",
    ],
)
def test_ordinary_sentences_hold_no_certain_finding(harmless: str) -> None:
    assert texts_of(harmless) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("We moved our books to Mint last year.", "Mint"),
        ("Mint raised a round.", "Mint"),
        ("It is Bolt's third city.", "Bolt"),
        ("Ask the Orbit team.", "Orbit"),
        ("Log in at mint.com first.", "mint.com"),
        ("They signed with orbit ltd in May.", "orbit"),
        ("M1nt does that too.", "M1nt"),
        ("o\u200brbit does that too.", "o\u200brbit"),
        ("Blue Bottle does that too.", "Blue Bottle"),
        ("Then Mark called.", "Mark"),
        ("They bought Salt Mark at last.", "Salt Mark"),
        ("o&#114;bit does that too.", "o&#114;bit"),
        ("With Or\u00adbit it works.", "Or\u00adbit"),
        ("With Or-\nbit it works.", "Or-\nbit"),
    ],
)
def test_an_ordinary_word_with_evidence_is_a_name(text: str, written: str) -> None:
    assert texts_of(text) == [written]


@pytest.mark.parametrize("text", ["Mint is what people like.", "Usain Bolt ran.", "Ideas under #mint are many."])
def test_an_ordinary_word_that_may_be_a_name_is_doubtful(text: str) -> None:
    assert [finding.certain for finding in leaks(text, BRINEWELL)] == [False]


def test_a_word_that_is_surely_a_name_once_is_one_throughout_the_text() -> None:
    assert texts_of("Mint is nice. We pay for Mint monthly.") == ["Mint", "Mint"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jo.bloggs+x@mail.example.org today", "email"),
        ("write to jo (at) example (dot) org today", "email"),
        ("see https://sub.example.net/a/b?c=d#e for more", "domain"),
        ("see www.example.xyz for more", "domain"),
        ("see example.com/pricing for more", "domain"),
        ("ring +1 (415) 555-2671 now", "phone"),
        ("ring ０２０ ７９４６ ０１２３ now", "phone"),
        ("ring 415.555.2671 now", "phone"),
        ("meet at 12 Harbour St, Leeds", "address"),
        ("meet at 12 harbour street", "address"),
        ("postcode LS14AB it is", "address"),
        ("ring 02079460958 now", "phone"),
        ("utm_campaign=Brinewell%5Fspring here", "campaign"),
        ("open Brinewell Guide v3.PDF now", "file"),
        ("ask D. Whitfield now", "person"),
        ("ask Whitfield, Dana now", "person"),
        ("follow brinewell_hq now", "handle"),
    ],
)
def test_contact_details_and_other_strings_are_found(text: str, kind: str) -> None:
    assert [finding.kind for finding in leaks(text, BRINEWELL)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "e.g. this, i.e. that",
        "node.js is fine",
        "on 12.03.2024 or 2024-03-12",
        "at 9:30, 1,234,567 of 10.5",
        "v1.2.3.4",
        "(123) 4 - - - 5",
    ],
)
def test_dates_numbers_and_abbreviations_are_no_contact_details(text: str) -> None:
    assert leaks(text, ()) == ()


def test_an_address_of_the_business_is_one_finding_with_its_own_replacement() -> None:
    (finding,) = leaks("Visit https://www.brinewell.co.uk/pulse?x=1 now", BRINEWELL)
    assert (finding.text, finding.replacement) == ("https://www.brinewell.co.uk/pulse?x=1", "the company's website")


def test_a_capital_i_passes_for_a_small_l_only_among_small_letters() -> None:
    strings = identifying_strings(businesses=["Maill"])
    assert texts_of("so MaiIl it is", strings) == ["MaiIl"]
    assert texts_of("so MAIIL it is", strings) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("See /blog?utm_campaign=honest-comparison&x=1", "honest-comparison"),
        ("tagged honest_comparison by hand", "honest_comparison"),
        ("tagged Honest%2Dcomparison by hand", "Honest%2Dcomparison"),
        ("under #honestcomparison there", "#honestcomparison"),
    ],
)
def test_a_campaign_of_ordinary_words_is_meant_where_they_are_joined(text: str, written: str) -> None:
    strings = identifying_strings(campaigns=["honest-comparison"])
    assert written in "".join(texts_of(text, strings))
    assert texts_of("An honest comparison. Honest, comparison! Honest\nComparison", strings) == []


def test_a_campaign_of_other_words_is_meant_however_they_are_parted() -> None:
    assert texts_of("at loomquist vexley then", identifying_strings(campaigns=["loomquist-vexley"]))


def test_a_misspelling_that_is_an_english_word_is_not_one() -> None:
    strings = identifying_strings(businesses=["Stripee", "Gatherr"])
    assert texts_of("a stripe, and we gather", strings) == []


@given(st.text(), st.sampled_from(["Brinewell", "Tidepool", "Dana Whitfield"]), st.text())
def test_findings_are_ordered_disjoint_and_as_written(before: str, name: str, after: str) -> None:
    text = f"{before} {name} {after}"
    findings = leaks(text, BRINEWELL)
    assert all(text[f.start : f.end] == f.text and f.text for f in findings)
    assert all(a.end <= b.start for a, b in pairwise(findings))
    start = len(before) + 1
    assert any(f.start <= start and f.end >= start + len(name) for f in findings)


def test_short_forms_of_names_are_derived() -> None:
    texts = {string.text for string in BRINEWELL}
    assert {"Brinewell", "Brinewell Coffee", "Pulse", "Saltmark", "Whitfield", "D. Whitfield", "LS1 4AB"} <= texts
    assert "newsletter" not in texts


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("NIHON HOUSING CO.LTD.", "NIHON"),
        ("EduLabInc.", "EduLab"),
        ("Accell Group N.V.", "Accell"),
        ("The Gorman-Rupp Company", "Gorman-Rupp"),
        ("Tokyo Century Corporation", "Tokyo Century"),
        ("Blue Bottle Ltd", "Blue Bottle"),
    ],
)
def test_a_name_is_shortened_as_far_as_it_still_stands_out(name: str, short: str) -> None:
    assert identifying_strings(businesses=[name])[-1].text == short


def test_products_and_competitors_are_lettered() -> None:
    strings = identifying_strings(products=[f"Zq{n:02}x" for n in range(28)], competitors=["Saltmark"])
    assert [strings[i].replacement for i in (0, 25, 26, 28)] == ["Product A", "Product Z", "Product AA", "Competitor A"]
