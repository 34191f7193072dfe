"""Seconds for the five heuristic models over a million touches, beside a plain Python loop in the same run.

``python benchmarks/attribution.py [touches]`` prints one line a step, the ratio, and whether both agree.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from refleqt_core.attribution.journeys import ConversionColumns, Journeys, TouchColumns, journeys_from_touches
from refleqt_core.attribution.models import MODELS, credit_by_code
from refleqt_core.attribution.money import allocate_cents

ARTIFACTS = 5_000
TOUCHES_A_VISITOR = 7
DAY = 86_400_000_000
T = TypeVar("T")


def generated(touches: int, rng: np.random.Generator) -> tuple[TouchColumns, ConversionColumns]:
    """Touches over 180 days in no order, and one conversion for each visitor at some moment of them."""
    visitors = touches // TOUCHES_A_VISITOR
    names = np.array([f"artifact-{number:04d}" for number in range(ARTIFACTS)], dtype=object)
    return (
        TouchColumns(
            visitors=rng.integers(visitors, size=touches),
            times=rng.integers(180 * DAY, size=touches).view("datetime64[us]"),
            ids=rng.permutation(touches),
            artifacts=names[(rng.random(touches) ** 2 * ARTIFACTS).astype(int)].tolist(),
        ),
        ConversionColumns(
            visitors=rng.permutation(visitors),
            times=rng.integers(60 * DAY, 180 * DAY, size=visitors).view("datetime64[us]"),
        ),
    )


def grouped(touches: TouchColumns, conversions: ConversionColumns) -> list[list[tuple[float, str]]]:
    """The same journeys with dictionaries and lists: (age in days, artifact) from the oldest on."""
    by_visitor = defaultdict(list)
    columns = (touches.visitors.tolist(), touches.times.astype(int).tolist(), touches.ids.tolist(), touches.artifacts)
    for visitor, moment, touch, artifact in zip(*columns, strict=True):
        by_visitor[visitor].append((moment, touch, artifact))
    for each in by_visitor.values():
        each.sort()
    return [
        [((end - moment) / DAY, name) for moment, _, name in by_visitor[visitor] if end - 90 * DAY <= moment <= end]
        for visitor, end in zip(conversions.visitors.tolist(), conversions.times.astype(int).tolist(), strict=True)
    ]


def looped(journeys: list[list[tuple[float, str]]]) -> dict[str, dict[str, float]]:
    """The five models, touch by touch."""
    credit: dict[str, dict[str, float]] = {model: defaultdict(float) for model in MODELS}
    for journey in filter(None, journeys):
        n = len(journey)
        credit["first_touch"][journey[0][1]] += 1.0
        credit["last_touch"][journey[-1][1]] += 1.0
        decay = [2.0 ** (-age / 7.0) for age, _ in journey]
        whole = sum(decay)
        for place, (_, name) in enumerate(journey):
            credit["linear"][name] += 1.0 / n
            credit["time_decay"][name] += decay[place] / whole
            edge = place in (0, n - 1)
            credit["position_based"][name] += (0.4 if edge else 0.2 / (n - 2)) if n > 2 else 1.0 / n
    return credit


def timed(label: str, work: Callable[[], T], times: int = 1) -> tuple[T, float]:
    """The answer, and the median of the seconds, which are printed."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        answer = work()
        seconds.append(time.perf_counter() - start)
    print(f"{label:48}{np.median(seconds):9.4f} s")
    return answer, float(np.median(seconds))


def furthest(journeys: Journeys, ours: dict[str, np.ndarray], theirs: dict[str, dict[str, float]]) -> float:
    """The largest difference of a credit between the two."""
    return max(
        abs(amount - theirs[model].get(name, 0.0))
        for model, credit in ours.items()
        for name, amount in zip(journeys.names[1:], credit[1:], strict=True)
    )


def main(touches: int) -> None:
    rng = np.random.default_rng(20)
    touched, converted = generated(touches, rng)
    journeys, preparing = timed("refleqt: touches to journeys", lambda: journeys_from_touches(touched, converted), 3)
    ours, models = timed("refleqt: five models", lambda: {m: credit_by_code(journeys, m) for m in MODELS}, 5)
    revenue = rng.integers(1, 100_000, size=len(journeys))
    timed("refleqt: one model to the cent", lambda: allocate_cents(journeys, MODELS["linear"](journeys), revenue), 3)
    lists, their_preparing = timed("loop: touches to journeys", lambda: grouped(touched, converted))
    theirs, their_models = timed("loop: five models", lambda: looped(lists))
    print(
        f"{len(journeys.codes):,} steps of {touches:,} touches in {len(journeys):,} journeys, {ARTIFACTS:,} artifacts"
    )
    print(f"times faster: models {their_models / models:.0f}, preparing {their_preparing / preparing:.1f}")
    print(f"largest difference of a credit: {furthest(journeys, ours, theirs):.1e}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
