"""What kind of artifact something is and where it goes out, by the words that it is described with."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from refleqt_core.intake.choice_words import TYPE_OF_CHANNEL, plain, words_of

DEFAULT_TYPE = "blog_copy"
"""What an entry is taken for when nothing says what it is."""

_TELLING = 7
"""Letters from which on a word inside of a title is no accident: ``webinar`` is one, ``post`` and ``story`` are not."""

_LABEL = re.compile(r"\s*(?:\[([^\]]{1,40})\]|([^:–—|]{1,40}?)\s*[:–—|]\s)")
_LONGEST_PHRASE = 4


class Kind(NamedTuple):
    """An artifact type and a channel, and which of the fields were stated rather than guessed."""

    artifact_type: str
    channel: str | None
    stated: frozenset[str]


def kind_of(labels: Iterable[str], title: str) -> Kind:
    """The kind by ``labels``, which state it where one is the name of a type or channel, else guessed by the title.

    A channel says what usually goes out on it. Nothing to go by: `DEFAULT_TYPE`.
    """
    told = [plain(label) for label in labels]
    artifact_type = _first(told, "artifact_type")
    # "Newsletter" names both: beside a label that names a channel alone it is the type.
    channel = _first((label for label in told if label not in words_of("artifact_type")), "channel")
    channel = channel or _first(told, "channel")
    stated = frozenset(
        field for field, value in (("artifact_type", artifact_type), ("channel", channel)) if value is not None
    )
    channel = channel or _guessed(title, "channel")
    artifact_type = artifact_type or _guessed(title, "artifact_type") or TYPE_OF_CHANNEL.get(channel or "")
    return Kind(artifact_type or DEFAULT_TYPE, channel, stated)


def names_type(title: str) -> bool:
    """Whether the words of the title tell a type or a channel."""
    return any(_guessed(title, field) for field in ("artifact_type", "channel"))


def _guessed(title: str, field: str) -> str | None:
    """What the label before the title says (``[Newsletter] …``, ``LinkedIn: …``), else a telling word inside."""
    label = _LABEL.match(title)
    before = plain((label.group(1) or label.group(2)) if label else "")
    inside = (phrase for phrase in _phrases(plain(title)) if len(phrase) >= _TELLING)
    return _first([before], field) or _first(inside, field)


def _first(phrases: Iterable[str], field: str) -> str | None:
    known = words_of(field)
    return next((known[phrase] for phrase in phrases if phrase in known), None)


def _phrases(text: str) -> Iterator[str]:
    """Neighbouring words of the text, the longest runs first."""
    words = text.split()[:50]
    for size in range(_LONGEST_PHRASE, 0, -1):
        for at in range(len(words) - size + 1):
            yield " ".join(words[at : at + size])
