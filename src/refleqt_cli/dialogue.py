"""A dialogue at the terminal: one line in, and the few signs that mean the same everywhere.

Enter leaves what is there, ``-`` empties it, ``?`` explains, ``<`` goes back to the question before.
"""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .output import console

if TYPE_CHECKING:
    from rich.console import RenderableType

T = TypeVar("T")

SIGNS = "Enter skips or keeps · ? explains · < goes back · - empties · Ctrl-C stops; what is saved stays saved"
HELP, BACK, EMPTY = "?", "<", "-"


class WentBack(Exception):
    """The person wants the question before this one."""


class Stopped(Exception):
    """The person has stopped, or there is nothing more to read."""


class Dialogue:
    """Says and asks. With ``aside`` all of it is on stderr, and stdout is left to a program's answer.

    ``lines`` is how many lines said something.
    """

    def __init__(self, *, aside: bool = False) -> None:
        self._console = console(stderr=aside)
        self._out = sys.stderr if aside else sys.stdout
        self.lines = 0
        if sys.stdin.isatty():
            import readline  # noqa: F401  # with it a line can be edited, and is longer than the terminal's own limit

    def say(self, *parts: "RenderableType") -> None:
        """The parts are there to read."""
        for part in parts:
            self._console.print(part, highlight=False)

    def line(self) -> str:
        """The next line, stripped. Nothing more to read, or Ctrl-C: `Stopped`."""
        self._out.write("  › ")
        self._out.flush()
        try:
            said = _keepable(input()).strip()
            self.lines += bool(said)
            return said
        except (EOFError, KeyboardInterrupt) as stop:
            self._out.write("\n")
            raise Stopped from stop

    def ask(self, explain: Callable[[], "RenderableType"]) -> str:
        """The next line that is not ``?``, which is explained. ``<``: `WentBack`."""
        while (said := self.line()) == HELP:
            self.say(explain())
        if said == BACK:
            raise WentBack
        return said

    def paragraph(self, explain: Callable[[], "RenderableType"]) -> str:
        """Lines up to an empty one, joined; the signs count on the first alone."""
        said = [self.ask(explain)]
        if said[0] in ("", EMPTY):
            return said[0]
        while more := self.line():
            said.append(more)
        return " ".join(said)


def in_order(steps: Sequence[Callable[[], None]]) -> None:
    """Every step is done; one that goes back leads to the one before it, the first to `WentBack`."""
    place = 0
    while place < len(steps):
        try:
            steps[place]()
        except WentBack:
            if place == 0:
                raise
            place -= 1
        else:
            place += 1


def _keepable(text: str) -> str:
    """The text without halves of characters, which a terminal in another encoding sends."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def picked(said: str, options: Sequence[str]) -> str:
    """The option of that number (from 1), or the text itself."""
    return options[int(said) - 1] if said.isdecimal() and 1 <= int(said) <= len(options) else said


def parted(said: str) -> list[Any]:
    """The parts between commas or semicolons, without empty ones."""
    return [part for raw in said.replace(";", ",").split(",") if (part := raw.strip())]
