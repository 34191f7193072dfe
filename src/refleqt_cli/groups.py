"""Command groups: the root, where faults become exit codes, and groups that do something when nothing more is said."""

import errno
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperGroup

from .faults import told

if TYPE_CHECKING:
    from typer._click import Context

GIVE, GET, RUN = "What goes in", "What comes out", "The system"
"""Panels of the help."""

GLOBAL_FLAGS = ("--debug",)
GLOBAL_OPTIONS = ("--business", "--home")


def global_options_first(args: Sequence[str]) -> list[str]:
    """The arguments with the global options in front, wherever they stood before a ``--``."""
    end = args.index("--") if "--" in args else len(args)
    first: list[str] = []
    rest: list[str] = []
    given = iter(args[:end])
    for arg in given:
        name, equals, _ = arg.partition("=")
        if arg in GLOBAL_FLAGS or (name in GLOBAL_OPTIONS and equals):
            first.append(arg)
        elif arg in GLOBAL_OPTIONS:
            first += [arg, *([value] if (value := next(given, None)) is not None else [])]
        else:
            rest.append(arg)
    return [*first, *rest, *args[end:]]


class Root(TyperGroup):
    """All commands. Whatever goes wrong in one ends here, as a message on stderr and an exit code."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Global options may stand behind the command too, where people write them."""
        return super().parse_args(ctx, global_options_first(args))

    def invoke(self, ctx: "Context") -> Any:
        """The command is run; a fault that it raises becomes an exit code."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # who read our output has left, as `head` does
            raise typer.Exit(told(error, debug=bool(ctx.params.get("debug")))) from error


class WithDefault(TyperGroup):
    """A group that runs its command ``default`` when none is named."""

    default: ClassVar[str] = "list"

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Without a command's name in front the default one is meant; ``--help`` is that of the group."""
        if args[:1] != ["--help"] and not (args and args[0] in self.commands) and (not args or args[0][:1] == "-"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


class WithReport(WithDefault):
    """A group whose default is ``report``."""

    default = "report"


class WithStatus(WithDefault):
    """A group whose default is ``status``."""

    default = "status"
