"""The onboarding as a file and as it is typed: read into what it says, and written as a form to fill in."""

from pathlib import Path
from typing import Any

from refleqt_core.errors import Fault, InvalidInput
from refleqt_core.intake.group_drafts import GroupDraft
from refleqt_core.intake.questionnaire import FormField

from .connectors import onboarding_file
from .connectors.cells import Unreadable, amount
from .connectors.onboarding_template import json_template, yaml_template

__all__ = ["json_template", "read_groups", "read_item", "yaml_template"]


def read_groups(path: Path) -> tuple[GroupDraft, ...]:
    """What the YAML or JSON file says in the groups that it has; any fault raises `InvalidInput` with its line."""
    return onboarding_file.read_groups(path)


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
