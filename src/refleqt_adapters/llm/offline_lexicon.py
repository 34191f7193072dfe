"""The word lists of the offline model, read from ``lexicons/`` once and compiled."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_FOLDER = files(__package__) / "lexicons"


@cache
def patterns(name: str) -> tuple[re.Pattern[str], ...]:
    """The expressions of ``lexicons/<name>.txt``, one a line, with the word classes put in; any case."""
    return tuple(re.compile(_filled(line, _classes()), re.IGNORECASE) for line in _lines(name))


@cache
def topics() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each topic with the words that speak of it."""
    return tuple((name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for name, words in named("topics"))


@cache
def feelings() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each feeling with the words that speak of it, in the order in which they count."""
    return tuple((name, re.compile(words, re.IGNORECASE)) for name, words in named("feelings"))


@cache
def words(name: str) -> frozenset[str]:
    """All words of ``lexicons/<name>.txt``."""
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def _classes() -> dict[str, str]:
    """A class may use those above it."""
    known: dict[str, str] = {}
    for name, expression in named("classes"):
        known[name] = f"(?:{_filled(expression, known)})"
    return known


def _filled(expression: str, known: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w*[a-z]\w*)\}", lambda match: known[match[1]], expression)


def named(name: str) -> list[tuple[str, str]]:
    """The lines of ``lexicons/<name>.txt`` that are a name, a colon and what it stands for."""
    return [(key, value.strip()) for key, value in (line.split(":", 1) for line in _lines(name))]


def _lines(name: str) -> list[str]:
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
