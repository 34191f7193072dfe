"""The onboarding as a file and as it is typed: read into what it says, and written as a form to fill in."""

from pathlib import Path
from typing import Any

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.group_drafts import GroupDraft, slug_of
from refleqt_core.intake.questionnaire import FormField

from .connectors import onboarding_file
from .connectors.cells import Unreadable, amount
from .connectors.onboarding_template import json_template, yaml_template
from .connectors.yaml_form import read_form

__all__ = ["json_template", "read_groups", "read_item", "slug_in", "yaml_template"]


def read_groups(path: Path, *, new: bool) -> tuple[GroupDraft, ...]:
    """What the YAML or JSON file says in the groups that it has; any fault raises `InvalidInput` with its line.

    With ``new`` it has to name the business.
    """
    return onboarding_file.read_groups(path, new=new)


def slug_in(path: Path) -> str | None:
    """The slug of the business that the file names, or is made of its name; None where it names none.

    A file that cannot be read at all raises `InvalidInput`.
    """
    identity = read_form(path).group("identity")
    return identity.value("slug") or slug_of(identity.value("name", default="")) or None


def read_item(field: FormField, typed: str) -> Any:
    """What a typed text means as the value of a field, or as one item of it where it is a list.

    Money is an amount and, behind it, its currency. What is at fault raises `InvalidInput`.
    """
    text = typed.strip()
    try:
        if field.kind == "money":
            said, _, currency = text.partition(" ")
            return amount(said, currency.strip())
        return onboarding_file.parser_of(field)(text)
    except Unreadable as wrong:
        raise InvalidInput([Fault("", None, field.name, wrong.problem, wrong.remedy)]) from wrong
