"""Every number and name of a text that the facts it was to rest on do not bear out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

import attrs

from ..folding import fold
from ..ports.llm import Prompt
from ..values import MINOR_UNITS, Money
from .contact_details import contact_details
from .name_claims import Name, names, plain_word, words_of
from .number_claims import Day, Quantity, Span, Time, days, quantities, times

_CAPITALISED_RUN = re.compile(r"\b[A-Z][\w'’&.-]*(?:[ \t][A-Z][\w'’&.-]*)*")


@attrs.frozen
class UnsupportedClaim:
    """A piece ``[start, end)`` of the text that is not among the facts; ``kind`` is what it looks like.

    ``number``, ``date``, ``time``, ``name``, or ``address`` for e-mail addresses, URLs and phone numbers.
    """

    start: int
    end: int
    text: str
    kind: str


def ungrounded(wording: Any, prompt: Prompt) -> tuple[str, ...]:
    """Every claim of ``wording`` that neither the prompt's facts nor its documents bear out, each once, in order.

    ``wording`` is a dataclass, a text, or lists and mappings of them. Weekdays and months alone claim nothing.
    """
    known = Facts.of({"facts": prompt.facts, "documents": [each.text for each in prompt.documents]})
    written = asdict(wording) if is_dataclass(wording) and not isinstance(wording, type) else wording
    texts = (str(leaf) for kind, leaf in _leaves(written) if kind in ("text", "number"))
    return tuple(dict.fromkeys(claim.text for text in texts for claim in _unsupported(text, known)))


def unsupported_claims(text: str, facts: Any) -> tuple[UnsupportedClaim, ...]:
    """What ``text`` states and ``facts`` do not bear out, in the order of the text.

    ``facts`` is a JSON value of any depth (dates, `Money` and dataclass-like mappings too); its keys are words, its
    lists may be counted. Numbers agree by value as displayed: 1,200 is 1200, 12 % is 0.12, 1.2 million is 1,234,567;
    dates by the parts that are stated. A name of several words has to stand in the facts as it is, or each of its words
    alone, so that no first name meets another's last one. What counts as a name: `name_claims.names`.
    """
    return _unsupported(text, Facts.of(facts))


def _unsupported(text: str, known: "Facts") -> tuple[UnsupportedClaim, ...]:
    folded = fold(text)
    spans = [(each.kind, Span(*folded.span(each.start, each.end))) for each in contact_details(folded.text)]
    dates, clock = list(days(text)), list(times(text))
    found = [("address", span) for _, span in spans if fold(text[span.start : span.end]).text not in known.wording]
    found += [("date", day) for day in dates if not known.has_day(day)]
    found += [("time", moment) for moment in clock if not known.has_time(moment)]
    taken = [span for _, span in spans] + [*dates, *clock]
    found += [("number", number) for number in quantities(text, taken) if not known.has_number(number)]
    for name in names(text):
        if not known.has_name(name) and not any(s.start < name.end and name.start < s.end for s in taken):
            found.append(("name", Span(name.start, name.end)))
    return tuple(
        UnsupportedClaim(span.start, span.end, text[span.start : span.end], kind)
        for kind, span in sorted(found, key=lambda each: each[1].start)
    )


@attrs.frozen(slots=False)
class Facts:
    """What a nested value states: its texts, its numbers, its days and its times."""

    texts: tuple[str, ...]
    keys: tuple[str, ...]
    numbers: frozenset[float]
    counts: frozenset[int]
    days: frozenset[date]
    times: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, value: Any) -> "Facts":
        """Everything that ``value`` states, at any depth."""
        leaves = list(_leaves(value))
        texts = tuple(leaf for kind, leaf in leaves if kind == "text")
        stated = [quantity for text in texts for quantity in quantities(text, [*days(text), *times(text)])]
        numbers = {float(leaf) for kind, leaf in leaves if kind == "number"} | {each.value for each in stated}
        shares = {each.value / 100 for each in stated if each.is_percent}
        whole_days = {leaf for kind, leaf in leaves if kind == "day"} | set(_days_in(texts))
        moments = {leaf for kind, leaf in leaves if kind == "time"}
        return cls(
            texts,
            tuple(leaf for kind, leaf in leaves if kind == "key"),
            frozenset(numbers | shares | {float(day.year) for day in whole_days}),
            frozenset(leaf for kind, leaf in leaves if kind == "count"),
            frozenset(whole_days),
            frozenset(moments | {(each.hour, each.minute) for text in texts for each in times(text)}),
        )

    @cached_property
    def wording(self) -> str:
        """All texts, folded."""
        return "\n".join(fold(text).text for text in self.texts)

    @cached_property
    def _sequence(self) -> str:
        return " | ".join(" ".join(words_of(text)) for text in self.texts).join("  ")

    @cached_property
    def _words(self) -> frozenset[str]:
        whole = {word for text in (*self.texts, *self.keys) for word in words_of(text)}
        return frozenset(whole | {part for word in whole for part in re.findall(r"\w+", word)})

    @cached_property
    def _alone(self) -> frozenset[str]:
        """Words that the facts use in small letters, or as a name of one word."""
        small = {plain_word(word) for text in self.texts for word in re.findall(r"\b[^\W\d_A-Z][\w'’-]*", text)}
        runs = (match.group() for text in self.texts for match in _CAPITALISED_RUN.finditer(text))
        keys = {word for key in self.keys for word in words_of(key)}
        return frozenset(small | keys | {plain_word(run.rstrip(".")) for run in runs if " " not in run})

    def has_number(self, number: Quantity) -> bool:
        """A fact displays as ``number``; a percentage may stand for a share."""
        if any(number.agrees_with(value) for value in self.numbers) or (
            number.is_count and number.value in self.counts
        ):
            return True
        return number.is_percent and any(number.agrees_with(100 * value) for value in self.numbers if abs(value) <= 1)

    def has_day(self, day: Day) -> bool:
        """A fact has all parts of ``day`` that are stated."""
        return any(day.agrees_with(each) for each in self.days) or any(
            (stated.year, stated.month, stated.day) == (day.year, day.month, day.day)
            for text in self.texts
            for stated in days(text)
        )

    def has_time(self, moment: Time) -> bool:
        """A fact states this time of day."""
        return (moment.hour, moment.minute) in self.times

    def has_name(self, name: Name) -> bool:
        """The name stands in the facts as it is, or each of its words stands there alone."""
        if len(name.words) == 1:
            return self._knows(name.words[0], self._words)
        return f" {' '.join(name.words)} " in self._sequence or all(
            self._knows(word, self._alone) for word in name.words
        )

    def _knows(self, word: str, words: frozenset[str]) -> bool:
        """``words`` has the word, its singular or plural, or all parts of a hyphenated one."""
        if not words.isdisjoint({word, word.removesuffix("s"), f"{word}s"}):
            return True
        parts = re.findall(r"\w+", word)
        return len(parts) > 1 and all(part in words for part in parts)


def _leaves(value: Any) -> Iterator[tuple[str, Any]]:
    """Texts, keys, numbers, days and times of a nested value; lists give their lengths as counts."""
    if isinstance(value, Money):
        yield "number", value.minor / 10 ** MINOR_UNITS.get(value.currency, 2)
        yield "text", value.currency
    elif isinstance(value, Mapping):
        yield from _leaves_of_mapping(value)
    elif isinstance(value, list | tuple | set | frozenset):
        yield "count", len(value)
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        yield "number", value
    elif isinstance(value, date):
        yield "day", value.date() if isinstance(value, datetime) else value
        if isinstance(value, datetime):
            yield "time", (value.hour, value.minute)
    elif isinstance(value, time):
        yield "time", (value.hour, value.minute)
    else:
        yield "text", str(value)


def _leaves_of_mapping(value: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    if value.keys() == {"minor", "currency"}:
        yield from _leaves(Money(minor=value["minor"], currency=value["currency"]))
        return
    for key, each in value.items():
        yield "key", str(key)
        yield from _leaves(each)


def _days_in(texts: tuple[str, ...]) -> Iterator[date]:
    for text in texts:
        for day in days(text):
            if day.year and day.day:
                try:
                    yield date(day.year, day.month, day.day)
                except ValueError:
                    continue
