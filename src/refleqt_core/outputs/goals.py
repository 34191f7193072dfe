"""What an artifact is to reach, and what it will probably reach: targets and intervals from the business's history."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median, pstdev

import attrs
from scipy.special import ndtr, ndtri

from ..intake.calendar import CalendarEntry
from ..phrases import amount, artifact_name, artifact_on, kpi_name, sentence, with_article
from .artifact_formats import FORMATS
from .landscape import Landscape

NEWEST = 20
"""Entries that a target is the median of."""
USUAL_SPREAD = 0.6
"""Standard deviation of the logarithm of actual / target before anything is known."""
SPREAD_PRIOR = 5.0
EIGHTY = 1.2815515655446004
"""The standard normal quantile of 0.9."""


@attrs.frozen(kw_only=True)
class Goal:
    """A KPI with its target, and in words where the target comes from."""

    kpi: str
    target: float
    basis: str

    @property
    def phrase(self) -> str:
        """Such as "40 sign-ups"."""
        return f"{amount(self.target)} {kpi_name(self.kpi)}"

    @property
    def account(self) -> str:
        """The sentence that says where the target comes from."""
        return sentence(f"The target of {self.phrase} is {self.basis}")


@attrs.frozen(kw_only=True)
class Prediction:
    """The metric to be expected with its 80 % interval; it reaches the goal's target with ``probability``."""

    probability: float
    expected: float
    low: float
    high: float


def goal_of(landscape: Landscape, artifact_type: str, channel: str) -> Goal:
    """The usual KPI of such artifacts with the median of their last targets.

    Those of the same type and channel, else of the type; without history a modest default.
    """
    judged = [entry for entry in landscape.entries if entry.primary_kpi and entry.kpi_target]
    same_type = [entry for entry in judged if entry.artifact_type == artifact_type]
    same_channel = [entry for entry in same_type if entry.channel == channel]
    kind = with_article(artifact_name(artifact_type))
    if same_channel:
        return _usual(same_channel, with_article(artifact_on(artifact_type, channel)))
    if same_type:
        return _usual(same_type, kind)
    default = FORMATS[artifact_type]
    return Goal(
        kpi=default.kpi, target=float(default.target), basis=f"a modest first goal for {kind}, as there is no history"
    )


def prediction_of(landscape: Landscape, goal: Goal, artifact_type: str, chance: float) -> Prediction:
    """What a log-normal metric comes to that reaches the target with that chance.

    Its spread is that of actual / target over past results of the type, drawn to the usual one.
    """
    spread = _spread(landscape, artifact_type)
    likely = min(0.98, max(0.02, chance))
    middle = goal.target * math.exp(spread * float(ndtri(likely)))
    return Prediction(
        probability=chance,
        expected=middle * math.exp(spread**2 / 2),
        low=middle * math.exp(-EIGHTY * spread),
        high=middle * math.exp(EIGHTY * spread),
    )


def for_target(prediction: Prediction, target: float) -> Prediction:
    """The same metric to be expected, measured against another target above 0."""
    middle = (math.log(prediction.low) + math.log(prediction.high)) / 2
    spread = (math.log(prediction.high) - math.log(prediction.low)) / (2 * EIGHTY)
    return attrs.evolve(prediction, probability=float(ndtr((middle - math.log(target)) / spread)))


def _usual(entries: Sequence[CalendarEntry], what: str) -> Goal:
    kpi = min(
        Counter(entry.primary_kpi for entry in entries if entry.primary_kpi).items(), key=lambda n: (-n[1], n[0])
    )[0]
    judged = [entry for entry in entries if entry.primary_kpi == kpi and entry.kpi_target]
    judged.sort(key=lambda entry: (entry.publish_at or entry.created_at, entry.external_id))
    targets = [entry.kpi_target for entry in judged[-NEWEST:] if entry.kpi_target]
    last = f"the median of the last {len(targets)} targets for" if len(targets) > 1 else "the only one so far for"
    return Goal(kpi=kpi, target=float(math.ceil(median(targets))), basis=f"{last} {what}")


def _spread(landscape: Landscape, artifact_type: str) -> float:
    ratios = [
        math.log((result.actual + 0.5) / (result.entry.kpi_target + 0.5))
        for result in landscape.results
        if result.entry.artifact_type == artifact_type and result.entry.kpi_target
    ]
    own = pstdev(ratios) ** 2 if len(ratios) > 1 else USUAL_SPREAD**2
    return math.sqrt((len(ratios) * own + SPREAD_PRIOR * USUAL_SPREAD**2) / (len(ratios) + SPREAD_PRIOR))
