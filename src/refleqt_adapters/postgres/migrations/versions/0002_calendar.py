"""The calendar in full: history, comments, templates, recurring entries, UTM templates, and remembered columns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from refleqt_adapters.postgres.migrations.security import grant, protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "column_mappings",
    "entry_comments",
    "entry_revisions",
    "entry_series",
    "entry_templates",
    "utm_templates",
)

BELONGING = (
    "activity_artifacts",
    "creator_briefs",
    "creator_payments",
    "distribution_plans",
    "map_artifacts",
    "seo_metadata",
    "status_changes",
    "tooling_metrics",
    "transcripts",
)
"""What always refers to a thing of the business, which refers to the business itself."""


def upgrade() -> None:
    for table in BELONGING:
        op.drop_constraint(f"fk_{table}_business", table, type_="foreignkey")
    op.create_unique_constraint(op.f("uq_import_batches_business_id_id"), "import_batches", ["business_id", "id"])
    op.create_table(
        "column_mappings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_column_mappings_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mappings")),
        sa.UniqueConstraint("business_id", "kind", "header", name=op.f("uq_column_mappings_business_id_kind_header")),
    )
    op.create_table(
        "entry_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_entry_series_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_series")),
        sa.UniqueConstraint("business_id", "id", name=op.f("uq_entry_series_business_id_id")),
        sa.UniqueConstraint("business_id", "name", name=op.f("uq_entry_series_business_id_name")),
    )
    op.create_table(
        "entry_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_entry_templates_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_templates")),
        sa.UniqueConstraint("business_id", "name", name=op.f("uq_entry_templates_business_id_name")),
    )
    op.create_table(
        "utm_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("utm_source", sa.Text(), nullable=False),
        sa.Column("utm_medium", sa.Text(), nullable=False),
        sa.Column("utm_campaign", sa.Text(), nullable=False),
        sa.Column("utm_content", sa.Text(), nullable=True),
        sa.Column("utm_term", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_utm_templates_business"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utm_templates")),
        sa.UniqueConstraint("business_id", "channel", name=op.f("uq_utm_templates_business_id_channel")),
        sa.UniqueConstraint("business_id", "name", name=op.f("uq_utm_templates_business_id_name")),
    )
    op.create_table(
        "entry_comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("calendar_entry_id", sa.Uuid(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_id", "calendar_entry_id"],
            ["calendar_entries.business_id", "calendar_entries.id"],
            name="fk_entry_comments_calendar_entry_id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_comments")),
    )
    op.create_index(
        op.f("ix_entry_comments_business_id_calendar_entry_id"),
        "entry_comments",
        ["business_id", "calendar_entry_id"],
        unique=False,
    )
    op.create_table(
        "entry_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("calendar_entry_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after_version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_id", "calendar_entry_id"],
            ["calendar_entries.business_id", "calendar_entries.id"],
            name="fk_entry_revisions_calendar_entry_id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_revisions")),
    )
    op.create_index(
        op.f("ix_entry_revisions_business_id_calendar_entry_id"),
        "entry_revisions",
        ["business_id", "calendar_entry_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_entry_revisions_business_id_change_id"), "entry_revisions", ["business_id", "change_id"], unique=False
    )
    op.add_column("brand_assets", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("brand_assets", sa.Column("in_use_as", sa.Text(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_brand_assets_business_id_in_use_as"), "brand_assets", ["business_id", "in_use_as"]
    )
    identity: sa.Column[object] = sa.Column("identity", postgresql.JSONB(astext_type=sa.Text()), nullable=False)
    _add_filled("business_profiles", identity, "{}")
    _add_filled("brand_assets", sa.Column("size", sa.BigInteger(), nullable=False), "0")
    _add_filled("calendar_entries", sa.Column("team", sa.ARRAY(sa.Text()), nullable=False), "{}")
    _add_filled("calendar_entries", sa.Column("own_tags", sa.ARRAY(sa.Text()), nullable=False), "{}")
    op.add_column("calendar_entries", sa.Column("notes", sa.Text(), nullable=True))
    op.add_column("calendar_entries", sa.Column("utm_term", sa.Text(), nullable=True))
    _add_filled("calendar_entries", sa.Column("categorised_by", sa.Text(), nullable=False), "rules")
    op.add_column("calendar_entries", sa.Column("import_id", sa.Uuid(), nullable=True))
    op.add_column("calendar_entries", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_calendar_entries_series_id",
        "calendar_entries",
        "entry_series",
        ["business_id", "series_id"],
        ["business_id", "id"],
    )
    op.create_foreign_key(
        "fk_calendar_entries_import_id",
        "calendar_entries",
        "import_batches",
        ["business_id", "import_id"],
        ["business_id", "id"],
    )
    op.add_column("campaigns", sa.Column("group", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("campaigns", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("campaigns", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("campaigns", sa.Column("budget_minor", sa.BigInteger(), nullable=True))
    op.add_column("campaigns", sa.Column("budget_currency", sa.Text(), nullable=True))
    op.add_column("import_batches", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    protect(dict.fromkeys(TABLES, "business_id"))
    grant(TABLES, append_only=["entry_revisions"])


def _add_filled(table: str, column: sa.Column[object], value: str) -> None:
    """The column is there, with that value in the rows of before and no default for those to come."""
    column.server_default = sa.DefaultClause(value)
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def downgrade() -> None:
    for table in BELONGING:
        op.create_foreign_key(f"fk_{table}_business", table, "businesses", ["business_id"], ["id"])
    op.drop_constraint("fk_calendar_entries_import_id", "calendar_entries")
    op.drop_constraint("fk_calendar_entries_series_id", "calendar_entries")
    op.drop_constraint("uq_import_batches_business_id_id", "import_batches")
    for table, columns in {
        "business_profiles": ["identity"],
        "brand_assets": ["removed_at", "in_use_as", "size"],
        "calendar_entries": ["team", "own_tags", "notes", "utm_term", "categorised_by", "import_id", "series_id"],
        "campaigns": ["group", "owner", "starts_on", "ends_on", "budget_minor", "budget_currency"],
        "import_batches": ["undone_at"],
    }.items():
        for column in columns:
            op.drop_column(table, column)
    for table in reversed(TABLES):
        op.drop_table(table)
