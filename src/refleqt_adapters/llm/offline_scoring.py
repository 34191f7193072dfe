"""A small language model made from the prompt itself: words, and pairs of words, that the prompt has are likelier."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from refleqt_core.ports.llm import Prompt

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_VOCABULARY = 50_000
_SMOOTHING = 20.0
_PAIR_SHARE = 0.4


def log_probabilities(prompt: Prompt, options: Sequence[str]) -> list[float]:
    """The log-probability in nats of each option among ``options``, in their order; each at most 0.

    A word costs −log of 0.4 · P(word | word before) + 0.6 · P(word), the first by frequency, the second with
    Dirichlet smoothing (Zhai, Lafferty 2004) over a vocabulary of 50,000. The mean over an option's words, so that a
    long one is not punished, times the square root of their number (at most 3), goes through a log-softmax.
    """
    model = _Model(_words("\n".join((*_strings(prompt.facts), *(each.text for each in prompt.documents)))))
    scores = [model.score(_words(option)) for option in options]
    top = max(scores, default=0.0)
    norm = top + math.log(math.fsum(math.exp(score - top) for score in scores)) if scores else 0.0
    return [min(0.0, score - norm) for score in scores]


class _Model:
    def __init__(self, words: Sequence[str]):
        self.total = len(words)
        self.words = Counter(words)
        self.pairs = Counter(pairwise(words))

    def score(self, words: Sequence[str]) -> float:
        if not words:
            return math.log(1 / _VOCABULARY)
        costs = [self._log_probability(before, word) for before, word in zip(["", *words], words, strict=False)]
        return math.fsum(costs) / len(costs) * min(3.0, math.sqrt(len(costs)))

    def _log_probability(self, before: str, word: str) -> float:
        alone = (self.words[word] + _SMOOTHING / _VOCABULARY) / (self.total + _SMOOTHING)
        pair = self.pairs[before, word] / self.words[before] if self.words[before] else 0.0
        return math.log(_PAIR_SHARE * pair + (1 - _PAIR_SHARE) * alone)


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _strings(value: Any) -> Iterator[str]:
    """Keys and values of the facts as text, each fact on its own, in the order of the keys."""
    if isinstance(value, Mapping):
        for key in sorted(value):
            yield str(key)
            yield from _strings(value[key])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)
    elif value is not None:
        yield str(value)
