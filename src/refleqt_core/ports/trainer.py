"""The Trainer: a LoRA for one business, made from its dataset."""

from collections.abc import Mapping
from typing import Literal, Protocol

import attrs

from ..values import BusinessId


@attrs.frozen(kw_only=True)
class TrainingSpec:
    """All that decides the outcome of a training run; the same spec has the same ``hash``.

    ``dataset`` and ``warm_start`` are blob hashes (sha256, hex).
    """

    business_id: BusinessId
    base_model: str
    base_hash: str
    dataset: str
    rank: int = 8
    alpha: float = 16.0
    epochs: int = 20
    learning_rate: float = 5e-3
    seed: int = 0
    warm_start: str | None = None

    @property
    def hash(self) -> str:
        """sha256 of the spec in canonical JSON."""
        import hashlib
        import json

        document = json.dumps(attrs.asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(document.encode()).hexdigest()


@attrs.frozen(kw_only=True)
class TrainingState:
    """Where a run stands; when it has succeeded, the artefact's blob hash and its metrics."""

    status: Literal["running", "succeeded", "failed", "cancelled"]
    artefact: str | None = None
    metrics: Mapping[str, float] = attrs.field(factory=dict)
    problem: str | None = None


class Trainer(Protocol):
    """Runs trainings somewhere else than in the caller."""

    def start(self, spec: TrainingSpec) -> str:
        """The run of that spec is under way; gives its id.

        Started before (same hash): the same id, and no second run.
        """
        ...

    def poll(self, run_id: str) -> TrainingState:
        """Where the run stands. Unknown: `NotFound`."""
        ...

    def cancel(self, run_id: str) -> None:
        """The run ends as cancelled. It has ended already: no-op. Unknown: `NotFound`."""
        ...
