"""What the tiny trainer learns."""

import io
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest

from refleqt_adapters.blobs.memory import MemoryBlobStore
from refleqt_adapters.clock.simulated import SimulatedClock
from refleqt_adapters.trainer.memory import MemoryTrainer, low_rank, transitions
from refleqt_core.errors import InvalidInput
from refleqt_core.ports import TrainingSpec
from refleqt_core.values import BusinessId


def test_transitions_count_which_byte_follows_which() -> None:
    shares = transitions(bytes([1, 2, 1, 2, 65]))
    assert {(int(row), int(column)): shares[row, column] for row, column in np.argwhere(shares)} == {
        (1, 2): 0.5,
        (2, 1): 0.5,
    }


@pytest.mark.parametrize("data", [b"", b"x"])
def test_nothing_follows_in_fewer_than_two_bytes(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        transitions(data)


def test_a_target_of_the_rank_is_fitted_exactly() -> None:
    generator = np.random.default_rng(2)
    target = generator.normal(size=(64, 3)) @ generator.normal(size=(3, 64))
    lora_a, lora_b = low_rank(target, 3)
    np.testing.assert_allclose(lora_b @ lora_a, target, atol=1e-3)


def test_a_higher_rank_fits_better() -> None:
    target = transitions(b"the quick brown fox jumps over the lazy dog" * 3)
    losses = [float(np.linalg.norm(target - b @ a)) for a, b in (low_rank(target, rank) for rank in (1, 4, 16))]
    assert losses == sorted(losses, reverse=True)


def test_the_artefact_holds_factors_of_the_rank() -> None:
    blobs = MemoryBlobStore()
    trainer = MemoryTrainer(blobs, SimulatedClock(datetime(2026, 3, 1, tzinfo=UTC)))
    dataset = blobs.put(io.BytesIO(b"some dataset"))
    spec = TrainingSpec(
        business_id=BusinessId(UUID(int=1)), base_model="tiny", base_hash="b" * 64, dataset=dataset, rank=5
    )
    artefact = trainer.poll(trainer.start(spec)).artefact
    assert artefact is not None
    with blobs.open(artefact) as file, np.load(file) as arrays:
        assert (arrays["lora_a"].shape, arrays["lora_b"].shape) == ((5, 64), (64, 5))
