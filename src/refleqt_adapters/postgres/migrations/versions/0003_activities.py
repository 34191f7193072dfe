"""Own types of activities, readings of passages and sources, and what the models cost."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from refleqt_adapters.postgres.migrations.security import grant, protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = ["activity_types", "llm_budgets", "llm_spend", "passage_readings", "source_readings"]


def upgrade() -> None:
    op.create_table(
        "activity_types",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("guide", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_activity_types_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_types")),
        sa.UniqueConstraint("business_id", "slug", name=op.f("uq_activity_types_business_id_slug")),
    )
    op.create_table(
        "llm_budgets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("monthly_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_llm_budgets_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_budgets")),
        sa.UniqueConstraint("business_id", name=op.f("uq_llm_budgets_business_id")),
    )
    op.create_table(
        "llm_spend",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_llm_spend_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_spend")),
        sa.UniqueConstraint(
            "business_id", "day", "task", "model", name=op.f("uq_llm_spend_business_id_day_task_model")
        ),
    )
    op.create_table(
        "passage_readings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_passage_readings_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage_readings")),
        sa.UniqueConstraint("business_id", "digest", name=op.f("uq_passage_readings_business_id_digest")),
    )
    op.create_index(
        op.f("ix_passage_readings_business_id_source_id"),
        "passage_readings",
        ["business_id", "source_id"],
        unique=False,
    )
    op.create_table(
        "source_readings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("passages", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("sentiment", sa.Double(), nullable=False),
        sa.Column("topics", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_source_readings_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_readings")),
        sa.UniqueConstraint("business_id", "source_id", name=op.f("uq_source_readings_business_id_source_id")),
    )
    _add_filled("activities", sa.Column("title", sa.Text(), nullable=False), "")
    op.add_column("activities", sa.Column("recommendation_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_activities_business_id_held_at"), "activities", ["business_id", "held_at"], unique=False)
    op.add_column("activity_artifacts", sa.Column("problem", sa.Text(), nullable=True))
    op.add_column("context_extractions", sa.Column("speaker", sa.Text(), nullable=True))
    op.add_column("vent_entries", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("vent_entries", sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("vent_themes", sa.Column("named_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_vent_entries_business_id_theme_id"), "vent_entries", ["business_id", "theme_id"], unique=False
    )
    op.create_index(
        op.f("ix_vent_entries_business_id_written_at"), "vent_entries", ["business_id", "written_at"], unique=False
    )
    protect(dict.fromkeys(TABLES, "business_id"))
    grant(TABLES, append_only=[])


def _add_filled(table: str, column: sa.Column[object], value: str) -> None:
    """The column is there, with that value in the rows of before and no default for those to come."""
    column.server_default = sa.DefaultClause(value)
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def downgrade() -> None:
    op.drop_index("ix_vent_entries_business_id_written_at", "vent_entries")
    op.drop_index("ix_vent_entries_business_id_theme_id", "vent_entries")
    op.drop_index("ix_activities_business_id_held_at", "activities")
    for table, columns in {
        "activities": ["title", "recommendation_id"],
        "activity_artifacts": ["problem"],
        "context_extractions": ["speaker"],
        "vent_entries": ["edited_at", "placed_at"],
        "vent_themes": ["named_at"],
    }.items():
        for column in columns:
            op.drop_column(table, column)
    for table in reversed(TABLES):
        op.drop_table(table)
