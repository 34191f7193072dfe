"""The team of a business, and the creators of the marketplace with their past jobs, from files."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from refleqt_core.intake.calendar import ARTIFACT_TYPES
from refleqt_core.intake.team_drafts import MemberDraft
from refleqt_core.marketplace.drafts import CreatorDraft, CreatorJob
from refleqt_core.marketplace.records import SPECIALIZATIONS, TIERS

from .cells import Unreadable, choice, currency_code, moment, number, text, whole, yes_no
from .csv_table import Column, Problem, read_table
from .keyed_rows import FileContent
from .yaml_form import Form, read_form

_whole = whole(minimum=0, maximum=2**31 - 1)
_share = number(minimum=0, maximum=1, remedy="Write a share")
_hours = number(minimum=0, remedy="Write how many hours")


def read_team(path: Path) -> list[MemberDraft]:
    """The ``members`` of a YAML file, each name once; any fault raises `InvalidInput` with all faults."""
    document = read_form(path)
    forms = document.items("members", required=True)
    members = [_member(form) for form in forms]
    _fault_twice(forms, "name", [member.name for member in members])
    document.finish()
    return members


def _member(form: Form) -> MemberDraft:
    form.value("about")
    name = form.value("name", required=True)
    return MemberDraft(name=name, role=form.value("role", default=""), email=form.value("email", _email))


def _email(said: str) -> str:
    name, at, domain = said.partition("@")
    if not (name and at and domain) or " " in said:
        raise Unreadable(f"'{said[:100]}' is not an e-mail address", "Write it like name@company.example.")
    return said


def read_creators(path: Path) -> list[CreatorDraft]:
    """The ``creators`` of a YAML file, each ``external_id`` once; any fault raises `InvalidInput` with all faults.

    Base fees are in minor units (cents) of the document's ``currency``, EUR where it names none.
    """
    document = read_form(path)
    currency = document.value("currency", currency_code, default="EUR")
    forms = document.items("creators", required=True)
    creators = [_creator(form, currency) for form in forms]
    _fault_twice(forms, "external_id", [creator.external_id for creator in creators])
    document.finish()
    return creators


def _creator(form: Form, currency: str) -> CreatorDraft:
    makes = form.values("artifact_types", choice(*ARTIFACT_TYPES), required=True)
    fees = form.group("base_fee")
    asked = {kind: fees.value(kind, _whole, required=kind in makes) for kind in ARTIFACT_TYPES}
    return CreatorDraft(
        external_id=form.value("external_id", required=True),
        display_name=form.value("display_name", required=True),
        specializations=form.values("specializations", choice(*SPECIALIZATIONS)),
        artifact_types=makes,
        tier=form.value("tier", choice(*TIERS), default="rising"),
        capacity=form.value("capacity", _whole, default=1),
        current_load=form.value("current_load", _whole, default=0),
        fees={kind: fee for kind, fee in asked.items() if fee is not None},
        currency=currency,
        portfolio=form.value("portfolio", default=""),
    )


def _fault_twice(forms: list[Form], field: str, values: list[Any]) -> None:
    for form, value in zip(forms, values, strict=True):
        if value and values.count(value) > 1:
            form.fault(field, f"'{value}' stands there {values.count(value)} times", "Keep one of them.")


HISTORY_COLUMNS = (
    Column("brief_id", text, required=True),
    Column("creator_id", text, required=True),
    Column("artifact_type", choice(*ARTIFACT_TYPES), required=True),
    Column("summary", text, default=""),
    Column("quality_score", _share),
    Column("delivery_hours", _hours),
    Column("sla_hours", _hours),
    Column("revision_count", _whole, default=0),
    Column("customer_satisfaction", _share),
    Column("artifact_performance", _share),
    Column("completed_at", moment, required=True),
    Column("accepted", yes_no, default=True),
)


def read_creator_history(path: Path, *, skip_bad_rows: bool = False) -> FileContent[CreatorJob]:
    """The past jobs of a CSV file, each creator once a brief; faults as `read_table` raises them.

    A job that was accepted has a quality score and both times.
    """
    key = ("brief_id", "creator_id")
    table = read_table(path, HISTORY_COLUMNS, key=key, check=_check_figures, skip_bad_rows=skip_bad_rows)
    return table.content(CreatorJob(**row) for row in table.rows)


def _check_figures(row: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("quality_score", "delivery_hours", "sla_hours"):
        if row["accepted"] and row[name] is None:
            yield Problem(
                name, "the job was accepted, and the field is empty", "Write it, or that it was not accepted."
            )
