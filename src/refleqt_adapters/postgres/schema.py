"""The tables, derived from what the core declares of each kind of entity; the migrations are held to them."""

import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.types import TypeEngine

from refleqt_core.cdt.records import Belief
from refleqt_core.entities import Entity
from refleqt_core.intake.business import Business
from refleqt_core.kinds import KINDS
from refleqt_core.marketplace.records import Creator
from refleqt_core.outputs.records import RecommendationOutcome
from refleqt_core.values import Money

ID_COLUMNS: Mapping[type[Entity], str] = {
    Belief: "belief_id",
    Creator: "creator_id",
    RecommendationOutcome: "recommendation_id",
}
"""Where the design document gives the primary key a name of its own."""

INDEXES: Mapping[str, Sequence[Sequence[str]]] = {
    "calendar_entries": [("business_id", "publish_at")],
    "seo_metadata": [("business_id", "primary_keyword")],
    "status_changes": [("business_id", "calendar_entry_id")],
    "entry_revisions": [("business_id", "calendar_entry_id"), ("business_id", "change_id")],
    "entry_comments": [("business_id", "calendar_entry_id")],
    "performance_records": [("business_id", "calendar_entry_id", "metric")],
    "context_extractions": [("business_id", "source_id")],
    "passage_readings": [("business_id", "source_id")],
    "vent_entries": [("business_id", "written_at"), ("business_id", "theme_id")],
    "activities": [("business_id", "held_at")],
    "belief_evidence": [("business_id", "observed_at")],
    "forecasts": [("business_id", "due_at")],
    "recommendation_outcomes": [("business_id", "recommended_at")],
    "touches": [("business_id", "visitor_id")],
    "brief_offers": [("brief_id",)],
    "creator_performance": [("creator_id", "completed_at")],
    "creator_payments": [("hold_id",), ("creator_id",)],
}
"""Beside the indexes of the natural keys: what the use cases look rows up by."""

SCALARS: Mapping[object, type[TypeEngine[Any]]] = {
    str: Text,
    int: BigInteger,
    float: Double,
    bool: Boolean,
    UUID: Uuid,
    date: Date,
    bytes: LargeBinary,
}

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


@attrs.frozen
class Field:
    """How one attribute of an entity lies in its table: one column, or two for money."""

    name: str
    type: object
    nullable: bool

    @property
    def columns(self) -> list[str]:
        """The columns' names."""
        return [f"{self.name}_minor", f"{self.name}_currency"] if self.type is Money else [self.name]


def fields_of(kind: type[Entity]) -> list[Field]:
    """The attributes of ``kind`` in order, with their resolved types."""
    hints = get_type_hints(kind)
    return [Field(name, *_without_none(hints[name])) for name in attrs.fields_dict(kind)]


def column_name(kind: type[Entity], field: str) -> str:
    """The column of a plain field; the id may have a name of its own."""
    return ID_COLUMNS.get(kind, "id") if field == "id" else field


def column_type(annotation: object) -> TypeEngine[Any]:
    """Scalars have a column type, tuples of text or ids are arrays, all else is JSONB."""
    annotation = getattr(annotation, "__supertype__", annotation)
    if annotation is datetime:
        return DateTime(timezone=True)
    if annotation in SCALARS:
        return SCALARS[annotation]()
    if get_origin(annotation) is tuple and get_args(annotation)[0] in (str, UUID):
        return ARRAY(SCALARS[get_args(annotation)[0]]())
    return JSONB()


def _without_none(annotation: object) -> tuple[object, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [each for each in get_args(annotation) if each is not type(None)]
        return inner[0], len(inner) < len(get_args(annotation))
    if get_origin(annotation) is Literal:
        return str, False
    return annotation, False


def _columns(kind: type[Entity]) -> list[Column[Any]]:
    columns: list[Column[Any]] = []
    for field in fields_of(kind):
        if field.type is Money:
            minor, currency = field.columns
            columns += [
                Column(minor, BigInteger, nullable=field.nullable),
                Column(currency, Text, nullable=field.nullable),
            ]
        else:
            name = column_name(kind, field.name)
            columns.append(
                Column(name, column_type(field.type), primary_key=field.name == "id", nullable=field.nullable)
            )
    return columns


def _foreign_keys(name: str, kind: type[Entity]) -> list[ForeignKeyConstraint]:
    """A reference between two things of one business carries the business's id, so that none can cross over.

    What always refers to such a thing needs no reference of its own to the business: that one's is enough.
    """
    keys = []
    if kind.scope == "business_id" and not _belongs_to_another(kind):
        keys.append(ForeignKeyConstraint(["business_id"], ["businesses.id"], name=f"fk_{name}_business"))
    for field, target in kind.references.items():
        table, id_column = TABLE_NAMES[target], column_name(target, "id")
        if target.scope == "business_id":
            local, remote = ["business_id", field], [f"{table}.business_id", f"{table}.{id_column}"]
        else:
            local, remote = [field], [f"{table}.{id_column}"]
        keys.append(ForeignKeyConstraint(local, remote, name=f"fk_{name}_{field}"))
    return keys


def _belongs_to_another(kind: type[Entity]) -> bool:
    optional = {field.name for field in fields_of(kind) if field.nullable}
    return any(target.scope == "business_id" and name not in optional for name, target in kind.references.items())


def _table(name: str, kind: type[Entity]) -> Table:
    columns = _columns(kind)
    uniques = [UniqueConstraint(*(column_name(kind, field) for field in key)) for key in kind.unique]
    if any(kind in other.references.values() for other in KINDS.values()) and kind.scope == "business_id":
        uniques.append(UniqueConstraint("business_id", column_name(kind, "id")))
    table = Table(name, metadata, *columns, *uniques, *_foreign_keys(name, kind))
    for indexed in INDEXES.get(name, ()):
        Index(None, *(table.c[column] for column in indexed))
    return table


TABLE_NAMES: Mapping[type[Entity], str] = {kind: name for name, kind in KINDS.items()}
TABLES: Mapping[type[Entity], Table] = {kind: _table(name, kind) for name, kind in KINDS.items()}

context_embeddings = Table(
    "context_embeddings",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("business_id", Uuid, nullable=False),
    Column("source_type", Text, nullable=False),
    Column("source_id", Uuid, nullable=False),
    Column("model", Text, nullable=False),
    Column("embedding", VECTOR(), nullable=False),
    Column("text_chunk", Text, nullable=False),
    Column("words", TSVECTOR, Computed("to_tsvector('english', text_chunk)", persisted=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_context_embeddings_business"),
    Index("ix_context_embeddings_source", "business_id", "source_id"),
    Index("ix_context_embeddings_model", "business_id", "model"),
)
"""Written by the pgvector index. Exact search by business needs no index over the vectors."""

job_failures = Table(
    "job_failures",
    metadata,
    Column("job_id", BigInteger, primary_key=True),
    Column("attempt", BigInteger, primary_key=True),
    Column("problem", Text, nullable=False),
    Column("failed_at", DateTime(timezone=True), nullable=False),
)
"""Written by the PostgreSQL queue, which keeps no tracebacks itself."""

OWNED_TABLES = {name: kind.scope for name, kind in KINDS.items() if kind.scope} | {"context_embeddings": "business_id"}
"""Tables whose rows belong to a business, and the column that names it."""

PLATFORM_READS = [name for name, kind in KINDS.items() if kind.platform_reads]

assert Business.scope == "id"
