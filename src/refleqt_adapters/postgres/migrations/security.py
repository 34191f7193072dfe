"""Row-level security and rights, as statements that every migration with a new table calls."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
from alembic import op

ROLE = "refleqt_app"
OWN_ROWS = "nullif(current_setting('app.business_id', true), '')::uuid"


GRANT_JOB_TABLES = f"""
do $$ declare it record; begin
  for it in select tablename as name from pg_tables where schemaname = 'public' and tablename like 'procrastinate%'
  loop execute format('grant select, insert, update, delete on %I to {ROLE}', it.name); end loop;
  for it in select sequencename as name from pg_sequences where schemaname = 'public'
  loop execute format('grant usage, select on sequence %I to {ROLE}', it.name); end loop;
end $$
"""  # noqa: S608  # a constant


EXPECT_MANY_ROWS = """
select pg_restore_attribute_stats('schemaname', 'public', 'relname', cast(:table as text), 'attname', 'business_id',
                                  'inherited', false, 'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 1::real)
"""
"""Until the first ANALYZE the planner would take a business for one row. It would then check references by any index
that begins with the business, row by row, and keep that plan for as long as the connection lives."""


def protect(tables: Mapping[str, str], platform_reads: Iterable[str] = ()) -> None:
    """Rows of ``tables`` are there only for the business that the named column says; for the owner of the tables too.

    Without a business in the transaction's setting the comparison is with NULL, and no row is there at all.
    """
    for table, column in tables.items():
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        rule = f"{column} = {OWN_ROWS}"
        op.execute(f"create policy own_rows on {table} using ({rule}) with check ({rule})")
        if column == "business_id":
            _expect_many_rows_of_each_business(table)
    for table in platform_reads:
        op.execute(
            f"create policy platform_reads on {table} for select "
            "using (current_setting('app.scope', true) = 'platform')"
        )


def _expect_many_rows_of_each_business(table: str) -> None:
    """Servers before version 18 cannot be told; they find out by themselves, a minute after the first rows."""
    if (op.get_bind().dialect.server_version_info or ()) >= (18,):
        op.execute(sa.text(EXPECT_MANY_ROWS).bindparams(table=table))


def keep_for_platform(tables: Iterable[str]) -> None:
    """Rows of ``tables`` are there only for the platform's own transactions, which no business's request works in."""
    for table in tables:
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        rule = "current_setting('app.scope', true) = 'platform'"
        op.execute(f"create policy platform_only on {table} using ({rule}) with check ({rule})")


def grant(tables: Iterable[str], *, append_only: Iterable[str] = ()) -> None:
    """The application's role can read and write the tables, and cannot rewrite the rows of the append-only ones."""
    for table in tables:
        op.execute(f"grant select, insert, update, delete on {table} to {ROLE}")
    for table in append_only:
        op.execute(f"revoke update on {table} from {ROLE}")


def install_job_tables() -> None:
    """procrastinate's tables and functions, with the rights to use them."""
    from procrastinate.schema import SchemaManager

    cursor = op.get_bind().connection.cursor()
    cursor.execute(SchemaManager.get_schema())
    op.execute(GRANT_JOB_TABLES)
