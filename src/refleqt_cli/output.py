"""What commands print: JSON for programs, or a page for people that fits their terminal."""

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDEST = 120
"""Columns; wider lines are hard to read."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs, and nothing else, on stdout.")]


def print_json(value: object) -> None:
    """The value is on stdout as one JSON document, its entities as objects with every field."""
    sys.stdout.write(json.dumps(document(value), ensure_ascii=False, indent=2) + "\n")


def document(value: Any) -> Any:
    """The value as JSON has it: moments and days in ISO 8601, ids and paths as text, money in minor units."""
    if isinstance(value, Mapping):
        return {str(name): document(each) for name, each in value.items()}
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Path):
        return str(value)
    if fields := getattr(value, "__attrs_attrs__", None) or getattr(value, "__dataclass_fields__", None):
        names = [field if isinstance(field, str) else field.name for field in fields]
        return {name: document(getattr(value, name)) for name in names}
    if hasattr(value, "_asdict"):
        return document(value._asdict())
    return [document(each) for each in value]


def print_page(*parts: "RenderableType") -> None:
    """The parts are on stdout for a person to read."""
    out = console()
    for part in parts:
        out.print(part)


def say(text: str) -> None:
    """A remark for the person at the terminal, on stderr, so that stdout holds the answer alone."""
    console(stderr=True).print(text, highlight=False)


def console(*, stderr: bool = False) -> "Console":
    """A console no wider than `WIDEST`, which draws in ASCII where the terminal has nothing else.

    What would steer the terminal or turn its text around is shown and does nothing, wherever the text came from.
    """
    from rich.console import Console

    from .visible import VisibleConsole

    found = Console(stderr=stderr, highlight=False, emoji=False)
    return VisibleConsole(stderr=stderr, highlight=False, emoji=False, width=min(found.width, WIDEST))
