"""Regret and calibration of the belief learner beside plain policies, on a made-up market in one run.

``python benchmarks/beliefs.py [--seeds 20] [--json FILE]``. The market: 5 categories × 8 options × 4 segments, 24
months of 30 to 60 recommendations, each outcome a yes or no that is known 7 to 45 days later; at month 12 half of the
options change. Regret is the sum of (success rate of the best option − that of the chosen one). ECE and Brier compare
forecasts of what was chosen with what came; cov80 is the share of true rates inside their 80 % intervals.

The learner runs on its defaults: the spreads and the change by which the market was made are unknown to it. Its prior
rate (0.25) is about right, as is that of the Thompson row with a prior; one row shows it with a prior that is wrong.
"""

import argparse
import heapq
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from refleqt_core.cdt.belief_learner import BeliefLearner, LearnerSettings
from refleqt_core.cdt.calibration import brier, expected_calibration_error

CATEGORIES, SEGMENTS, OPTIONS = 5, 4, 8
MONTHS, DRIFT_MONTH, CHANGED_SHARE = 24, 12, 0.5
BASE_LOGIT, INTERCEPT_SD, SEGMENT_SD, OPTION_SD, INTERACTION_SD = -1.3, 0.3, 0.3, 0.85, 0.3

Array = NDArray[np.float64]


class Policy(Protocol):
    def choose(self, category: int, segment: int, at: float) -> int: ...
    def observe(self, category: int, segment: int, option: int, reward: float, at: float) -> None: ...
    def forecast(self, category: int, segment: int, option: int, at: float) -> tuple[float, float, float] | None: ...


class Uniform:
    """Any option, whatever happened."""

    def __init__(self, rng: np.random.Generator):
        self.rng = rng

    def choose(self, category: int, segment: int, at: float) -> int:
        return int(self.rng.integers(OPTIONS))

    def observe(self, category: int, segment: int, option: int, reward: float, at: float) -> None:
        return

    def forecast(self, category: int, segment: int, option: int, at: float) -> None:
        return None


class PerCellThompson:
    """Beta-Bernoulli Thompson sampling, each cell for itself."""

    def __init__(self, rng: np.random.Generator, wins: float = 1.0, losses: float = 1.0):
        self.rng = rng
        shape = (CATEGORIES, SEGMENTS, OPTIONS)
        self.wins, self.losses = np.full(shape, wins), np.full(shape, losses)

    def choose(self, category: int, segment: int, at: float) -> int:
        return int(self.rng.beta(self.wins[category, segment], self.losses[category, segment]).argmax())

    def observe(self, category: int, segment: int, option: int, reward: float, at: float) -> None:
        self.wins[category, segment, option] += reward
        self.losses[category, segment, option] += 1 - reward

    def forecast(self, category: int, segment: int, option: int, at: float) -> tuple[float, float, float]:
        return shown(self.wins[category, segment, option], self.losses[category, segment, option])


class PerCellGreedy(PerCellThompson):
    """The option with the highest mean so far, ties by lot."""

    def choose(self, category: int, segment: int, at: float) -> int:
        a, b = self.wins[category, segment], self.losses[category, segment]
        means = a / (a + b)
        return int(self.rng.choice(np.flatnonzero(means >= means.max() - 1e-12)))


class Learner:
    """The belief learner."""

    def __init__(self, rng: np.random.Generator, settings: LearnerSettings | None = None):
        names = [str(each) for each in range(OPTIONS)]
        self.beliefs = BeliefLearner(
            {str(category): names for category in range(CATEGORIES)}, names[:SEGMENTS], rng, settings
        )

    def choose(self, category: int, segment: int, at: float) -> int:
        return int(self.beliefs.choose(str(category), str(segment), at))

    def observe(self, category: int, segment: int, option: int, reward: float, at: float) -> None:
        self.beliefs.observe(str(category), str(segment), str(option), reward, at)

    def forecast(self, category: int, segment: int, option: int, at: float) -> tuple[float, float, float]:
        return shown(*self.beliefs.beta(str(category), str(segment), str(option), at))


def shown(a: float, b: float) -> tuple[float, float, float]:
    """Mean and 80 % interval of a Beta distribution."""
    return float(a / (a + b)), float(betaincinv(a, b, 0.1)), float(betaincinv(a, b, 0.9))


POLICIES: dict[str, Callable[[np.random.Generator], Policy]] = {
    "uniform": Uniform,
    "Thompson per cell": PerCellThompson,
    "Thompson per cell, prior Beta(2, 6)": lambda rng: PerCellThompson(rng, 2.0, 6.0),
    "greedy per cell": PerCellGreedy,
    "belief learner": Learner,
    "belief learner, wrong prior (0.5)": lambda rng: Learner(rng, LearnerSettings(prior_rate=0.5)),
    "belief learner, full Thompson width": lambda rng: Learner(rng, LearnerSettings(width=1.0)),
}


def market(rng: np.random.Generator) -> tuple[Array, Array]:
    """Success rates (categories, segments, options) before and after the change."""

    def logits() -> Array:
        effects = [
            rng.normal(0, INTERCEPT_SD, (CATEGORIES, 1, 1)),
            rng.normal(0, SEGMENT_SD, (CATEGORIES, SEGMENTS, 1)),
            rng.normal(0, OPTION_SD, (CATEGORIES, 1, OPTIONS)),
            rng.normal(0, INTERACTION_SD, (CATEGORIES, SEGMENTS, OPTIONS)),
        ]
        return BASE_LOGIT + effects[0] + effects[1] + effects[2] + effects[3]

    before, redrawn = logits(), logits()
    after = np.where(rng.random((CATEGORIES, 1, OPTIONS)) < CHANGED_SHARE, redrawn, before)
    return 1 / (1 + np.exp(-before)), 1 / (1 + np.exp(-after))


def play(seed: int, make: Callable[[np.random.Generator], Policy]) -> tuple[Array, list[tuple[float, ...]]]:
    """Regret of each month (24,), and a row (forecast, low, high, true rate, outcome) for each choice."""
    world, play_of = np.random.default_rng([seed, 0]), make(np.random.default_rng([seed, 1]))
    before, after = market(world)
    regret, rows = np.zeros(MONTHS), list[tuple[float, ...]]()
    due: list[tuple[float, int, int, int, float, float]] = []
    for month in range(MONTHS):
        rates = before if month < DRIFT_MONTH else after
        for at in np.sort(world.uniform(30 * month, 30 * month + 30, world.integers(30, 61))):
            while due and due[0][0] <= at:
                play_of.observe(*heapq.heappop(due)[1:])
            category, segment = int(world.integers(CATEGORIES)), int(world.integers(SEGMENTS))
            luck, delay = world.random(OPTIONS), world.uniform(7, 45)
            option = play_of.choose(category, segment, float(at))
            rate = rates[category, segment, option]
            outcome = float(luck[option] < rate)
            forecast = play_of.forecast(category, segment, option, float(at))
            if forecast is not None:
                rows.append((*forecast, float(rate), outcome))
            regret[month] += rates[category, segment].max() - rate
            heapq.heappush(due, (float(at) + delay, category, segment, option, outcome, float(at)))
    return regret, rows


def summary(name: str, seeds: int) -> dict[str, float | str | list[float] | None]:
    """What a policy did, over all seeds; the same seed is the same market and the same luck for every policy."""
    started = time.perf_counter()
    played = [play(seed, POLICIES[name]) for seed in range(seeds)]
    seconds = (time.perf_counter() - started) / seeds
    monthly = np.array([regret for regret, _ in played])
    rows = np.array([row for _, each in played for row in each])
    totals = monthly.sum(axis=1)
    return {
        "policy": name,
        "regret": float(totals.mean()),
        "standard_error": float(totals.std(ddof=1) / np.sqrt(seeds)) if seeds > 1 else None,
        "ece": expected_calibration_error(rows[:, 0], rows[:, 4]) if len(rows) else None,
        "brier": brier(rows[:, 0], rows[:, 4]) if len(rows) else None,
        "coverage_80": float(np.mean((rows[:, 1] <= rows[:, 3]) & (rows[:, 3] <= rows[:, 2]))) if len(rows) else None,
        "seconds_a_seed": seconds,
        "regret_by_month": monthly.mean(axis=0).round(3).tolist(),
    }


def line(result: dict[str, float | str | list[float] | None]) -> str:
    def cell(key: str, form: str) -> str:
        value = result[key]
        return "–".rjust(6) if value is None else format(value, form).rjust(6)

    return (
        f"{result['policy']!s:38}{cell('regret', '.1f')} ±{cell('standard_error', '.1f')}  {cell('ece', '.3f')}  "
        f"{cell('brier', '.3f')}  {cell('coverage_80', '.2f')}  {cell('seconds_a_seed', '.2f')}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--json", type=Path, help="write the JSON here too")
    arguments = parser.parse_args()
    print(f"{'policy':38}{'regret':>6}  {'s.e.':>6}  {'ECE':>6}  {'Brier':>6}  {'cov80':>6}  {'s/seed':>6}")
    results = []
    for name in POLICIES:
        results.append(summary(name, arguments.seeds))
        print(line(results[-1]), flush=True)
    document = json.dumps({"seeds": arguments.seeds, "months": MONTHS, "results": results})
    print(document)
    if arguments.json:
        arguments.json.write_text(document + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
