"""Calibrates when two vents are about the same, and measures it on themes that the fit has not seen.

``python -m benchmarks.vent_recurrence`` prints the figures; with ``--write`` it writes the calibration anew into
``src/refleqt_core/context/vent_calibration.py``. The labelled vents are in ``labelled_vents.yaml``.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

import attrs
import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from refleqt_adapters.embedder.memory import HashingEmbedder
from refleqt_adapters.embedder.minilm import MiniLMEmbedder
from refleqt_core.context.vent_grouping import groups
from refleqt_core.context.vent_likeness import ANY_MODEL, Likened, Matrix, features, words_of
from refleqt_core.ports import Embedder

LABELLED = Path(__file__).with_name("labelled_vents.yaml")
WRITTEN = Path(__file__).parents[1] / "src" / "refleqt_core" / "context" / "vent_calibration.py"
LONE = "lone"
WEIGHTS = ("cosine", "words", "shared_tag", "other_tags")
WITH_VECTORS, WITHOUT = ("cosine", "shared_tag", "other_tags"), ("words", "shared_tag", "other_tags")
RIDGE = 0.01
STEP = 0.125
ORDERS = 10
"""Random orders in which the vents come, for what depends on it."""

Labels = NDArray[np.int64]
Scores = tuple[float, float, float]


@attrs.frozen(kw_only=True)
class Half:
    """Labelled vents: what is compared of each pair, and what each is about."""

    vents: tuple[Likened, ...]
    labels: Labels
    features: dict[str, Matrix]

    @property
    def same(self) -> NDArray[np.bool_]:
        """Of every pair whether both are about the same."""
        return pairs(np.equal.outer(self.labels, self.labels))

    def odds(self, weights: dict[str, float]) -> Matrix:
        """The log-odds of every pair."""
        terms = (weights[name] * values for name, values in self.features.items())
        return sum(terms, np.full_like(self.features["cosine"], weights["intercept"]))

    def orders(self) -> list[NDArray[np.int64]]:
        """The same random orders in every run."""
        rng = np.random.default_rng(20_260)
        return [rng.permutation(len(self.labels)) for _ in range(ORDERS)]


def read_half(name: str, embedder: Embedder) -> Half:
    """The vents of a half; each of the lone ones is about something of its own."""
    themes: dict[str, list[str]] = yaml.safe_load(LABELLED.read_text("utf-8"))[name]
    texts, tags, about = [], [], []
    for theme, vents in themes.items():
        for number, written in enumerate(vents):
            text, *marks = written.split(" #")
            texts.append(text)
            tags.append(frozenset(marks))
            about.append(f"{theme} {number}" if theme == LONE else theme)
    vectors = embedder.embed(texts)
    vents = tuple(
        Likened(id=UUID(int=place), vector=vectors[place], tags=tags[place], words=words_of(text))
        for place, text in enumerate(texts)
    )
    labels = np.unique(about, return_inverse=True)[1]
    return Half(vents=vents, labels=labels, features=features(vents, vents))


def fitted(half: Half, names: Sequence[str]) -> dict[str, float]:
    """Logistic regression of "about the same" on the features, with a slight ridge; the others weigh nothing.

    The thresholds are those with the best F1 of pairs in the assignment of the fit half: ``join`` in the mean over ten
    random orders in which the vents come one by one, ``group`` for all of them at once.
    """
    design = np.column_stack([np.ones(half.same.size), *(pairs(half.features[name]) for name in names)])
    same = half.same.astype(float)

    def loss(b: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        z, penalty = design @ b, np.r_[0.0, b[1:]]
        slope = design.T @ (1 / (1 + np.exp(-z)) - same) + 2 * RIDGE * penalty
        return float(np.sum(np.logaddexp(0, z) - same * z) + RIDGE * penalty @ penalty), slope

    found = minimize(loss, np.zeros(design.shape[1]), jac=True, method="BFGS").x
    weights = dict.fromkeys(WEIGHTS, 0.0) | dict(zip(("intercept", *names), found.tolist(), strict=True))
    odds = half.odds(weights)
    steps = np.arange(-4.0, 2.0, STEP)
    orders = half.orders()
    join = _best(
        steps, lambda least: np.mean([pair_scores(half.labels, joined(odds, o, least))[2] for o in orders]).item()
    )
    group = _best(steps, lambda least: pair_scores(half.labels, grouped(odds, least))[2])
    return {"intercept": weights.pop("intercept"), **weights, "join": join, "group": group}


def calibrations() -> dict[str, dict[str, float]]:
    """The calibration for each embedding model that is here, and the one for any other, to four digits."""
    hashing, minilm = HashingEmbedder(), MiniLMEmbedder(threads=1)
    found = {embedder.model: fitted(read_half("fit", embedder), WITH_VECTORS) for embedder in (minilm, hashing)}
    found[ANY_MODEL] = fitted(read_half("fit", hashing), WITHOUT)
    return {model: {name: round(value, 4) for name, value in each.items()} for model, each in found.items()}


def joined(odds: Matrix, order: Sequence[int], least: float) -> Labels:
    """The theme of each vent where they come one by one: the one with the highest mean, else one of its own."""
    labels, sums, sizes = np.full(len(odds), -1), np.zeros_like(odds), np.zeros(len(odds))
    for vent in order:
        themes = int(labels.max()) + 1
        means = sums[:themes, vent] / sizes[:themes]
        place = int(np.argmax(means)) if themes and means.max() >= least else themes
        labels[vent] = place
        sums[place] += odds[vent]
        sizes[place] += 1
    return labels


def grouped(odds: Matrix, least: float) -> Labels:
    """The theme of each vent where all are looked at together."""
    return np.array(groups(odds, least, [None] * len(odds)))


def joined_by_the_old_rule(half: Half, order: Sequence[int]) -> Labels:
    """As it was before: cosine + 0.15 for a shared tag from 0.38 on, the theme of most of the 20 nearest."""
    likeness = half.features["cosine"] + 0.15 * half.features["shared_tag"]
    theme_of: dict[int, int] = {}
    for vent in order:
        near = sorted(theme_of, key=lambda other: -half.features["cosine"][vent, other])[:20]
        alike = [theme_of[other] for other in near if likeness[vent, other] >= 0.38]
        theme_of[vent] = max(alike, key=alike.count) if alike else len(theme_of)
    return np.array([theme_of[vent] for vent in range(len(half.labels))])


def pairs(square: NDArray[np.generic]) -> NDArray[np.generic]:
    """The values above the diagonal."""
    return square[np.triu_indices(len(square), 1)]


def scores(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> Scores:
    """Precision, recall and F1."""
    hits = float((found & true).sum())
    precision, recall = hits / max(found.sum(), 1), hits / max(true.sum(), 1)
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1)


def pair_scores(true: Labels, found: Labels) -> Scores:
    """Precision, recall and F1 of the pairs that an assignment puts together."""
    return scores(pairs(np.equal.outer(found, found)), pairs(np.equal.outer(true, true)))


def b_cubed(true: Labels, found: Labels) -> Scores:
    """B-cubed precision, recall and F1 (Bagga and Baldwin 1998)."""
    in_truth, in_found = np.equal.outer(true, true), np.equal.outer(found, found)
    both = (in_truth & in_found).sum(1)
    precision, recall = float(np.mean(both / in_found.sum(1))), float(np.mean(both / in_truth.sum(1)))
    return precision, recall, 2 * precision * recall / (precision + recall)


def report(title: str, embedder: Embedder, weights: dict[str, float]) -> None:
    """The figures on the held-out half, beside those of the old rule.

    Pairs count as the same from the log-odds on that have the best F1 of pairs in the fit half.
    """
    half, fit = read_half("held_out", embedder), read_half("fit", embedder)
    odds, fit_odds = (each.odds({name: weights[name] for name in ("intercept", *WEIGHTS)}) for each in (half, fit))
    least = _best(np.arange(-4.0, 2.0, STEP), lambda least: scores(pairs(fit_odds) >= least, fit.same)[2])
    old = half.features["cosine"] + 0.15 * half.features["shared_tag"] >= 0.38
    rows: dict[str, tuple[Scores, Scores | None]] = {
        "pairs, calibrated": (scores(pairs(odds) >= least, half.same), None),
        "pairs, old rule": (scores(pairs(old), half.same), None),
    }
    ways: dict[str, Callable[[Sequence[int]], Labels]] = {
        "one by one, calibrated": lambda order: joined(odds, order, weights["join"]),
        "one by one, old rule": lambda order: joined_by_the_old_rule(half, order),
        "all at once, calibrated": lambda _: grouped(odds, weights["group"]),
    }
    for name, way in ways.items():
        found = [way(order) for order in half.orders()]
        rows[name] = tuple(  # type: ignore[assignment]  # of two
            tuple(np.mean([score(half.labels, each) for each in found], 0)) for score in (pair_scores, b_cubed)
        )
    themes = len(set(half.labels.tolist()))
    same = f"{int(half.same.sum())} of {half.same.size} pairs the same"
    print(f"\n{title}: {len(half.labels)} vents, {themes} matters, {same}")
    print(f"{'':26}pairs: precision recall F1     B-cubed: precision recall F1")
    for name, (pair, cubed) in rows.items():
        print(f"{name:26}{_row(pair)}{'            ' + _row(cubed) if cubed else ''}")


def module(found: dict[str, dict[str, float]]) -> str:
    """The calibration as it stands in the core."""
    lines = [
        '"""Written by ``python -m benchmarks.vent_recurrence --write``; nothing here is set by hand."""',
        "",
        "from collections.abc import Mapping",
        "",
        "CALIBRATIONS: Mapping[str, Mapping[str, float]] = {",
    ]
    for model, weights in found.items():
        lines += [f'    "{model}": {{', *(f'        "{name}": {value},' for name, value in weights.items()), "    },"]
    return "\n".join(
        [*lines, "}", '"""Weights and thresholds by embedding model; see `vent_likeness.Calibration`."""', ""]
    )


def main() -> None:
    """Fits, reports, and writes where that is asked for."""
    found = calibrations()
    if "--write" in sys.argv[1:]:
        WRITTEN.write_text(module(found), "utf-8")
    minilm, hashing = MiniLMEmbedder(threads=1), HashingEmbedder()
    report("MiniLM", minilm, found[minilm.model])
    report("Hashing", hashing, found[hashing.model])
    report("Words and tags alone", hashing, found[ANY_MODEL])


def _best(steps: NDArray[np.float64], score: Callable[[float], float]) -> float:
    """The step with the best score; of several the highest, which takes fewer vents together."""
    return max(reversed(steps.tolist()), key=score)


def _row(values: Sequence[float]) -> str:
    return "  ".join(f"{value:6.2f}" for value in values)


if __name__ == "__main__":
    main()
