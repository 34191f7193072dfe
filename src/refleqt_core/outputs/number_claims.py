"""Reads the numbers, dates and times that a text states, and tells whether given facts bear them out."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import attrs

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH = "|".join(rf"{name}|{name[:3]}\.?" for name in MONTHS)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})-(?P<number>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?!\d)",
        rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH})\b(?:,?\s{_YEAR}\b)?",
        rf"\b(?P<month>{_MONTH})\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\d|,\d|%)(?:,?\s{_YEAR}\b)?",
        rf"\b(?P<month>{_MONTH})\s{_YEAR}\b",
    )
)
_TIME = re.compile(r"(?<![\d:])(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?::\d\d)?\s?(?P<half>[ap]m)?(?![\d:%])")
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_NUMBER = re.compile(
    r"(?<![\w.,/])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?:st|nd|rd|th)\b|\s?(?P<scale>thousand|million|billion|mn|bn|k|m)\b)?(?P<percent>\s?(?:%|per\s?cent\b))?",
    re.IGNORECASE,
)
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORD_VALUES = {word: float(value) for value, word in enumerate(_UNITS.split())} | {
    word: 10.0 * value for value, word in enumerate(_TENS.split(), start=2)
}
_FACTORS = {"dozen": 12.0, "hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_CHANGES = {
    "twice": 2.0, "doubled": 2.0, "doubles": 2.0, "doubling": 2.0, "tripled": 3.0, "triples": 3.0, "tripling": 3.0,
    "quadrupled": 4.0, "halved": 0.5, "halves": 0.5, "halving": 0.5,
}  # fmt: skip
_WORD = "|".join((*_WORD_VALUES, *_FACTORS))
_WORDS = re.compile(
    rf"\b(?:(?P<number>(?:{_WORD})(?:(?:[\s-]|\sand\s)(?:{_WORD}))*)(?P<percent>\s?(?:%|per\s?cent\b))?"
    rf"|(?P<change>{'|'.join(_CHANGES)}))\b",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(
    r"(?:^|\n)[ \t]*(?:[-*#>]+[ \t]*)?\d{1,2}[.)](?=\s)|\b(?:step|part|section|tip|option|message)\s\d{1,2}\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"(?:\b(?:about|around|roughly|approximately|circa|some)|~|≈)\s?[$€£]?$", re.IGNORECASE)
_OVER = re.compile(r"\b(?:over|more than|above|at least|upwards of|exceed(?:s|ed|ing)?)\s[$€£]?$", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:nearly|almost|under|less than|fewer than|below|up to|at most)\s[$€£]?$", re.IGNORECASE)


@attrs.frozen
class Span:
    """A piece ``[start, end)`` of a text."""

    start: int
    end: int


@attrs.frozen
class Quantity(Span):
    """A number as displayed: it stands for every value in ``[low, high]``, given its decimals and its hedge.

    ``is_count``: it may say how many there are of something; percentages and ``doubled`` don't.
    """

    value: float
    low: float
    high: float
    is_percent: bool
    is_count: bool

    def agrees_with(self, value: float) -> bool:
        """True when ``value`` could be displayed like this; the sign is a matter of words ("fell by 12 %")."""
        slack = 1e-12 * max(1.0, abs(value))
        return self.low - slack <= abs(value) <= self.high + slack


@attrs.frozen
class Day(Span):
    """A date as far as it is stated; None is left open."""

    year: int | None
    month: int
    day: int | None

    def agrees_with(self, other: date) -> bool:
        """True when ``other`` has all parts that are stated."""
        stated = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(mine is None or mine == theirs for mine, theirs in stated)


@attrs.frozen
class Time(Span):
    """A time of day."""

    hour: int
    minute: int


def days(text: str) -> Iterator[Day]:
    """Every date with a month and a day or year: ISO, ``14 March 2026``, ``March 14``, ``March 2026``."""
    taken: list[Span] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if _is_taken(match, taken):
                continue
            taken.append(Span(match.start(), match.end()))
            parts = match.groupdict()
            name = parts.get("month")
            month = 1 + [each[:3] for each in MONTHS].index(name[:3].lower()) if name else int(parts["number"])
            year, day = parts.get("year"), parts.get("day")
            yield Day(match.start(), match.end(), int(year) if year else None, month, int(day) if day else None)


def times(text: str) -> Iterator[Time]:
    """Every time of day such as ``09:30`` or ``9.30 am``; with a point only before ``am`` or ``pm``."""
    for match in _TIME.finditer(text):
        half = (match["half"] or "").lower()
        if ":" in match.group() or half:
            hour = int(match["hour"]) % 12 + 12 * (half == "pm") if half else int(match["hour"])
            yield Time(match.start(), match.end(), hour, int(match["minute"]))


def quantities(text: str, taken: Iterable[Span] = ()) -> Iterator[Quantity]:
    """Every number in digits or words, but for the numbering of lists, a lone ``one``, and what lies in ``taken``.

    ``1,200``, ``1.2k``, ``1.2 million``, ``12 %``, ``twenty-one``, ``three hundred``, ``doubled``. A value agrees when
    rounding to the displayed digits gives the number. After "about" trailing zeros count as rounded; after "over" or
    "nearly" the value may be up to one such step above or below.
    """
    taken = [*taken, *(Span(match.start(), match.end()) for match in _LIST_MARK.finditer(text))]
    for match in _NUMBER.finditer(text):
        if not _is_taken(match, taken):
            yield _in_digits(match)
            taken.append(Span(match.start(), match.end()))
    for match in _WORDS.finditer(text):
        if not _is_taken(match, taken) and match.group().lower() not in ("one", "zero"):
            yield _in_words(match)


def _is_taken(match: re.Match[str], taken: Iterable[Span]) -> bool:
    return any(span.start < match.end() and match.start() < span.end for span in taken)


def _in_digits(match: re.Match[str]) -> Quantity:
    digits = match["digits"].replace(",", "")
    scale = _SCALES.get((match["scale"] or "").lower(), 1.0)
    step = scale * 10.0 ** -len(digits.partition(".")[2])
    return _quantity(match, float(digits) * scale, step)


def _in_words(match: re.Match[str]) -> Quantity:
    if match["change"]:
        value = _CHANGES[match["change"].lower()]
        return Quantity(match.start(), match.end(), value, value, value, is_percent=False, is_count=False)
    total = part = 0.0
    for word in re.findall(r"[a-z]+", match["number"].lower()):
        if word in _FACTORS:
            part = max(part, 1.0) * _FACTORS[word]
            if _FACTORS[word] >= 1e3:
                total, part = total + part, 0.0
        else:
            part += _WORD_VALUES.get(word, 0.0)
    return _quantity(match, total + part, 1.0)


def _quantity(match: re.Match[str], value: float, step: float) -> Quantity:
    before = match.string[max(0, match.start() - 20) : match.start()]
    low, high = value - step / 2, value + step / 2
    coarse = _coarse_step(value, step)
    if _ABOUT.search(before):
        low, high = value - coarse / 2, value + coarse / 2
    elif _OVER.search(before):
        high = value + coarse
    elif _UNDER.search(before):
        low = value - coarse
    return Quantity(match.start(), match.end(), value, low, high, bool(match["percent"]), not match["percent"])


def _coarse_step(value: float, step: float) -> float:
    """The place of the last digit that isn't zero: 100 for 1,200."""
    while value and round(value / (step * 10)) * step * 10 == value:
        step *= 10
    return step
