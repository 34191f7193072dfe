"""Credits of paths that another tool added up: what each model gives each channel, and what was assumed."""

from collections.abc import Sequence
from typing import Literal, TypedDict

import attrs
import numpy as np

from ..errors import InvalidInput
from .journeys import FloatArray, Journeys, journeys_from_paths
from .models import EDGE_SHARE, HALF_LIFE_DAYS, MODELS, credit_by_code

By = Literal["conversions", "value"]

MODEL_NOTES = {
    "linear": "linear: every touch counts, so a channel that is touched twice in a path gets two shares; some tools "
    "give each different channel of a path one share",
    "time_decay": "time_decay: the file has no times; each step counts as one day, and the weight halves every "
    f"{HALF_LIFE_DAYS:g} days",
    "position_based": f"position_based: {EDGE_SHARE * 100:g} % to the first touch, as much to the last, the rest to "
    "those between; of two touches each gets a half, a single one all; some tools give 30 %, 0 % and 70 %",
}
"""What a reader has to know to compare with another tool, for the models that tools define differently."""


@attrs.frozen(kw_only=True, eq=False)
class PathTable:
    """Paths such as ``a > b > a``: how often each ended in a conversion, what that was worth, and how often not.

    ``conversions`` or ``values`` is None when the source does not have that column.
    """

    paths: tuple[str, ...]
    conversions: FloatArray | None = None
    values: FloatArray | None = None
    nulls: FloatArray | None = None

    def __attrs_post_init__(self) -> None:
        for column in (self.conversions, self.values, self.nulls):
            if column is not None and len(column) != len(self.paths):
                raise InvalidInput(f"{len(self.paths)} paths, and a column of {len(column)} numbers")

    def amounts(self, by: By) -> FloatArray:
        """What is split, one number a path; a column that is absent raises `InvalidInput` that names the other."""
        column, other = (self.conversions, "value") if by == "conversions" else (self.values, "conversions")
        if column is None:
            raise InvalidInput(f"the paths have no column of {by}; split their {other} instead")
        return column


class PathReport(TypedDict):
    """``models`` gives each channel its credit; with ``unattributed`` (paths with no touch) they sum to ``total``."""

    models: dict[str, dict[str, float]]
    total: float
    unattributed: float
    notes: list[str]


def path_report(table: PathTable, models: Sequence[str] = tuple(MODELS), by: By = "conversions") -> PathReport:
    """The credit of each channel under each model, ready for JSON; channels that a model gives nothing are left out.

    An unknown model, or a column that the table does not have, raises `InvalidInput`.
    """
    amounts = table.amounts(by)
    journeys = journeys_from_paths(table.paths)
    unattributed = amounts[journeys.codes[journeys.starts] == 0]
    return {
        "models": {model: _by_channel(journeys, credit_by_code(journeys, model, amounts)) for model in models},
        "total": float(amounts.sum()),
        "unattributed": float(unattributed.sum()),
        "notes": [*(MODEL_NOTES[model] for model in models if model in MODEL_NOTES), *_data_notes(table, unattributed)],
    }


def _by_channel(journeys: Journeys, credit: FloatArray) -> dict[str, float]:
    # Code 0 is left out by its place: a channel may itself be called 'unattributed'.
    named = zip(journeys.names[1:], credit[1:].tolist(), strict=True)
    return {name: amount for name, amount in named if amount}


def _data_notes(table: PathTable, unattributed: FloatArray) -> list[str]:
    notes = []
    if unattributed.any():
        notes.append(f"paths without a touch: {np.count_nonzero(unattributed)}; what they brought is unattributed")
    repeated = len(table.paths) - len(set(table.paths))
    if repeated:
        notes.append(f"rows that repeat the path of another: {repeated}; each of them counts")
    if table.conversions is not None and table.values is not None:
        odd = np.count_nonzero((table.conversions == 0) & (table.values != 0))
        if odd:
            notes.append(f"paths with a value but no conversion: {odd}; the value counts where value is split")
    return notes
