"""The implicit signals of all answers that hold: each is judged against the others, so one answer changes them all."""

from collections import Counter
from collections.abc import Callable, Sequence

import attrs

from ..ports import Transaction
from .business import OnboardingResponse
from .calendar import CalendarEntry
from .implicit_signals import GivenAnswer, avoided_terms, implicit_signals
from .questions import QUESTIONNAIRE
from .vocabulary import counts, log_odds

MOST_TITLES = 500
MOST_TERMS = 10
SIGNIFICANT = 1.96


@attrs.frozen(kw_only=True)
class SignalReader:
    """Reads the signals. ``sentiment`` gives the mood of a text in [-1, 1], ``mood_words`` the words it rests on."""

    sentiment: Callable[[str], float]
    mood_words: Callable[[str], Sequence[str]]

    def read(self, responses: Sequence[OnboardingResponse]) -> list[OnboardingResponse]:
        """The responses with the signals that they have beside each other."""
        found = implicit_signals([self._given(each) for each in responses])
        return [
            attrs.evolve(response, signals=signals.as_document())
            for response, signals in zip(responses, found, strict=True)
        ]

    def _given(self, response: OnboardingResponse) -> GivenAnswer:
        return GivenAnswer(
            key=str(response.id),
            text=response.answer,
            expected_words=QUESTIONNAIRE.expected_words(response.group, response.question),
            sentiment=self.sentiment(response.answer),
            mood_words=tuple(self.mood_words(response.answer)),
        )


@attrs.frozen(kw_only=True)
class TermUse:
    """A term, the z-score of its log-odds in the answers against the calendar, and how often each has it.

    ``words`` are the answers' or the titles' own, where it stands.
    """

    term: str
    z: float
    in_answers: int
    in_calendar: int
    words: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Vocabulary:
    """The terms that the business uses of itself when it speaks freely, and those that only its marketing uses.

    Both are empty as long as the calendar has no titles to compare with.
    """

    uses: tuple[TermUse, ...] = ()
    avoids: tuple[TermUse, ...] = ()


def vocabulary_of(answers: Sequence[str], titles: Sequence[str]) -> Vocabulary:
    """What is said in the answers against what stands in the titles of the calendar, the most telling first."""
    own = sum((counts(each) for each in answers), Counter[str]())
    background = sum((counts(each) for each in titles), Counter[str]())
    if not own or not background:
        return Vocabulary()
    used = [each for each in log_odds(own, background) if each.z > SIGNIFICANT][:MOST_TERMS]
    given = [GivenAnswer(key=str(i), text=text) for i, text in enumerate(answers)]
    avoided = avoided_terms(given, background)[:MOST_TERMS]

    def use(term: str, z: float, where: Sequence[str]) -> TermUse:
        words = tuple(text for text in where if term in counts(text))[:3]
        return TermUse(term=term, z=z, in_answers=own[term], in_calendar=background[term], words=words)

    return Vocabulary(
        uses=tuple(use(each.term, each.z, answers) for each in used),
        avoids=tuple(use(each.term, each.z, titles) for each in avoided),
    )


def titles_in(tx: Transaction) -> list[str]:
    """The titles of the calendar's latest entries, which are how the business's marketing speaks."""
    return [title for (title,) in tx.rows(CalendarEntry, ["title"], order="-created_at", limit=MOST_TITLES)]


def no_mood_words(_text: str) -> tuple[str, ...]:
    """What is known where nothing tells which words a mood rests on."""
    return ()
