"""Which numbers and names of a text are not among the facts it was to rest on."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from ..ports.llm import Prompt

_NUMBER_WORDS: Mapping[str, float] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "dozen": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "thousand": 1e3,
    "million": 1e6, "twice": 2, "double": 2, "doubles": 2, "doubled": 2, "triple": 3, "triples": 3, "tripled": 3,
}  # fmt: skip
_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9, "": 1.0}
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<digits>\d+(?:,\d{{3}})*(?:\.\d+)?)(?:(?P<scale>k|m|bn)\b)?|\b(?P<word>{'|'.join(_NUMBER_WORDS)})\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:^|(?<=[\s(\[“\"'‘/—–-]))[A-Z][\w'’&+-]*(?:\.\w+)*")
_WORD = re.compile(r"[^\W_]+(?:['’&.+-][^\W_]+)*")
_NEVER_NAMES = frozenset({
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
    "april", "may", "june", "july", "august", "september", "october", "november", "december", "i", "i'm", "i've",
})  # fmt: skip


def ungrounded(wording: Any, prompt: Prompt) -> tuple[str, ...]:
    """Every number and name in ``wording`` that is neither among the prompt's facts nor in its documents, in order.

    ``wording`` is a dataclass, a text, or lists and mappings of them. Numbers are compared by value: "1,150.00" is
    1150, "three" is 3, the parts of an ISO date count. A name is a capitalised word that does not begin a sentence or
    has a capital or digit inside; case and possessives aside, it has to be in the facts. Weekdays and months pass.
    """
    source = "\n".join((*_strings(prompt.facts), *(document.text for document in prompt.documents)))
    numbers = {_value(match) for match in _NUMBER.finditer(source)}
    words = _words(source)
    found: dict[str, None] = {}
    for text in _strings(asdict(wording) if is_dataclass(wording) and not isinstance(wording, type) else wording):
        found |= {match.group(): None for match in _NUMBER.finditer(text) if _value(match) not in numbers}
        found |= {name: None for name in _names(text) if not _is_known(name, words)}
    return tuple(found)


def _strings(value: Any) -> Iterator[str]:
    """Every string and number in a JSON value, as text; the keys of mappings are no facts."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
    elif value is not None:
        yield str(value)


def _value(match: re.Match[str]) -> float:
    if match["word"]:
        return _NUMBER_WORDS[match["word"].casefold()]
    return float(match["digits"].replace(",", "")) * _SCALES[(match["scale"] or "").casefold()]


def _words(text: str) -> set[str]:
    whole = {_plain(word) for word in _WORD.findall(text)}
    return whole | {part for word in whole for part in re.split(r"\W+", word)}


def _plain(word: str) -> str:
    return re.sub(r"'s?$", "", word.casefold().replace("’", "'"))


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip(" \t")
        begins = not before or before[-1] in ".!?:…\n“\"‘'(—–"
        if not begins or re.search(r".[A-Z\d]", match.group()):
            yield match.group()


def _is_known(name: str, words: set[str]) -> bool:
    plain = _plain(name)
    return plain in _NEVER_NAMES or all(part in words for part in re.split(r"\W+", plain) if part)
