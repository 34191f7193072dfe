"""Finds names in a text: those that are known, and capitalised words that can only be names."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from refleqt_core.context.chunking import Passage
from refleqt_core.intake.implicit_signals import VAGUE_WORDS
from refleqt_core.intake.vocabulary import STOPWORDS, word_set

from .offline_lexicon import patterns

_NO_NAMES = word_set(
    """mondays tuesdays wednesdays thursdays fridays saturdays sundays every another both each
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december ceo cto cmo coo cfo hr pr seo sem crm cms erp api ai roi kpi kpis icp b2b b2c
    saas faq pdf csv nps cpc cpl roas tofu mofu bofu ok okr okrs usp eu us uk usa usd eur tv utm url ux ui it q&a
    mr mrs ms dr english german french spanish italian dutch european american british christmas easter"""
)
_RUN = re.compile(r"[^\W\d_a-z][\w&'’-]*(?:\.(?:com|io|ai|net|org))?(?: (?:& )?[^\W\d_a-z][\w&'’-]*)*")


class Named(NamedTuple):
    """A name as written at ``[start, end)``, and the list it comes from (None: not known before)."""

    text: str
    start: int
    end: int
    group: str | None


def known_names(text: str, groups: Iterable[tuple[str, Iterable[str]]]) -> list[Named]:
    """Every place where a name of ``groups`` stands in whole words, the longer name first where two overlap.

    Accents do not matter, nor does case in a text that has hardly a capital (speech); else a single word has to begin
    with a capital, so that a competitor called Notion is not found in "no notion of it".
    """
    folded = _folded(text)
    any_case = _has_few_capitals(text)
    names = sorted({(name.strip(), group) for group, each in groups for name in each if name.strip()}, key=_longest)
    found: list[Named] = []
    for name, group in names:
        pattern = r"\s+".join(re.escape(_folded(part)) for part in name.split())
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", folded):
            meant = any_case or " " in name or text[match.start()] == name[0] or text[match.start()].isupper()
            if meant and not _overlaps(found, match.start(), match.end()):
                found.append(Named(text[match.start() : match.end()], *match.span(), group))
    return sorted(found, key=lambda each: each.start)


def new_names(sentence: Passage, text: str) -> Iterator[Named]:
    """Capitalised words of ``sentence`` that are names: inside it, or with a capital inside the word, or in a row.

    Not those that the whole ``text`` writes small elsewhere, and none of a sentence that is all capitals (a heading).
    """
    if _is_heading(sentence.text):
        return
    for match in _RUN.finditer(sentence.text):
        words = _core(match.group(), begins=_begins(sentence.text, match.start()))
        if words and not re.search(rf"(?<!\w){re.escape(words.casefold())}(?!\w)", text):
            start = sentence.start + match.start() + match.group().find(words)
            yield Named(words, start, start + len(words), None)


def is_called_competitor(sentence: str, name: str) -> bool:
    """Whether the words before ``name`` say that it competes."""
    cued = {match.group() for pattern in patterns("competitor") for match in pattern.finditer(sentence)}
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) for words in cued)


def _longest(named: tuple[str, str]) -> tuple[int, str, str]:
    return -len(named[0]), *named


def _folded(text: str) -> str:
    """In small letters without accents, each character still one character."""
    return "".join((unicodedata.normalize("NFD", sign)[0].casefold() or sign)[0] for sign in text)


def _has_few_capitals(text: str) -> bool:
    words: list[str] = re.findall(r"[^\W\d_]+", text)
    return sum(word[0].isupper() and word != "I" for word in words) * 40 < len(words)


def _overlaps(found: Iterable[Named], start: int, end: int) -> bool:
    return any(each.start < end and start < each.end for each in found)


def _is_heading(sentence: str) -> bool:
    words: list[str] = [word for word in re.findall(r"[^\W\d_]+", sentence) if word.casefold() not in STOPWORDS]
    return len(words) > 3 and sum(word[0].isupper() for word in words) > len(words) * 0.8


def _begins(sentence: str, at: int) -> bool:
    return not sentence[:at].strip(" \"'“‘(-–—*•") or sentence[:at].rstrip(" \"'“‘(")[-1:] in ".:!?"


def _core(run: str, *, begins: bool) -> str:
    """The name in a run of capitalised words; empty where there is none."""
    words = run.split(" ")
    while words and _is_no_name(words[0]):
        words, begins = words[1:], False
    while words and _is_no_name(words[-1]):
        words.pop()
    if words:
        words[-1] = re.sub(r"['’]s?$", "", words[-1])
    is_marked = any(re.search(r"[a-z][A-Z]|\w\.\w", word) for word in words)
    return " ".join(words) if words and (not begins or len(words) > 1 or is_marked) else ""


def _is_no_name(word: str) -> bool:
    plain = re.sub(r"['’](?:s|m|ve|ll|d|re|t)?$", "", word.casefold())
    return (
        len(plain) < 2
        or plain in _NO_NAMES
        or plain in STOPWORDS
        or plain in VAGUE_WORDS
        or bool(re.match(r"q\d", plain))
    )
