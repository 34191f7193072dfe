"""What the database's constraints are about, in words: under row-level security a refusal names one and no more."""

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import Constraint, make_url

from .schema import metadata


def fields_of_constraint(name: str | None) -> str:
    """The fields that the constraint is about, without the one that names the business; "key" for an unknown one."""
    return _fields().get(name or "", "key")


def in_words(name: str) -> str:
    """A column's or table's name as a person writes it: ``calendar_entry_id`` is a calendar entry."""
    return name.removesuffix("_id").replace("_", " ") if name != "external_id" else "external id"


@lru_cache(maxsize=1)
def _fields() -> Mapping[str, str]:
    """By the names that the database has for them: the longest are cut and hashed."""
    written = make_url("postgresql+psycopg://").get_dialect()().identifier_preparer
    return {
        f"{written.format_constraint(constraint)}".strip('"'): _about(constraint)
        for table in metadata.tables.values()
        for constraint in table.constraints
    }


def _about(constraint: Constraint) -> str:
    names = [column.name for column in getattr(constraint, "columns", ())]
    return " and ".join(in_words(name) for name in names if name != "business_id" or len(names) == 1)
