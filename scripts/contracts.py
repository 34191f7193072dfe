"""Writes ``contracts/``: what other programs rely on, derived from the code.

``python -m scripts.contracts`` writes it, ``--check`` says what differs and ends with status 1.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from refleqt_core.context.extraction import ExtractedContext
from refleqt_core.intake.categorisation import EntryLabels
from refleqt_core.jobs.catalogue import CATALOGUE
from refleqt_core.outputs.wording import BriefWording, MapWording, SuggestionWording
from refleqt_http.app import openapi_document

CONTRACTS = Path(__file__).parents[1] / "contracts"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

CLOSED = {"additionalProperties": False}
"""A payload with a field that its type lacks is refused."""

ANSWERS: Mapping[str, type] = {
    "extract_context": ExtractedContext,
    "categorize_entry": EntryLabels,
    "write_suggestion": SuggestionWording,
    "write_map": MapWording,
    "write_brief": BriefWording,
}
"""What a language model has to answer, by the task of the prompt."""


def schema_of(kind: type) -> dict[str, Any]:
    """The JSON Schema of a dataclass."""
    return {"$schema": DIALECT, **TypeAdapter(kind).json_schema()}


def contracts() -> dict[str, str]:
    """Every contract by its path in ``contracts/``; the same code gives the same text."""
    documents = {
        "openapi.json": openapi_document(),
        **{f"schemas/answers/{task}.json": schema_of(kind) for task, kind in ANSWERS.items()},
        **{f"schemas/jobs/{kind}.json": {**schema_of(found.payload), **CLOSED} for kind, found in CATALOGUE.items()},
    }
    return {path: f"{json.dumps(each, indent=2, sort_keys=True)}\n" for path, each in documents.items()}


def differences(folder: Path, expected: Mapping[str, str]) -> Iterator[str]:
    """A line for each file of ``folder`` that is missing, stale, or has nothing behind it."""
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*.json")}
    for path in sorted(present | set(expected)):
        if path not in present:
            yield f"{path} is missing"
        elif path not in expected:
            yield f"{path} has nothing in the code behind it; remove it"
        elif (folder / path).read_text(encoding="utf-8") != expected[path]:
            yield f"{path} differs from the code"


def write(folder: Path, expected: Mapping[str, str]) -> None:
    """The folder holds the expected files; what else lies there stays, for a person to remove."""
    for path, text in expected.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def main() -> int:
    """Writes or checks; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.contracts", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what differs")
    parser.add_argument("--folder", type=Path, default=CONTRACTS)
    asked = parser.parse_args()
    expected = contracts()
    if not asked.check:
        write(asked.folder, expected)
        return 0
    found = list(differences(asked.folder, expected))
    for line in found:
        print(line)
    if found:
        print("write them anew with: make contracts")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
