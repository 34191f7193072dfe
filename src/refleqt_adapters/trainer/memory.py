"""A trainer that fits a tiny matrix instead of a language model: for tests and simulations."""

import io
import json
import threading
from datetime import datetime, timedelta
from zipfile import BadZipFile

import attrs
import numpy as np
from numpy.typing import NDArray

from refleqt_core.errors import InvalidInput, NotFound, RefleqtError
from refleqt_core.ports import BlobStore, Clock, TrainingSpec, TrainingState

SIZE = 64
DECIMALS = 6

Matrix = NDArray[np.float64]


class MemoryTrainer:
    """Keeps the promises of the port, and learns which byte of the dataset follows which, in low rank.

    The artefact is an npz in ``blobs`` with ``lora_a`` (rank, 64), ``lora_b`` (64, rank) and ``header``, JSON that
    names the spec and the base. The same spec gives the same bytes. It is no model of language: it makes no
    recommendation better. A run takes ``duration`` of ``clock``'s time; one whose dataset or warm start is absent, or
    whose warm start was made for another base, fails.
    """

    def __init__(self, blobs: BlobStore, clock: Clock, duration: timedelta = timedelta(0)):
        self._blobs = blobs
        self._clock = clock
        self._duration = duration
        self._turn = threading.Lock()
        self._runs: dict[str, _Run] = {}

    def start(self, spec: TrainingSpec) -> str:
        """The run is under way, under the hash of its spec; also when it was cancelled or has failed before."""
        with self._turn:
            self._runs.setdefault(spec.hash, _Run(spec=spec, due=self._clock.now() + self._duration))
        return spec.hash

    def poll(self, run_id: str) -> TrainingState:
        """Where the run stands; the work is done by the first poll when the run is due."""
        with self._turn:
            run = self._settled(run_id)
            return run.state

    def cancel(self, run_id: str) -> None:
        """The run has ended: as cancelled, unless it was due before."""
        with self._turn:
            run = self._settled(run_id)
            if run.state.status == "running":
                self._runs[run_id] = attrs.evolve(run, state=TrainingState(status="cancelled"))

    def _settled(self, run_id: str) -> "_Run":
        if run_id not in self._runs:
            raise NotFound(f"no training run {run_id}")
        run = self._runs[run_id]
        if run.state.status == "running" and self._clock.now() >= run.due:
            run = self._runs[run_id] = attrs.evolve(run, state=self._outcome(run.spec))
        return run

    def _outcome(self, spec: TrainingSpec) -> TrainingState:
        try:
            return self._trained(spec)
        except RefleqtError as exc:
            return TrainingState(status="failed", problem=str(exc))

    def _trained(self, spec: TrainingSpec) -> TrainingState:
        target = transitions(self._read(spec.dataset))
        if spec.warm_start is not None:
            target = (target + _product(self._read(spec.warm_start), spec)) / 2
        lora_a, lora_b = low_rank(target, spec.rank)
        artefact = self._blobs.put(io.BytesIO(_packed(lora_a, lora_b, spec)))
        loss = float(np.linalg.norm(target - lora_b @ lora_a) / np.linalg.norm(target))
        return TrainingState(status="succeeded", artefact=artefact, metrics={"loss": round(loss, DECIMALS)})

    def _read(self, hash: str) -> bytes:
        with self._blobs.open(hash) as file:
            return file.read()


@attrs.frozen(kw_only=True)
class _Run:
    spec: TrainingSpec
    due: datetime
    state: TrainingState = attrs.field(factory=lambda: TrainingState(status="running"))


def transitions(data: bytes) -> Matrix:
    """How often each byte (modulo 64) follows each, (64, 64), as shares that sum to 1.

    Fewer than two bytes raise `InvalidInput`.
    """
    if len(data) < 2:
        raise InvalidInput("the dataset is empty; there is nothing to train on")
    buckets = np.frombuffer(data, np.uint8).astype(np.int64) % SIZE
    counts = np.bincount(buckets[:-1] * SIZE + buckets[1:], minlength=SIZE * SIZE)
    return np.asarray(counts.reshape(SIZE, SIZE) / counts.sum(), np.float64)


def low_rank(target: Matrix, rank: int) -> tuple[Matrix, Matrix]:
    """Factors (rank, 64) and (64, rank) whose product is the nearest to ``target`` (Eckart and Young, 1936)."""
    left, values, right = np.linalg.svd(target)
    rank = min(rank, SIZE)
    # A singular pair is given up to its sign: the largest entry of each is made positive.
    signs = np.sign(right[np.arange(SIZE), np.abs(right).argmax(axis=1)])[:rank]
    roots = np.sqrt(values[:rank]) * signs
    return np.round(roots[:, None] * right[:rank], DECIMALS), np.round(left[:, :rank] * roots, DECIMALS)


def _packed(lora_a: Matrix, lora_b: Matrix, spec: TrainingSpec) -> bytes:
    header = json.dumps({"spec": spec.hash, "base_model": spec.base_model, "base_hash": spec.base_hash}, sort_keys=True)
    file = io.BytesIO()
    np.savez(file, lora_a=lora_a, lora_b=lora_b, header=np.frombuffer(header.encode(), np.uint8))
    return file.getvalue()


def _product(artefact: bytes, spec: TrainingSpec) -> Matrix:
    """What an earlier artefact of the same base has learnt."""
    try:
        with np.load(io.BytesIO(artefact), allow_pickle=False) as arrays:
            header = json.loads(arrays["header"].tobytes())
            product: Matrix = (arrays["lora_b"] @ arrays["lora_a"]).reshape(SIZE, SIZE)
            base_hash = header["base_hash"]
    except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as exc:
        raise InvalidInput(f"the warm start {spec.warm_start} is no artefact of this trainer") from exc
    if base_hash != spec.base_hash:
        raise InvalidInput(f"the warm start {spec.warm_start} was trained for another base model")
    return product
