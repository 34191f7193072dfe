"""Reads the names that an English text mentions, telling them from words that grammar or a title capitalises."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import attrs

from ..everyday_words import CALENDAR_WORDS, is_compound, is_everyday
from ..folding import fold
from .name_evidence import OPENS_SENTENCE, is_in_title

_WORD = re.compile(r"[^\W_]+(?:['’&.-][^\W_]+)*")
_TERMS = """
i ok seo sem cta ctas faq faqs roi roas kpi kpis url urls html css pdf crm cms b2b b2c d2c dtc saas utm ctr cpc cpa cpm
ux ui ai api q&a tv pr hr it ceo cmo cto cfo tofu mofu bofu h1 h2 h3 h4 h5 h6 a b usp diy tl dr rsvp ps vs
no mr mrs ms miss prof
"""
TERMS = frozenset(_TERMS.split())
"""Terms of the trade that English writes with capitals and that name nobody."""


@attrs.frozen
class Name:
    """A name of one or more words at ``[start, end)``; ``words`` are folded, without possessive."""

    start: int
    end: int
    words: tuple[str, ...]


@attrs.frozen
class _Token:
    start: int
    end: int
    word: str
    opens: bool
    in_title: bool

    @property
    def plain(self) -> str:
        return plain_word(self.word)


def plain_word(word: str) -> str:
    """The word folded, without possessive."""
    return re.sub(r"'s?$", "", fold(word).text)


def words_of(text: str) -> list[str]:
    """The words of a text in order, folded, without possessives; hyphenated ones whole."""
    return [plain_word(match.group()) for match in _WORD.finditer(text)]


def names(text: str) -> Iterator[Name]:
    """Every run of capitalised words that mentions somebody or something by name.

    A word counts when its capital is in mid-sentence, or it has one or a digit inside (``HubSpot``, ``GA4``). At the
    start of a sentence it counts when it has such evidence elsewhere in the text, or is no everyday word and a name
    follows; in a title when it is no everyday word. Months, weekdays and terms of the trade never count.
    """
    tokens = list(_capitalised(text))
    known = {token.plain for token in tokens if _has_evidence(token)}
    run: list[_Token] = []
    for token, following in zip_longest(tokens, tokens[1:]):
        if run and (token.opens or not re.fullmatch(r"[ \t]", text[run[-1].end : token.start])):
            yield from _name(run)
            run = []
        if _has_evidence(token) or token.plain in known or _is_led_by(token, following, text):
            run.append(token)
        elif run:
            yield from _name(run)
            run = []
    yield from _name(run)


def _capitalised(text: str) -> Iterator[_Token]:
    for match in _WORD.finditer(text):
        word = match.group()
        if any(map(str.isupper, word)) and not _is_term(word):
            before = text[max(0, match.start() - 80) : match.start()]
            opens = bool(OPENS_SENTENCE.search(before) or re.search(r"[\"“‘(—]\s?$", before))
            yield _Token(match.start(), match.end(), word, opens, _is_in_title(text, match.start(), match.end()))


def _is_in_title(text: str, start: int, end: int) -> bool:
    """A title has capitals throughout and no full stop."""
    line = text[end : end + 200].partition("\n")[0]
    return not line.rstrip().endswith(".") and is_in_title(text, start, end)


def _is_term(word: str) -> bool:
    plain = plain_word(word)
    return plain in TERMS or plain in CALENDAR_WORDS or bool(re.fullmatch(r"i'\w+", plain))


def _has_evidence(token: _Token) -> bool:
    """Its capital alone tells that it is a name; an everyday word in capitals throughout is only stressed."""
    if len(token.word) > 1 and token.word.isupper() and is_everyday(token.plain):
        return False
    if token.in_title:
        ordinary = is_everyday(token.plain) or is_compound(token.plain)
        return (not token.opens and not ordinary) or _has_inner_capital(token.word)
    return not token.opens or _has_inner_capital(token.word)


def _has_inner_capital(word: str) -> bool:
    parts = word.split("-")
    return any(re.search(r"[^\W\d_]*[a-z][A-Z]|[A-Z]\d|\d[A-Z]", part) or _is_acronym(part) for part in parts)


def _is_acronym(part: str) -> bool:
    return len(part) > 1 and part.isupper() and part.isalpha() and not is_everyday(part.lower())


def _is_led_by(token: _Token, following: _Token | None, text: str) -> bool:
    """It opens a sentence, is no everyday word, and a capitalised word follows at once: ``Marcus Reed says``."""
    if following is None or token.in_title or is_everyday(token.plain) or is_compound(token.plain):
        return False
    return text[token.end : following.start] == " " and not following.opens


def _name(run: Sequence[_Token]) -> Iterator[Name]:
    if run:
        yield Name(run[0].start, run[-1].end, tuple(token.plain for token in run))
