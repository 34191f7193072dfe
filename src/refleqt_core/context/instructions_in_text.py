"""Finds what talks to a language model in a text that was written for people, and takes it out of its sight.

The sentences of a source are data. One that gives orders to whoever reads it by machine is left out before any model
sees the text, so that no model has to resist it.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..folding import fold
from .chunking import Passage, sentences
from .model_orders import HINT, ORDERS

_TAGS = r"system|instructions?|assistant|user|prompt|document|tool_call|function_call"
_HIDDEN = re.compile(
    r"<\|(?:im_start|start_header_id|system|user|assistant)\|>.{0,2000}?<\|(?:im_end|eot_id|end)\|>"
    r"|\[INST\].{0,2000}?\[/INST\]|<<SYS>>.{0,2000}?<</SYS>>"
    rf"|</?document>(?=\s*<)|<(?P<tag>{_TAGS})\b[^>]{{0,200}}>.{{0,2000}}?</(?P=tag)>"
    r"|<\|(?:im_start|im_end|eot_id|end|endoftext)\|>|\[/INST\]"
    rf"|</?(?:{_TAGS})>"
    r"|<!--.{0,4000}?-->"
    r"|<(?P<unseen>\w+)[^>]{0,300}(?:display:\s*none|visibility:\s*hidden|font-size:\s*0|opacity:\s*0)[^>]{0,200}>"
    r".{0,4000}?</(?P=unseen)>"
    r"|(?<!\S)\[//\]: # \([^\n]{0,1000}?\)(?=\s|$)"
    r"|```(?:system|prompt|instructions?)\b.{0,4000}?```"
    "|(?<!\U0001f3f4)[\U000e0000-\U000e007f]{2,}",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
"""What belongs to the markup of a chat, or is hidden from people."""

_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)")
_ENCODED = re.compile(r"(?<![\w/+=])(?:[0-9a-fA-F]{2}){12,}(?![\w/+=])|(?<![\w/+=])[A-Za-z0-9+/]{20,}={0,2}(?![\w/+=])")
_ANSWER = re.compile(
    r"(?:[\w ]{0,30}:\s*)?[\"'}\]]{0,6}\s*\{\s*\"(?:findings|role|kind|sentiment|tool|function|topics|messages)\"\s*:"
)
_TURN = re.compile(r"^[ \t]*(?P<who>human|user|assistant)[ \t]*:(?P<said>[^\n]*)", re.IGNORECASE | re.MULTILINE)
_NARROWED = re.compile(
    r"\b(?:list|report|output|return|say|write|name|mention|extract|find|answer|respond|reply)\b.{0,20}\b(?:only|"
    r"solely|nothing but|nothing else)\b",
    re.IGNORECASE,
)
"""How somebody who uses a model tells it what to leave out."""
_SHOUTED = re.compile(r"\W*SYSTEM\W{0,4}:(?!\s*(?:an?|the|our)\b)")
_MIXED = re.compile(r"[^\s.,;:!?]*[a-z][^\s.,;:!?]*")
_LEET = str.maketrans("01345789@$", "oieastbgas")
_LEET_L = str.maketrans("01345789@$", "oleastbgas")
_SPACED = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){5,}(?!\w)")
_SET_APART = re.compile(r"(?<!\w)\w([ .\-_*])\w(?:\1\w)*(?!\w)")
_ROT13 = re.compile(r"vafgehpg|cebzcg|vtaber|qvfertneq|flfgrz")
_LONGEST_OBJECT = 4000


class Cleared(NamedTuple):
    """A text with spaces for what talks to a model, character by character as long as before; ``spans`` say where."""

    text: str
    spans: tuple[tuple[int, int], ...]


def cleared(text: str) -> Cleared:
    """``text`` without what talks to a model in it: every other character stays in its place.

    Whole sentences are left out, and what is markup of a chat or hidden from people. Disguises are seen through:
    look-alike letters, zero-width characters, entities, leet, letters set apart, base64, hex and rot13.
    """
    parts = _merged([*_hidden(text), *_turns(text)])
    rest = _without(text, parts)
    said = sentences(rest)
    spoken = [_talks(sentence.text) for sentence in said]
    for place, (first, second) in enumerate(pairwise(said)):
        if not (spoken[place] and spoken[place + 1]) and _talks_across(first, second):
            spoken[place] = spoken[place + 1] = True
    parts += [(each.start, each.end) for each, is_spoken in zip(said, spoken, strict=True) if is_spoken]
    spans = _merged(parts)
    return Cleared(_without(text, spans), tuple(spans))


def talks_to_a_model(text: str) -> bool:
    """Whether any of ``text`` does, such as a name that is none."""
    return bool(cleared(text).spans)


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` with spaces in the ``spans``; each begins a line of its own, so that it takes no neighbour with it."""
    for start, end in spans:
        text = text[:start] + "\n".ljust(end - start) + text[end:]
    return text


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _HIDDEN.finditer(text))
    yield from (match.span() for match in _IMAGE.finditer(text) if _talks(match.group().replace("+", " ")))
    yield from (match.span() for match in _ENCODED.finditer(text) if _is_encoded_talk(match.group()))
    for match in _ANSWER.finditer(text):
        yield match.start(), _closed(text, match.end())


def _turns(text: str) -> Iterator[tuple[int, int]]:
    """The turns of a dialogue that tell a model what to do, and its answers to those; others are people's words."""
    told = False
    for turn in _TURN.finditer(text):
        if turn["who"].casefold() != "assistant":
            said = [each.text for each in sentences(turn["said"])]
            told = any(_NARROWED.search(each) or _talks(each) for each in said)
        if told:
            yield turn.span()


def _closed(text: str, at: int) -> int:
    """Where the object ends that is open at ``at``; where it never does, the end of its paragraph."""
    depth = 1
    for place in range(at, min(len(text), at + _LONGEST_OBJECT)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1 + text.startswith(".", place + 1)
    ends = text.find("\n\n", at)
    return ends if ends >= 0 else len(text)


def _is_encoded_talk(letters: str) -> bool:
    return any(_talks(each) for each in _decoded(letters))


def _decoded(letters: str) -> Iterator[str]:
    for decode in (bytes.fromhex, lambda given: base64.b64decode(given + "=" * (-len(given) % 4))):
        try:
            text = decode(letters).decode()
        except (ValueError, binascii.Error):
            continue
        if text.isprintable():
            yield text


def _talks_across(first: Passage, second: Passage) -> bool:
    """Whether an order begins in the first sentence and ends in the second."""
    head = " ".join(fold(first.text).text.split())
    both = f"{head} {' '.join(fold(second.text).text.split())}"
    found = (match for order in ORDERS if (match := order.search(both))) if HINT.search(both) else ()
    return any(_begin(match) < len(head) - 1 and match.end() > len(head) + 1 for match in found)


def _begin(match: re.Match[str]) -> int:
    return match.start("order") if "order" in match.re.groupindex else match.start()


def _talks(sentence: str) -> bool:
    return bool(_SHOUTED.match(sentence)) or any(
        HINT.search(reading) and any(order.search(reading) for order in ORDERS) for reading in _readings(sentence)
    )


def _readings(sentence: str) -> Sequence[str]:
    """The sentence as it may be meant, in small letters: as folded, and with each disguise undone that it may have."""
    folded = fold(sentence).text
    found = {" ".join(folded.split()): None}
    if not sentence.isascii():
        found[sentence.casefold()] = None
    if any(not word.isalpha() for word in _MIXED.findall(folded)):
        found |= {" ".join(_unleet(folded, table).split()): None for table in (_LEET, _LEET_L)}
    if _SPACED.search(folded):
        found[" ".join(_SET_APART.sub(lambda run: run.group()[::2], folded).split())] = None
    if _ROT13.search(folded):
        found[codecs.decode(" ".join(folded.split()), "rot13")] = None
    return list(found)


def _unleet(text: str, table: dict[int, int]) -> str:
    return _MIXED.sub(lambda word: word.group().translate(table), text)
