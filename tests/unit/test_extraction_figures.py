"""The document on extraction says what the code does."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest


def benchmark() -> Any:
    """The benchmark as a module; its folder is no package of the tests."""
    path = Path(__file__).parents[2] / "benchmarks" / "extraction.py"
    spec = importlib.util.spec_from_file_location("extraction_benchmark", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


extraction = benchmark()
LABELLED = extraction.labelled()


def test_the_document_has_the_figures_that_the_code_gives() -> None:
    document = extraction.DOCUMENT.read_text(encoding="utf-8")
    assert extraction.written(document, extraction.tables()) == document


@pytest.mark.parametrize("part", extraction.PARTS)
def test_every_label_stands_in_its_text(part: str) -> None:
    for each in LABELLED[part]:
        for kind, labels in each["expect"].items():
            if not kind.startswith("theme"):
                assert all(label.split(": ", 1)[-1] in each["text"] for label in labels), each["text"]


def test_there_are_enough_texts_that_nothing_was_tuned_on() -> None:
    assert len({each["text"] for part in extraction.PARTS for each in LABELLED[part]}) >= 100
    assert len(LABELLED["held_out"]) + len(LABELLED["new_held_out"]) >= 40


def test_no_label_and_no_finding_are_no_fault() -> None:
    nothing = extraction.Figures(0, 0, 0, 0)
    assert (nothing.precision, nothing.recall) == (1.0, 1.0)


def test_figures_are_shares_of_what_was_found_and_of_what_was_labelled() -> None:
    figures = extraction.Figures(hit=1, labels=2, right=3, found=4)
    assert (figures.precision, figures.recall, figures.f1) == (0.75, 0.5, 0.6)


def test_the_genuine_sentences_and_the_attacks_are_as_many_as_the_document_says() -> None:
    genuine = json.loads(extraction.GENUINE.read_text(encoding="utf-8"))
    attacks = json.loads(extraction.ATTACKS.read_text(encoding="utf-8"))["attacks"]
    assert len(genuine["tuning"]) >= 100 and len(genuine["new_held_out"]) == 40 and len(attacks) >= 30
