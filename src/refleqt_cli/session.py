"""What a command works with: the settings, the wired Refleqt, and the business that the command is about.

Everything heavy is imported when a command runs, so that ``refleqt --help`` answers at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from refleqt_core.errors import Fault, InvalidInput

if TYPE_CHECKING:
    from refleqt_adapters.container import Container
    from refleqt_adapters.settings import Settings
    from refleqt_core.intake.business import Business
    from refleqt_core.values import BusinessId


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """A wired Refleqt, and the business that is worked on."""

    container: "Container"
    business: "Business"

    @property
    def id(self) -> "BusinessId":
        """The business's id, as the use cases take it."""
        from refleqt_core.values import BusinessId

        return BusinessId(self.business.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """What was said before the command: where the data is, which business is meant, how much to tell of a fault."""

    home: Path | None = None
    slug: str | None = None
    debug: bool = False

    def settings(self, **chosen: str) -> "Settings":
        """The settings of the environment, the home that was named, and what the command was told to choose.

        All wrong ones raise `InvalidInput`.
        """
        from pydantic import ValidationError

        from refleqt_adapters.settings import Settings

        try:
            home = {} if self.home is None else {"home": self.home.expanduser().absolute()}
            return Settings(**home, **chosen)  # type: ignore[arg-type]  # pydantic checks them
        except ValidationError as error:
            raise InvalidInput(_fault(each["loc"], each["msg"]) for each in error.errors()) from error

    @contextmanager
    def open(self, **chosen: str) -> Iterator["Container"]:
        """A wired Refleqt with the settings ``chosen``; nothing is connected or started before it is asked for."""
        from refleqt_adapters.container import open_refleqt

        with open_refleqt(self.settings(**chosen)) as container:
            yield container

    @contextmanager
    def at_business(self) -> Iterator[At]:
        """A wired Refleqt and the business that is meant; with no telling which, `NotFound` says what there is."""
        with self.open() as container:
            yield At(container=container, business=container.profile().by_slug(self.slug))


def session(ctx: typer.Context) -> Session:
    """The session that the command runs in."""
    found = ctx.find_object(Session)
    assert found is not None
    return found


def _fault(place: tuple[int | str, ...], problem: str) -> Fault:
    name = f"REFLEQT_{str(place[0]).upper()}" if place else "the settings"
    remedy = "Set the environment variable to an allowed value, or unset it for the default."
    return Fault(name, None, None, problem, remedy)
