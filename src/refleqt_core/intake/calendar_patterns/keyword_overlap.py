"""Keyword overlap: entries that aim at the same search, and so compete with each other in it."""

from itertools import combinations, islice
from uuid import UUID

import attrs
import numpy as np
from numpy.typing import NDArray

from ...phrases import spoken
from .columns import CalendarColumns
from .findings import Evidence, KeywordOverlap, OverlappingPair, SharedTarget
from .wording import counted

LARGEST = 20
"""Shared targets that are named, and pairs that are."""
NEWEST = 3
"""Entries of a shared target that pairs are told of."""


@attrs.frozen(eq=False)
class Targets:
    """Entries with a keyword (m,), sorted by their target, and the groups that share one, the largest first."""

    entries: NDArray[np.int64]
    begins: NDArray[np.int64]
    counts: NDArray[np.int64]
    shared: NDArray[np.int64]

    def group(self, number: int) -> NDArray[np.int64]:
        """The entries with that target."""
        return self.entries[self.begins[number] : self.begins[number] + self.counts[number]]


def keyword_overlap(calendar: CalendarColumns, keep: int | None) -> KeywordOverlap:
    """Which entries have the same primary keyword and search intent; an intent that is not stated is one of its own.

    Entries are grouped by their target, so that no pair is ever looked at that is not told.
    """
    targets = _targets(calendar)
    competing = int(targets.counts[targets.shared].sum())
    n = targets.entries.size
    largest = tuple(_shared(calendar, targets, number) for number in targets.shared[:LARGEST].tolist())
    found = KeywordOverlap(
        value=competing / n if n else None,
        n=n,
        evidence=_evidence(calendar, targets, keep),
        targets=targets.counts.size,
        shared_targets=targets.shared.size,
        pairs=int((targets.counts * (targets.counts - 1) // 2).sum()),
        secondary=_secondary(calendar),
        topics=_topics(calendar),
        largest=largest,
        examples=_examples(calendar, targets),
    )
    return attrs.evolve(found, sentence=_sentence(found, competing))


def _targets(calendar: CalendarColumns) -> Targets:
    entries = calendar.newest(np.flatnonzero(calendar.keyword.codes >= 0))
    keys = calendar.keyword.codes[entries] * (len(calendar.intent.names) + 1) + calendar.intent.codes[entries] + 1
    order = np.argsort(keys, kind="stable")
    _, begins, counts = np.unique(keys[order], return_index=True, return_counts=True)
    several = np.flatnonzero(counts > 1)
    return Targets(entries[order], begins, counts, several[np.argsort(-counts[several], kind="stable")])


def _shared(calendar: CalendarColumns, targets: Targets, number: int) -> SharedTarget:
    keyword, intent = _target(calendar, int(targets.group(number)[0]))
    return SharedTarget(keyword=keyword, search_intent=intent, count=int(targets.counts[number]))


def _target(calendar: CalendarColumns, entry: int) -> tuple[str, str | None]:
    intent = int(calendar.intent.codes[entry])
    keyword = calendar.keyword.names[calendar.keyword.codes[entry]]
    return keyword, calendar.intent.names[intent] if intent >= 0 else None


def _evidence(calendar: CalendarColumns, targets: Targets, keep: int | None) -> tuple[Evidence, ...]:
    """The entries of the shared targets, target by target, until ``keep`` entries are told."""
    found, left = [], keep
    for number in targets.shared.tolist():
        group = targets.group(number)
        keyword, intent = _target(calendar, int(group[0]))
        label = f"aiming at '{keyword}', {f'{intent} intent' if intent else 'no intent stated'}"
        found.append(calendar.evidence(label, group, keep=left))
        if left is not None:
            left -= min(left, group.size)
            if not left:
                break
    return tuple(found)


def _examples(calendar: CalendarColumns, targets: Targets) -> tuple[OverlappingPair, ...]:
    """Pairs of the newest entries of the largest groups."""
    pairs = (
        (int(first), int(second))
        for number in targets.shared[:LARGEST].tolist()
        for first, second in combinations(targets.group(number)[:NEWEST], 2)
    )
    return tuple(_pair(calendar, *pair) for pair in islice(pairs, LARGEST))


def _pair(calendar: CalendarColumns, first: int, second: int) -> OverlappingPair:
    keyword, intent = _target(calendar, first)
    ids: list[UUID] = [calendar.ids[first], calendar.ids[second]]
    shared = 1 + len(_others(calendar, first) & _others(calendar, second))
    return OverlappingPair(keyword=keyword, search_intent=intent, first=ids[0], second=ids[1], shared=shared)


def _others(calendar: CalendarColumns, entry: int) -> set[int]:
    """Its secondary keywords."""
    entries, words = calendar.secondary
    low, high = np.searchsorted(entries, [entry, entry + 1])
    return set(words[low:high].tolist())


def _secondary(calendar: CalendarColumns) -> int:
    """How many entries have a secondary keyword that is another one's primary."""
    entries, words = calendar.secondary
    return int(np.unique(entries[calendar.keyword.counts[words] > 0]).size)


def _topics(calendar: CalendarColumns) -> int:
    """How many keyword clusters entries cover by two keywords or more."""
    both = (calendar.topic.codes >= 0) & (calendar.keyword.codes >= 0)
    width = len(calendar.keyword.names) + 1
    distinct = np.unique(calendar.topic.codes[both] * width + calendar.keyword.codes[both])
    return int((np.bincount(distinct // width, minlength=1) > 1).sum())


def _sentence(found: KeywordOverlap, competing: int) -> str:
    if not found.n:
        return "No entry names a primary keyword."
    topics = f"; {counted(found.topics, 'topic is', 'topics are')} covered by several keywords" * bool(found.topics)
    if not competing:
        return f"All {counted(found.n, 'entry', 'entries')} with a keyword aim at searches of their own{topics}."
    worst = found.largest[0]
    intent = f" ({spoken(worst.search_intent)})" if worst.search_intent else ""
    return (
        f"{competing:,} of {counted(found.n, 'entry', 'entries')} with a keyword compete with another one of yours for "
        f"the same search; most for '{worst.keyword}'{intent}: {worst.count:,}{topics}."
    )
