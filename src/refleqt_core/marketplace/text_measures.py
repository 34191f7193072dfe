"""What can be counted in a text: words, sentences, syllables, headings, keywords, links, shared passages."""

import re
from collections.abc import Iterable
from typing import NamedTuple

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
HEADING = re.compile(
    r"^[ \t]{0,3}(?:#{1,6}[ \t]+(.+)|<h[1-6][^>\n]{0,200}>(.{1,300}?)</h[1-6]>.*)$", re.IGNORECASE | re.MULTILINE
)
SENTENCE_END = re.compile(r"[.!?…]+(?=\s|[\"'”’)]|$)|\n[ \t]{0,8}(?=[-*•][ \t]|\d{1,3}[.)][ \t]|\n)")
PARAGRAPH_END = re.compile(r"\n[ \t]*\n")
VOWELS = re.compile(r"[aeiouyàâäæçéèêëîïôöœùûü]+")
MARKED_LINK = re.compile(
    r"\[([^\]\n]{0,300})\]\(([^)\s]{0,2000})(?:[ \t]+\"[^\"\n]{0,300}\")?\)|href=[\"']([^\"']{0,2000})[\"']"
)
BARE_LINK = re.compile(r"(?<![\w@./\"'(=])(?:https?://|www\.)[^\s<>\"'()\[\]]+[\w/]", re.IGNORECASE)
SHINGLE = 5

_WITHOUT_MESSAGE = """
a about after all also am an and any are as at be because been before being both but by can could did do does each
every few for from had has have he her here him his how i if in into is it its itself just may me more most must my
no nor not of off on once one only or other our out over own part piece reader same she should so some such text
than that the their them then there these they this those through to too under until up use very was we were what
when where which while who whom whose why will with would you your
"""
STOP_WORDS = frozenset(_WITHOUT_MESSAGE.split())
"""English words that carry no message, and what briefs call the artifact and its reader."""


class Link(NamedTuple):
    """A link as written; ``label`` is empty for a bare address."""

    label: str
    target: str


def words(text: str) -> list[str]:
    """The words in order, in lower case; a hyphenated or apostrophised word is one."""
    return WORD.findall(text.casefold())


def headings(text: str) -> list[str]:
    """The headings in Markdown or HTML, in order, without their marks."""
    return [(marked or tagged).strip(" \t#") for marked, tagged in HEADING.findall(text)]


def passages(text: str) -> list[str]:
    """The paragraphs, headings aside; none is empty."""
    return [part.strip() for part in PARAGRAPH_END.split(HEADING.sub("\n\n", text)) if words(part)]


def links(text: str) -> list[Link]:
    """Markdown and HTML links, and bare addresses, in the order of the text."""
    found = [(m.start(), Link(m[1] or "", m[2] or m[3] or "")) for m in MARKED_LINK.finditer(text)]
    rest = MARKED_LINK.sub(lambda match: " " * len(match.group()), text)
    found += [(match.start(), Link("", match.group())) for match in BARE_LINK.finditer(rest)]
    return [link for _, link in sorted(found)]


def syllables(word: str) -> int:
    """Groups of vowels, less a silent final e; at least one. Right for about nine of ten English words."""
    lower = word.casefold()
    count = len(VOWELS.findall(lower))
    silent = lower.endswith(("e", "es", "ed")) and not lower.endswith(("le", "ted", "ded", "ses", "ces", "ges", "xes"))
    return max(1, count - (silent and count > 1))


def reading_ease(text: str) -> float | None:
    """Flesch's reading ease (1948): 206.835 − 1.015 words per sentence − 84.6 syllables per word.

    About 100 is very easy, 60 plain English, 30 hard. Under 30 words it says nothing: None.
    """
    prose = "\n\n".join(passages(text))
    found = words(prose)
    if len(found) < 30:
        return None
    sentences = max(1, sum(bool(words(part)) for part in SENTENCE_END.split(prose)))
    return 206.835 - 1.015 * len(found) / sentences - 84.6 * sum(map(syllables, found)) / len(found)


def occurrences(phrase: str, text: str) -> int:
    """How often the phrase stands there as whole words: any case, any space or hyphen between, singular or plural."""
    parts = [re.escape(part) for part in re.split(r"[\s-]+", phrase.strip()) if part]
    joined = r"[\s-]+".join(parts)
    return len(re.findall(rf"(?<!\w){joined}(?:s|es|['’]s)?(?!\w)", text, re.IGNORECASE)) if parts else 0


def content_stems(text: str) -> frozenset[str]:
    """The words that carry meaning, without their commonest English endings."""
    return frozenset(_stem(word) for word in words(text) if word not in STOP_WORDS and len(word) > 2)


def _stem(word: str) -> str:
    word = re.sub(r"['’]s$", "", word)
    for ending, rest in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: len(word) - len(ending)] + rest
    return word


def word_coverage(message: str, text: str) -> float:
    """The largest share of the message's content words that one passage of the text holds; no such words: 1."""
    wanted = content_stems(message)
    if not wanted:
        return 1.0
    return max((len(wanted & content_stems(passage)) / len(wanted) for passage in passages(text)), default=0.0)


def shingles(text: str, size: int = SHINGLE) -> frozenset[tuple[str, ...]]:
    """Every run of ``size`` words (Broder 1997); none in a shorter text."""
    found = words(text)
    return frozenset(tuple(found[i : i + size]) for i in range(len(found) - size + 1))


def shared_share(text: str, sources: Iterable[str], *, given: Iterable[str] = ()) -> float:
    """The share of the text's shingles that any of the sources holds: Broder's containment, in [0, 1].

    Shingles of the ``given`` texts, which everybody may use, count on neither side.
    """
    own = shingles(text) - frozenset[tuple[str, ...]]().union(*map(shingles, given))
    if not own:
        return 0.0
    taken: set[tuple[str, ...]] = set()
    for source in sources:
        taken |= own & shingles(source)
    return len(taken) / len(own)


def longest_shared(text: str, sources: Iterable[str]) -> str:
    """The longest run of words that one of the sources holds too, the first of equals; "" where none has five words."""
    own, known = words(text), frozenset[tuple[str, ...]]().union(*map(shingles, sources))
    best, start = range(0), 0
    for end in range(SHINGLE, len(own) + 1):
        if tuple(own[end - SHINGLE : end]) not in known:
            start = end - SHINGLE + 1
        elif end - start > len(best):
            best = range(start, end)
    return " ".join(own[best.start : best.stop])
