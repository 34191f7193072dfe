"""Recording an activity in a dialogue: what was held, when, with whom, and what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .dialogue import EMPTY, HELP, Dialogue, Stopped, WentBack, in_order, parted, picked
from .session import At

if TYPE_CHECKING:
    from rich.console import RenderableType


def asked(at: At, given: dict[str, Any]) -> dict[str, Any]:
    """What the person says of the activity, beginning with what is ``given``. Nobody to ask: `InvalidInput`."""
    from refleqt_core.errors import InvalidInput

    dialogue = Dialogue(aside=True)
    conversation = _Conversation(at, dialogue, dict(given))
    try:
        conversation.run()
    except (Stopped, WentBack):
        if not dialogue.lines:
            raise InvalidInput(
                "say which activity it was: refleqt activities record TYPE; see activities types"
            ) from None
        raise typer.Abort from None
    return conversation.said


class _Conversation:
    """Question after question; what was said is kept when one goes back."""

    def __init__(self, at: At, dialogue: Dialogue, said: dict[str, Any]) -> None:
        self._at, self._dialogue, self.said = at, dialogue, said
        self._types = at.container.activity_types().list(at.id)

    def run(self) -> None:
        from .dialogue import SIGNS
        from .tables import hint

        self._dialogue.say(hint(SIGNS))
        steps = [self._type, self._held, self._minutes, self._people, self._notes, self._files]
        in_order(steps)

    def _type(self) -> None:
        from refleqt_core.intake.activity_types import slug_of

        known = {each.slug: each for each in self._types} | {slug_of(each.name): each for each in self._types}
        self._dialogue.say("Which activity was it?", self._list())
        while True:
            line = self._dialogue.ask(self._list)
            named = picked(line, [each.slug for each in self._types])
            if (found := known.get(slug_of(named))) is not None and line:
                self.said["activity_type"] = found.slug
                return
            self._dialogue.say("Give its number or its name; one of your own is made by: refleqt activities types add")

    def _held(self) -> None:
        from refleqt_core.errors import InvalidInput

        from .words import read_moment

        self._dialogue.say("When was it held? (Enter: now; else like 2026-03-31 or 2026-03-31T15:00)")
        while line := self._dialogue.ask(lambda: "A day, or a moment in the business's own time zone."):
            try:
                self.said["held_at"] = read_moment(line, "when", self._at.business.time_zone)
            except InvalidInput as error:
                self._dialogue.say(str(error))
            else:
                return

    def _minutes(self) -> None:
        self._dialogue.say("How many minutes did it take? (Enter: not known)")
        while line := self._dialogue.ask(lambda: "A number, such as 45."):
            try:
                self.said["duration_minutes"] = max(float(line), 0.0)
            except ValueError:
                self._dialogue.say(f"'{line}' is no number")
            else:
                return

    def _people(self) -> None:
        from refleqt_core.errors import InvalidInput

        from .activities import participants

        self._dialogue.say("Who took part, and as what? (like: Ada Lund: head of sales, Bo Hart)")
        while line := self._dialogue.ask(lambda: "Names between commas, each with its role after a colon."):
            try:
                self.said["participants"] = () if line == EMPTY else participants(parted(line))
            except InvalidInput as error:
                self._dialogue.say(str(error))
            else:
                return

    def _notes(self) -> None:
        self._dialogue.say("What came of it? Write as many lines as you like; an empty one ends.")
        line = self._dialogue.ask(lambda: "Begin a line with a name and a colon, and it is known who said it.")
        lines = []
        while line:
            lines.append(line)
            line = self._dialogue.line()
        if lines:
            self.said["notes"] = "" if lines == [EMPTY] else "\n".join(lines)

    def _files(self) -> None:
        self._dialogue.say("Recordings, transcripts or other files? (paths between commas; Enter: none)")
        while line := self._dialogue.ask(lambda: "Such as talk.m4a, talk.vtt"):
            paths = [Path(each).expanduser() for each in parted(line) if each not in (EMPTY, HELP)]
            if missing := [str(path) for path in paths if not path.is_file()]:
                self._dialogue.say(f"there is no file {', '.join(missing)}")
                continue
            self.said["files"] = paths
            return

    def _list(self) -> "RenderableType":
        from .tables import row, table

        made = table(">no", "type", "*good for")
        for number, each in enumerate(self._types, 1):
            row(made, number, each.name, each.purpose)
        return made
