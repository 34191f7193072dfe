"""Finds the category and tags of a calendar entry by the stems of its words, each overlap counted."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from threading import local
from typing import Any

from refleqt_core.context.chunking import sentences
from refleqt_core.context.instructions_in_text import cleared

from .offline_lexicon import named, patterns

_STRONG, _WEAK, _ENOUGH = 1.0, 0.5, 1.0
"""A word that calls for a tag by itself, one that needs company, and what a tag takes."""

_NOTES = 0.5
"""What a word of the notes counts beside one of the title."""

_MOST = 3
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*&?[^\W_]*|%")
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "^gerund": re.compile(r"^\W*\w{2,}ing\b"),
    "^quote": re.compile(r"^\s*[\"“‘«„]"),
    "^question": re.compile(r"\?"),
    "^number": re.compile(r"\d"),
}
"""What the shape of a text says, as the lexicon names it."""

_OF_TYPE = {"webinar": "event", "case_study": "customer-story"}
_CONTENT = frozenset({"blog_copy", "whitepaper", "infographic", "video_script", "podcast"})
_stemmers = local()


def labels(artifact_type: str, usual: str | None, known: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """The labels as the JSON of `EntryLabels`; the first of ``texts`` is the title, further ones are notes.

    What talks to a model, from there to the end of its sentence, is left out: with it or without the answer is the
    same. Content that tells of a customer more than of anything else is proof; all else is what it usually is.
    """
    scores = dict.fromkeys(known, 0.0)
    for place, text in enumerate(texts):
        for tag, score in _scored(_meant(text)).items():
            if tag in scores:
                scores[tag] += score * (_NOTES if place else 1.0)
    if (typed := _OF_TYPE.get(artifact_type)) in scores:
        scores[typed] += _STRONG
    ranked = sorted((tag for tag in scores if scores[tag] >= _ENOUGH), key=lambda tag: (-scores[tag], tag))
    best = scores[ranked[0]] if ranked else 0.0
    tags = [tag for tag in ranked[:_MOST] if scores[tag] >= best / 2]
    is_proof = tags[:1] == ["customer-story"] and artifact_type in _CONTENT
    return {"category": "proof" if is_proof else usual or "content", "tags": tags}


def _meant(text: str) -> str:
    """``text`` without what talks to a model."""
    kept = []
    for sentence in sentences(cleared(text).text):
        starts = [match.start() for rule in patterns("addressed_to_labellers") if (match := rule.search(sentence.text))]
        kept.append(sentence.text[: min(starts)] if starts else sentence.text)
    return "\n".join(kept)


def _scored(text: str) -> dict[str, float]:
    """Each tag with what the words say for it, each cue counted once."""
    stems = _stems(text)
    runs = {stems[i : i + length] for length in (1, 2, 3) for i in range(len(stems) - length + 1)}
    found = runs | {(shape,) for shape, pattern in _SHAPES.items() if pattern.search(text)}
    return {tag: sum(weight for cue, weight in cues.items() if cue in found) for tag, cues in _cues().items()}


@cache
def _cues() -> Mapping[str, Mapping[tuple[str, ...], float]]:
    """The cues of each tag as runs of stems, with what one counts."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for name, words in named("tags"):
        weight = _WEAK if name.endswith("~") else _STRONG
        for cue in words.split():
            run = (cue,) if cue in _SHAPES else _stems(cue.replace("_", " "))
            cues = found.setdefault(name.rstrip("~"), {})
            cues[run] = max(weight, cues.get(run, 0.0))
    return found


def _stems(text: str) -> tuple[str, ...]:
    """The words of ``text`` by their stems (Snowball, English), in order; a number counts as one word."""
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
    stemmer = _stemmer()
    return tuple(word if word[0].isdigit() else str(stemmer.stemWord(word)) for word in words)


def _stemmer() -> Any:
    """One for each thread, since it keeps what it works on."""
    if not hasattr(_stemmers, "english"):
        from snowballstemmer import stemmer

        _stemmers.english = stemmer("english")
    return _stemmers.english
