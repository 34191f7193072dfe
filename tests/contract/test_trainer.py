"""What the Trainer promises, over every adapter of it."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from refleqt_adapters.blobs.memory import MemoryBlobStore
from refleqt_adapters.clock.simulated import SimulatedClock
from refleqt_adapters.trainer.memory import MemoryTrainer
from refleqt_core.errors import NotFound
from refleqt_core.ports import BlobStore, Trainer, TrainingSpec
from refleqt_core.values import BusinessId

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DATASET = b'{"prompt": "segment: chefs, channel: email", "outcome": "above"}\n' * 20


@attrs.frozen(kw_only=True)
class Case:
    """A trainer, where its artefacts are, and ``wait``, after which what it runs has ended."""

    trainer: Trainer
    blobs: BlobStore
    wait: Callable[[], None]

    def spec(self, data: bytes = DATASET, **changes: Any) -> TrainingSpec:
        given: dict[str, Any] = {
            "business_id": BusinessId(UUID(int=1)),
            "base_model": "tiny",
            "base_hash": "b" * 64,
            "dataset": self.blobs.put(io.BytesIO(data)),
        }
        return TrainingSpec(**(given | changes))

    def trained(self, spec: TrainingSpec) -> str:
        """The artefact of a run that has succeeded."""
        run = self.trainer.start(spec)
        self.wait()
        artefact = self.trainer.poll(run).artefact
        assert artefact is not None
        return artefact


def memory() -> Case:
    clock, blobs, duration = SimulatedClock(NOON), MemoryBlobStore(), timedelta(hours=2)
    trainer = MemoryTrainer(blobs, clock, duration)
    return Case(trainer=trainer, blobs=blobs, wait=lambda: clock.advance_to(clock.now() + duration))


ADAPTERS = {"memory": memory}


@pytest.fixture(params=ADAPTERS)
def case(request: pytest.FixtureRequest) -> Case:
    return ADAPTERS[request.param]()


@pytest.fixture
def other(request: pytest.FixtureRequest, case: Case) -> Case:
    """Another trainer of the same kind, which knows nothing of the first."""
    return ADAPTERS[request.node.callspec.params["case"]]()


def content(case: Case, artefact: str) -> bytes:
    with case.blobs.open(artefact) as file:
        return file.read()


def test_a_started_run_is_running(case: Case) -> None:
    assert case.trainer.poll(case.trainer.start(case.spec())).status == "running"


def test_a_run_that_has_ended_has_succeeded(case: Case) -> None:
    run = case.trainer.start(case.spec())
    case.wait()
    assert case.trainer.poll(run).status == "succeeded"


def test_the_artefact_of_a_run_is_in_the_blob_store(case: Case) -> None:
    assert case.blobs.exists(case.trained(case.spec()))


def test_a_run_that_has_succeeded_has_metrics(case: Case) -> None:
    run = case.trainer.start(case.spec())
    case.wait()
    assert case.trainer.poll(run).metrics["loss"] >= 0


def test_the_same_spec_is_the_same_run(case: Case) -> None:
    assert case.trainer.start(case.spec()) == case.trainer.start(case.spec())


def test_a_second_start_does_not_begin_the_run_anew(case: Case) -> None:
    run = case.trainer.start(case.spec())
    case.wait()
    case.trainer.start(case.spec())
    assert case.trainer.poll(run).status == "succeeded"


def test_many_callers_start_one_run(case: Case) -> None:
    spec = case.spec()
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: case.trainer.start(spec), range(16)))) == 1


@pytest.mark.parametrize("changes", [{"seed": 1}, {"rank": 4}, {"business_id": BusinessId(UUID(int=2))}])
def test_another_spec_is_another_run(case: Case, changes: dict[str, Any]) -> None:
    assert case.trainer.start(case.spec()) != case.trainer.start(case.spec(**changes))


def test_the_same_spec_gives_the_same_artefact_anywhere(case: Case, other: Case) -> None:
    assert case.trained(case.spec()) == other.trained(other.spec())


def test_another_dataset_gives_another_artefact(case: Case) -> None:
    first, second = case.trained(case.spec()), case.trained(case.spec(b"something else entirely"))
    assert content(case, first) != content(case, second)


def test_a_cancelled_run_has_ended(case: Case) -> None:
    run = case.trainer.start(case.spec())
    case.trainer.cancel(run)
    case.wait()
    assert case.trainer.poll(run).status == "cancelled"


def test_a_cancelled_run_has_no_artefact(case: Case) -> None:
    run = case.trainer.start(case.spec())
    case.trainer.cancel(run)
    case.wait()
    assert case.trainer.poll(run).artefact is None


def test_cancelling_twice_is_cancelling_once(case: Case) -> None:
    run = case.trainer.start(case.spec())
    case.trainer.cancel(run)
    case.trainer.cancel(run)
    assert case.trainer.poll(run).status == "cancelled"


def test_cancelling_leaves_other_runs(case: Case) -> None:
    kept, cancelled = case.trainer.start(case.spec(seed=1)), case.trainer.start(case.spec(seed=2))
    case.trainer.cancel(cancelled)
    case.wait()
    assert case.trainer.poll(kept).status == "succeeded"


def test_cancelling_a_run_that_has_ended_changes_nothing(case: Case) -> None:
    run = case.trainer.start(case.spec())
    case.wait()
    case.trainer.cancel(run)
    assert case.trainer.poll(run).status == "succeeded"


@pytest.mark.parametrize("call", ["poll", "cancel"])
def test_an_unknown_run_is_not_found(case: Case, call: str) -> None:
    with pytest.raises(NotFound):
        getattr(case.trainer, call)("f" * 64)


@pytest.mark.parametrize("inputs", [{"dataset": "0" * 64}, {"warm_start": "0" * 64}], ids=["dataset", "warm start"])
def test_a_run_whose_input_is_absent_fails_and_says_what(case: Case, inputs: dict[str, Any]) -> None:
    run = case.trainer.start(case.spec(**inputs))
    case.wait()
    state = case.trainer.poll(run)
    assert (state.status, "0" * 64 in (state.problem or "")) == ("failed", True)


def test_an_empty_dataset_fails(case: Case) -> None:
    run = case.trainer.start(case.spec(b""))
    case.wait()
    assert case.trainer.poll(run).status == "failed"


def test_a_warm_start_carries_over_what_was_learnt(case: Case) -> None:
    before = case.trained(case.spec(b"what was learnt before" * 9))
    cold, warm = case.trained(case.spec()), case.trained(case.spec(warm_start=before))
    assert content(case, cold) != content(case, warm)


def test_a_warm_start_of_another_base_fails(case: Case) -> None:
    before = case.trained(case.spec(base_hash="c" * 64))
    run = case.trainer.start(case.spec(warm_start=before))
    case.wait()
    assert "another base" in (case.trainer.poll(run).problem or "")


@pytest.mark.parametrize("data", [b"no artefact", b"", b"PK\x03\x04 broken"])
def test_a_warm_start_that_is_no_artefact_fails(case: Case, data: bytes) -> None:
    run = case.trainer.start(case.spec(warm_start=case.blobs.put(io.BytesIO(data))))
    case.wait()
    assert case.trainer.poll(run).status == "failed"
