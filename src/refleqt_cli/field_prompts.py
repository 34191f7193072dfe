"""One typed field of the questionnaire, asked at the terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .dialogue import BACK, EMPTY, HELP, Dialogue, WentBack, in_order, parted, picked

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_core.intake.questionnaire import FormField

STOPS = 5
"""Of a scale: 1 is its left end, 5 its right one."""


def ask_field(dialogue: Dialogue, field: "FormField", present: Any, empty: Any) -> Any:
    """What the field says from now on; ``present`` where it is left, ``empty`` where it is emptied."""
    while True:
        dialogue.say(_prompt(field, present))
        try:
            return _ASKED_BY[field.kind](dialogue, field, present, empty)
        except _Unusable as wrong:
            dialogue.say(_problem(wrong))


class _Unusable(Exception):
    """What was typed cannot be used; the problem and the remedy."""


def _one(dialogue: Dialogue, field: "FormField", present: Any, empty: Any) -> Any:
    said = dialogue.ask(lambda: _explained(field))
    if said == EMPTY:
        said, present = "", empty
    if said:
        return _read(field, said)
    if field.required and not present:
        raise _Unusable("it has to be there", "Write it.")
    return present


def _many(dialogue: Dialogue, field: "FormField", present: Any, empty: Any) -> Any:
    """Options stand on one line; what is free stands one on a line, since it may have commas in it."""
    said = dialogue.ask(lambda: _explained(field))
    if said == EMPTY or not said:
        return empty if said else present
    if field.options:
        return tuple(dict.fromkeys(_read(field, part) for part in parted(said)))
    items = [said]
    while more := dialogue.line():
        if more == BACK:
            raise WentBack
        items.append(more) if more != HELP else dialogue.say(_explained(field))
    return tuple(
        dict.fromkeys(_read(field, part.strip()) for item in items for part in item.split(";") if part.strip())
    )


def _rows(dialogue: Dialogue, field: "FormField", present: Sequence[Any], empty: Any) -> Any:
    """Adds, changes and removes rows until Enter."""
    rows = list(present)
    while True:
        for number, row in enumerate(rows, 1):
            dialogue.say(_listed(number, row))
        said = dialogue.ask(lambda: _explained(field))
        if not said:
            return tuple(rows)
        if said == EMPTY:
            return empty
        _change(dialogue, field, rows, said)


def _change(dialogue: Dialogue, field: "FormField", rows: list[Any], said: str) -> None:
    """``2`` changes the second row, ``-2`` removes it, and anything else is the first column of a new one."""
    number = int(said.removeprefix("-")) if said.removeprefix("-").isdecimal() else 0
    try:
        if 1 <= number <= len(rows) and said.startswith("-"):
            del rows[number - 1]
        elif 1 <= number <= len(rows):
            rows[number - 1] = _row(dialogue, field, rows[number - 1])
        else:
            rows.append(_row(dialogue, field, None, said))
    except WentBack:
        dialogue.say("  [dim]left as it was[/]")


def _row(dialogue: Dialogue, field: "FormField", present: Any, first: str = "") -> Any:
    """The row as its columns are answered; of a new one the first column is known."""
    import attrs

    from refleqt_core.intake.group_drafts import default_of

    assert field.record is not None
    columns = [each for each in field.columns if each.asked]
    empty = {each.attribute: default_of(each, field.record) for each in field.columns}
    values = empty if present is None else {each.attribute: getattr(present, each.attribute) for each in field.columns}
    values = dict(values)
    if present is None:
        values[columns[0].attribute] = _read(columns[0], first)
        columns = columns[1:]
    in_order([_step(dialogue, each, values, empty) for each in columns])
    return field.record(**_filled(values)) if present is None else attrs.evolve(present, **_filled(values))


def _step(dialogue: Dialogue, field: "FormField", values: dict[str, Any], empty: Mapping[str, Any]) -> Any:
    def ask() -> None:
        values[field.attribute] = ask_field(dialogue, field, values[field.attribute], empty[field.attribute])

    return ask


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """A key that is not known yet is made of the name later."""
    return {name: "" if value is None else value for name, value in values.items()}


def _read(field: "FormField", said: str) -> Any:
    from refleqt_adapters.onboarding_forms import read_item
    from refleqt_core.errors import InvalidInput

    if field.options:
        said = picked(said, field.options).replace(" ", "_")
    if field.kind == "scale":
        said = _share(said)
    try:
        return read_item(field, said)
    except InvalidInput as error:
        raise _Unusable(error.faults[0].problem, error.faults[0].remedy) from error


def _share(said: str) -> str:
    """A stop of the scale as a share; anything else as it was typed."""
    return str((int(said) - 1) / (STOPS - 1)) if said.isdecimal() and 1 <= int(said) <= STOPS else said


def _prompt(field: "FormField", present: Any) -> "RenderableType":
    from rich.text import Text

    from refleqt_core.intake.questionnaire import is_empty

    line = Text(field.title, style="bold") + Text("  (has to be there)" if field.required else "", style="dim")
    line.append(f"  {_how(field)}", style="dim")
    if not is_empty(present):
        line.append(f"\n  now: {shown(field, present)}", style="cyan")
    return line


def _how(field: "FormField") -> str:
    """How the answer is typed, in a few words."""
    if field.options:
        return "  ".join(f"{number}) {name.replace('_', ' ')}" for number, name in enumerate(field.options, 1))
    if field.kind == "scale":
        return f"1 {field.ends[0]} … {STOPS} {field.ends[1]}"
    if field.kind == "rows":
        return f"{field.columns[0].title.lower()} of the next one; Enter goes on"
    return "one a line; Enter on an empty line ends" if field.kind == "list" else ""


def _explained(field: "FormField") -> "RenderableType":
    from rich.text import Text

    told = [field.help or f"{field.title}."]
    if field.kind == "choices":
        told.append("Several numbers or names, with commas between them.")
    if field.kind == "scale":
        told.append(f"1 to {STOPS}, or a share from 0 ({field.ends[0]}) to 1 ({field.ends[1]}).")
    if field.kind == "rows":
        told.append("A number changes that one, -2 removes the second, and a name adds one more.")
    if field.example:
        told.append(f"Such as: {field.example}")
    return Text("\n".join(f"  {line}" for line in told), style="yellow")


def _problem(wrong: _Unusable) -> "RenderableType":
    from rich.text import Text

    problem, remedy = wrong.args
    return Text(f"  {problem}. ", style="red") + Text(remedy, style="green")


def _listed(number: int, row: Any) -> "RenderableType":
    from rich.text import Text

    return Text(f"  {number} ", style="dim") + Text(str(row.name), style="cyan")


def shown(field: "FormField", value: Any) -> str:
    """The value on one line, as a person reads it."""
    if field.kind == "rows":
        return ", ".join(row.name for row in value)
    if field.kind == "list":
        return "; ".join(value)
    if field.options:
        return ", ".join(each.replace("_", " ") for each in ([value] if isinstance(value, str) else value))
    return f"{value:g}" if field.kind == "scale" else str(value)


_ASKED_BY = {
    "text": _one,
    "choice": _one,
    "scale": _one,
    "money": _one,
    "list": _many,
    "choices": _many,
    "rows": _rows,
}
