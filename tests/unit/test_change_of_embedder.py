"""What is found after another embedding model has been set: vectors of two models never meet."""

import attrs
import pytest
from composition import Composition

from refleqt_adapters.embedder.memory import HashingEmbedder
from refleqt_core.context.service import ContextService
from refleqt_core.ports import Vectors

SAID = "The scanners fail every morning"
PART = "scann"
"""A part of a word of it: the vectors of both models know it, and no search by words does."""


class OtherModel(HashingEmbedder):
    """Of the same length as the one before, so that nothing but the name tells the vectors apart."""

    @property
    def model(self) -> str:
        return "other"

    def embed(self, texts: list[str]) -> Vectors:  # type: ignore[override]
        return super().embed(texts)[:, ::-1].copy()


@pytest.fixture
def refleqt() -> Composition:
    return Composition()


def changed(refleqt: Composition) -> ContextService:
    return attrs.evolve(refleqt.context, embedder=OtherModel())


def test_what_was_stored_before_is_not_found_by_meaning(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.vents.write(business, SAID)
    refleqt.work()
    assert [hit.text for hit in refleqt.context.search(business, PART)] == [SAID]
    assert changed(refleqt).search(business, PART) == []


def test_what_was_stored_before_is_found_by_its_words(refleqt: Composition) -> None:
    business = refleqt.business()
    refleqt.vents.write(business, SAID)
    refleqt.work()
    assert [hit.text for hit in changed(refleqt).search(business, "scanners")] == [SAID]
