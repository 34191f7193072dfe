"""What the onboarding shows: headings, what was understood of a group, and how far it has come."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .field_prompts import shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from refleqt_core.intake.answer_signals import Vocabulary
    from refleqt_core.intake.onboarding_state import AskedQuestion, GroupState, OnboardingState

    from .tables import Rows

CHARGED = 1.5
"""From here on an answer is told to move somebody: about a strong word in a sentence of ten words."""

DWELT_ON = 2.0
"""Times the words that the question expects."""

QUOTED = 4
STYLES = {"answered": "green", "vague": "yellow", "skipped": "dim", "open": "dim"}


def group_heading(group: "GroupState", number: int, count: int) -> "RenderableType":
    """Which group it is, and how far along."""
    from rich.text import Text

    from .marks import share_bar

    line = Text(f"\nGroup {number} of {count} ", style="dim") + share_bar((number - 1) / count)
    return line + Text(f"  {group.group.title}\n", style="bold") + Text(group.group.help, style="dim")


def question_prompt(question: "AskedQuestion", present: str) -> "RenderableType":
    """An open question, with what is said to it."""
    from rich.text import Text

    from .words import cut

    line = Text(question.question, style="bold") + Text("  in your own words; an empty line ends", style="dim")
    return line + Text(f"\n  now: {cut(present, 100)}", style="cyan") if present else line


def invalid_page(error: Exception) -> Iterator["RenderableType"]:
    """Why a group cannot be saved as it is."""
    from rich.text import Text

    from refleqt_core.errors import Fault

    faults: Iterable[Fault] = getattr(error, "faults", ())
    for fault in faults:
        yield Text(f"  {fault.field}: {fault.problem}. ", style="red") + Text(fault.remedy, style="green")
    if not faults:
        yield Text(f"  {error}", style="red")
    yield Text("  The group is asked again; Enter keeps what you have typed.", style="dim")


def understood(group: "GroupState") -> Iterator["RenderableType"]:
    """What was understood of the group, and what was heard between the lines."""
    from rich.text import Text

    from .tables import facts, headed

    fields = {each.title: shown(each, group.fields[each.name]) for each in group.group.asked if _says(group, each.name)}
    if fields:
        yield headed("Understood", facts(list(fields.items())))
    if any(each.response for each in group.questions):
        yield headed("Between the lines", _heard(group))
    yield Text("  Saved.", style="green")


def _heard(group: "GroupState") -> "RenderableType":
    """Each question with what was heard in its answer; of several that were skipped, one line."""
    from rich.text import Text

    lines = Text()
    skipped = [each.question for each in group.questions if each.standing == "skipped"]
    for each in group.questions:
        heard = [] if each.question in skipped else list(heard_in(each.signals))
        if heard:
            lines.append(f"{each.question}\n", style="dim").append("".join(f"  • {line}\n" for line in heard))
    if skipped:
        lines.append(f"Skipped, so blind spots for now: {' '.join(skipped)}", style="dim")
    return lines if lines.plain else Text("nothing stands out", style="dim")


def heard_in(signals: Mapping[str, Any]) -> Iterator[str]:
    """What the signals of one answer say, each with the words that say so."""
    gap = signals.get("gap") or {}
    if gap.get("value", 0) > 0:
        yield f"{gap['note']}{_quoted(gap)}"
    certainty = signals.get("certainty") or {"value": 0}
    if certainty["value"]:
        yield f"you {'sound sure' if certainty['value'] > 0 else 'hedge'} here{_quoted(certainty)}"
    charge = signals.get("charge") or {"value": 0}
    if charge["value"] >= CHARGED:
        yield f"this moves you{_quoted(charge)}"
    emphasis = signals.get("emphasis") or {"value": 0}
    if emphasis["value"] >= DWELT_ON:
        yield f"you dwell on this: {emphasis['value']:.1f} times the words that the question usually gets"
    if terms := [each["note"] for each in signals.get("vocabulary") or ()]:
        yield f"your words here: {', '.join(terms[:QUOTED])}"


def status_page(state: "OnboardingState", vocabulary: "Vocabulary") -> Iterator["RenderableType"]:
    """How far the onboarding has come, group by group, and what is to be asked again."""
    from .tables import headed, hint

    yield _groups(state)
    if gaps := [(group, each) for group in state.groups for each in group.questions if _is_gap(group, each)]:
        yield headed("To ask again", _gaps(gaps))
    for heading, terms in (
        ("Words you use that your calendar doesn't", vocabulary.uses),
        ("Words your calendar uses and you avoid", vocabulary.avoids),
    ):
        if terms:
            said = (f"{each.term} ({each.in_answers} : {each.in_calendar})" for each in terms)
            yield headed(heading, hint(", ".join(said)))
    nearest = state.next
    yield hint(
        f"\nGo on with {nearest.group.title.lower()}: refleqt onboard"
        if nearest
        else "\nAll groups have been gone through. Change one with: refleqt onboard --group NAME"
    )


def _groups(state: "OnboardingState") -> "Rows":
    from rich.text import Text

    from .tables import row, table

    made = table(">", "group", "*what", "standing", ">fields", ">answers")
    for number, group in enumerate(state.groups, 1):
        asked = list(group.group.asked)
        answered = sum(each.standing == "answered" for each in group.questions)
        standing = Text(group.standing, style=STYLES[group.standing])
        fields = f"{len(asked) - len(group.empty_fields)}/{len(asked)}"
        row(made, number, group.name, group.group.title, standing, fields, f"{answered}/{len(group.questions)}")
    return made


def _gaps(gaps: Iterable[tuple["GroupState", "AskedQuestion"]]) -> "Rows":
    from .tables import row, table

    made = table("group", "*question", "*why")
    for group, each in gaps:
        note = (each.signals.get("gap") or {}).get("note", "")
        row(made, group.name, each.question, "not asked yet" if each.standing == "open" else note)
    return made


def _is_gap(group: "GroupState", question: "AskedQuestion") -> bool:
    return group.standing != "open" and question.standing != "answered"


def _says(group: "GroupState", field: str) -> bool:
    return group.group.field(field) not in group.empty_fields


def _quoted(signal: Mapping[str, Any]) -> str:
    """The words that caused it, as they were said."""
    words = dict.fromkeys(each["text"] for each in signal.get("words") or ())
    said = [f"“{word}”" for word in words if len(word) <= 40][:QUOTED]
    return f": {', '.join(said)}" if said else ""
