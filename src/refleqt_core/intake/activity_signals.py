"""Five of the six implicit signals of team activities; the sixth, alignment, needs embeddings (`context.alignment`).

Every signal has ``lacks``: what is missing for it to be told, None where nothing is. A number that rests on too little
is None, never a guess.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import attrs
import numpy as np

from .activity_guides import TALKS
from .calendar_patterns.shares import share_interval
from .lexical_diversity import FEWEST, mtld
from .transcripts import WORD, Turn, words_by_speaker

FEWEST_WORDS = 50
"""Words below which nothing is said of who said how much, or how."""
FEWEST_FINDINGS = 5
FEWEST_HELD = 5
"""Activities below which nothing is said of which types a team prefers."""
SILENCE = timedelta(days=30)
"""After that long a first activity without a second one is called the only one."""
FOUNDERS = ("founder", "ceo", "owner", "managing director", "geschäftsführer", "gründer")
"""Words in the role of somebody who leads the business."""


@attrs.frozen(kw_only=True)
class HeldActivity:
    """What the signals are told from: who was there, what was noted and said, and what was found in it.

    ``participants`` are names with roles. ``topics`` has the topic of each valid finding, ``charges`` its emotional
    charge in [0, 1].
    """

    id: UUID
    activity_type: str
    held_at: datetime
    participants: Mapping[str, str] = attrs.field(factory=dict)
    notes: str = ""
    turns: tuple[Turn, ...] = ()
    topics: tuple[str, ...] = ()
    charges: tuple[float, ...] = ()

    @property
    def spoken(self) -> str:
        """What was said aloud."""
        return " ".join(turn.text for turn in self.turns if turn.is_spoken)

    @property
    def written(self) -> str:
        """The notes, and what was written in a chat."""
        chats = [turn.text for turn in self.turns if not turn.is_spoken and turn.artifact_id is not None]
        return " ".join([self.notes, *chats])


@attrs.frozen(kw_only=True)
class Participation:
    """How many of the team take part, and how evenly they speak.

    ``share`` is that of the team; ``alone`` counts activities of one person. ``words`` are by speaker, also of those
    who were there and said nothing; ``gini`` of them is in [0, 1), 0 where all say as much (Gini 1912).
    ``founder_share`` is the share of the words that the business's leaders said.
    """

    people: int
    team: int
    share: float | None
    mean_people: float | None
    alone: int
    words: Mapping[str, int]
    gini: float | None
    founder_share: float | None
    lacks: str | None


@attrs.frozen(kw_only=True)
class Consistency:
    """How regularly activities are held.

    ``median_days`` between two, and the ``variation`` of these spans (standard deviation by mean): 0 is a clock, 1 is
    chance. ``only_first`` is True where the first was held long ago and no second one came.
    """

    held: int
    median_days: float | None
    variation: float | None
    days_since: float | None
    only_first: bool
    lacks: str | None


@attrs.frozen(kw_only=True)
class Richness:
    """How much comes out: words in all and by activity, variety of words and topics, and range of emotion.

    ``diversity`` is `mtld`; ``topic_entropy`` is in bits (Shannon 1948); ``emotional_range`` is the 90th less the 10th
    percentile of the findings' charge, in [0, 1].
    """

    words: int
    median_words: float | None
    diversity: float | None
    topics: int
    topic_entropy: float | None
    emotional_range: float | None
    lacks: str | None


@attrs.frozen(kw_only=True)
class Preferred:
    """A type, how often it was held, its share with a 95 % interval, and the share if all types were held alike."""

    activity_type: str
    count: int
    share: float
    low: float | None
    high: float | None
    expected: float

    @property
    def is_preferred(self) -> bool:
        """Whether it is held more often than chance would explain."""
        return self.low is not None and self.low > self.expected


@attrs.frozen(kw_only=True)
class Preference:
    """Which types a team chooses; those that were never held are not among ``types``."""

    types: tuple[Preferred, ...]
    never_held: tuple[str, ...]
    lacks: str | None


@attrs.frozen(kw_only=True)
class SpokenOrWritten:
    """How much was said aloud and how much was written; ``spoken_share`` is of all words."""

    spoken_words: int
    written_words: int
    with_recording: int
    spoken_share: float | None
    lacks: str | None


@attrs.frozen(kw_only=True)
class ActivitySignals:
    """The five signals of all activities that were held by ``as_of``."""

    as_of: datetime
    participation: Participation
    consistency: Consistency
    richness: Richness
    preference: Preference
    spoken_or_written: SpokenOrWritten


def activity_signals(
    held: Sequence[HeldActivity], *, team: Sequence[str], offered: Sequence[str], as_of: datetime
) -> ActivitySignals:
    """The signals of the activities held by ``as_of``; ``team`` has the team's names, ``offered`` the slugs of types.

    Pure: the same activities in any order give the same signals.
    """
    past = sorted((each for each in held if each.held_at <= as_of), key=lambda each: (each.held_at, each.id))
    return ActivitySignals(
        as_of=as_of,
        participation=participation(past, team),
        consistency=consistency([each.held_at for each in past], as_of),
        richness=richness(past),
        preference=preference(past, offered),
        spoken_or_written=spoken_or_written(past),
    )


def participation(held: Sequence[HeldActivity], team: Sequence[str]) -> Participation:
    """Who took part. People who were at none but are of the team count for the share, not among the words."""
    attended = [set(each.participants) for each in held if each.participants]
    people = set().union(*attended)
    known = {name.casefold() for name in team}
    words = dict.fromkeys(sorted(people), 0)
    for each in held:
        for speaker, count in words_by_speaker(each.turns).items():
            words[speaker] = words.get(speaker, 0) + count
    is_told = sum(words.values()) >= FEWEST_WORDS and len(words) > 1
    leaders = {name for each in held for name, role in each.participants.items() if _leads(role)}
    said_by_leaders = sum(count for name, count in words.items() if name in leaders)
    return Participation(
        people=len(people),
        team=len(known),
        share=len({name.casefold() for name in people} & known) / len(known) if known and people else None,
        mean_people=sum(map(len, attended)) / len(attended) if attended else None,
        alone=sum(len(each) == 1 for each in attended),
        words=words,
        gini=gini(list(words.values())) if is_told else None,
        founder_share=said_by_leaders / sum(words.values()) if is_told and leaders else None,
        lacks=_first_true(
            (not people, "no activity says who took part"),
            (not is_told, f"nobody knows who said what, or it is less than {FEWEST_WORDS} words"),
            (not known, "no team is on record to compare with: refleqt import team.yaml"),
        ),
    )


def consistency(held_at: Sequence[datetime], as_of: datetime) -> Consistency:
    """The spans between activities, in days; two of one day are 0 apart."""
    ordered = sorted(held_at)
    spans = np.array([(b - a) / timedelta(days=1) for a, b in pairwise(ordered)])
    since = (as_of - ordered[-1]) / timedelta(days=1) if ordered else None
    mean = float(spans.mean()) if spans.size else 0.0
    return Consistency(
        held=len(ordered),
        median_days=float(np.median(spans)) if spans.size >= 2 else None,
        variation=float(spans.std(ddof=1)) / mean if spans.size >= 3 and mean > 0 else None,
        days_since=since,
        only_first=len(ordered) == 1 and as_of - ordered[0] > SILENCE,
        lacks="three activities are the fewest that show a rhythm, four how even it is" if spans.size < 3 else None,
    )


def richness(held: Sequence[HeldActivity]) -> Richness:
    """What the notes, chats and recordings hold in all."""
    said = [_words(f"{each.written} {each.spoken}") for each in held]
    words = [word for each in said for word in each]
    topics = Counter(topic for each in held for topic in each.topics if topic)
    charges = [charge for each in held for charge in each.charges]
    lengths = [len(each) for each in said]
    return Richness(
        words=len(words),
        median_words=float(np.median(lengths)) if lengths else None,
        diversity=mtld(words) if len(words) >= FEWEST else None,
        topics=len(topics),
        topic_entropy=entropy(list(topics.values())) if topics.total() >= FEWEST_FINDINGS else None,
        emotional_range=_range(charges) if len(charges) >= FEWEST_FINDINGS else None,
        lacks=_first_true(
            (len(words) < FEWEST, f"there are {len(words)} words, and {FEWEST} are the fewest that can be measured"),
            (len(charges) < FEWEST_FINDINGS, "what was said has not been read yet, or says little: refleqt worker"),
        ),
    )


def preference(held: Sequence[HeldActivity], offered: Sequence[str]) -> Preference:
    """The shares of the types that were held, the largest first, against equal shares of all that can be held.

    Talks that were brought in are not chosen, and do not count.
    """
    chosen = Counter(each.activity_type for each in held if each.activity_type not in TALKS)
    open_to_all = sorted((set(offered) | set(chosen)) - TALKS)
    whole = chosen.total()
    if whole < FEWEST_HELD:
        lacks = f"{whole} were held, and {FEWEST_HELD} are the fewest that show what a team prefers"
        return Preference(types=(), never_held=tuple(each for each in open_to_all if each not in chosen), lacks=lacks)
    types = []
    for name, count in sorted(chosen.items(), key=lambda each: (-each[1], each[0])):
        low, high = share_interval(count, whole)
        share, expected = count / whole, 1 / len(open_to_all)
        types.append(Preferred(activity_type=name, count=count, share=share, low=low, high=high, expected=expected))
    never = tuple(each for each in open_to_all if each not in chosen)
    return Preference(types=tuple(types), never_held=never, lacks=None)


def spoken_or_written(held: Sequence[HeldActivity]) -> SpokenOrWritten:
    """Words in recordings against words in notes and chats."""
    spoken = sum(len(_words(each.spoken)) for each in held)
    written = sum(len(_words(each.written)) for each in held)
    is_told = spoken + written >= FEWEST_WORDS
    return SpokenOrWritten(
        spoken_words=spoken,
        written_words=written,
        with_recording=sum(bool(each.spoken) for each in held),
        spoken_share=spoken / (spoken + written) if is_told else None,
        lacks=None if is_told else f"there are fewer than {FEWEST_WORDS} words",
    )


def gini(amounts: Sequence[float]) -> float | None:
    """Gini's coefficient of amounts that are not negative, in [0, 1 − 1/n]; of nothing, or of zeros alone, None."""
    values = np.sort(np.asarray(amounts, dtype=np.float64))
    if not values.size or not values.sum():
        return None
    ranks = np.arange(1, values.size + 1)
    found = float((2 * ranks - values.size - 1) @ values / (values.size * values.sum()))
    return min(max(found, 0.0), 1 - 1 / values.size)


def entropy(counts: Sequence[int]) -> float:
    """Shannon's entropy of the counts' shares in bits; 0 where there is one thing alone, or none."""
    whole = sum(counts)
    shares = np.array([count / whole for count in counts if count])
    return max(float(-(shares * np.log2(shares)).sum()), 0.0) if shares.size else 0.0


def _range(charges: Sequence[float]) -> float:
    low, high = np.percentile(np.asarray(charges), [10, 90])
    return float(high - low)


def _leads(role: str) -> bool:
    return any(word in role.casefold() for word in FOUNDERS)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(text)]


def _first_true(*cases: tuple[bool, str]) -> str | None:
    return next((said for holds, said in cases if holds), None)
