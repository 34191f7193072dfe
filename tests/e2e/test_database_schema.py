"""What holds in the database itself, whatever the program above it forgets."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from refleqt_adapters.postgres import migrate
from refleqt_adapters.postgres.connections import APPLICATION_ROLE, Database
from refleqt_adapters.postgres.database import create, drop
from refleqt_adapters.postgres.embedded_server import EmbeddedServer
from refleqt_adapters.postgres.rows import WRITINGS
from refleqt_adapters.postgres.schema import OWNED_TABLES, PLATFORM_READS, TABLE_NAMES, column_name
from refleqt_adapters.postgres.vendor_errors import vendor_errors
from refleqt_adapters.store.postgres import PostgresStore
from refleqt_core.access import ApiToken
from refleqt_core.entities import Entity
from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound, RefleqtError, Unavailable
from refleqt_core.intake.business import Business
from refleqt_core.intake.calendar import CalendarEntry, SeoMetadata, StatusChange
from refleqt_core.kinds import KINDS
from refleqt_core.values import BusinessId

APPEND_ONLY = ("creator_payments", "entry_revisions", "status_changes", "tooling_metrics")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OWN_REFERENCES = [
    (name, field, TABLE_NAMES[target])
    for name, kind in KINDS.items()
    if kind.scope == "business_id"
    for field, target in kind.references.items()
    if target.scope == "business_id"
]


@pytest.fixture(scope="module")
def owner(database_url: str) -> Iterator[Engine]:
    """The database as the owner of its tables reaches it."""
    engine = create_engine(database_url, pool_size=1)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    """The database as the program reaches it."""
    opened = Database(database_url, pool_size=2)
    yield opened
    opened.close()


@pytest.fixture
def fresh_url(database_home: Path) -> Iterator[str]:
    """A database that nobody has migrated."""
    server, name = EmbeddedServer(database_home, sync=False), f"fresh_{uuid4().hex[:8]}"
    create(server.start(), name)
    yield server.superuser_url(name)
    drop(server.start(), name)


@pytest.fixture(scope="module")
def somebody(database: Database) -> BusinessId:
    """A business that could be seen."""
    return filled(database)[0]


def entry(business: BusinessId) -> CalendarEntry:
    return CalendarEntry(
        id=uuid4(),
        business_id=business,
        external_id="E-1",
        title="Ten ways",
        artifact_type="email",
        created_at=NOON,
        updated_at=NOON,
    )


def filled(database: Database) -> tuple[BusinessId, CalendarEntry]:
    """A business with one entry, its first step on record."""
    business = BusinessId(uuid4())
    made = entry(business)
    step = StatusChange(id=uuid4(), business_id=business, calendar_entry_id=made.id, reached="idea", at=NOON)
    with PostgresStore(database).business(business) as tx:
        tx.add(Business(id=business, slug=f"b-{business}", name="Brine", created_at=NOON), made, step)
    return business, made


def scalar(engine: Engine, query: str, **values: Any) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text(query), values)


def column(engine: Engine, query: str, **values: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.scalars(text(query), values))


# The migrations.


def test_the_migrations_make_exactly_the_tables_that_the_core_declares(owner: Engine) -> None:
    with owner.connect() as connection:
        command.check(migrate.alembic_config(connection))


def test_the_newest_migration_is_the_one_that_is_upgraded_to(owner: Engine) -> None:
    with owner.connect() as connection:
        heads = ScriptDirectory.from_config(migrate.alembic_config(connection)).get_heads()
    assert heads == [migrate.HEAD]


def test_an_upgraded_database_is_left_as_it_is(database_url: str) -> None:
    assert migrate.upgrade(database_url) == migrate.HEAD


def test_of_programs_that_start_together_on_an_empty_database_one_migrates(fresh_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        before = list(pool.map(migrate.upgrade, [fresh_url] * 3))
    assert sorted(map(str, before)) == [migrate.HEAD, migrate.HEAD, "None"]
    with create_engine(fresh_url, poolclass=NullPool).connect() as connection:
        assert migrate.current_revision(connection) == migrate.HEAD


def test_a_database_that_nobody_migrated_says_how_to(fresh_url: str) -> None:
    unmigrated = Database(fresh_url, pool_size=1)
    with pytest.raises(Unavailable, match="refleqt db upgrade"):
        unmigrated.check()
    unmigrated.close()


def test_a_database_of_a_newer_program_is_left_alone_and_says_what_to_do(fresh_url: str) -> None:
    migrate.upgrade(fresh_url)
    engine = create_engine(fresh_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(Unavailable, match=r"9999.*newer Refleqt"):
        migrate.upgrade(fresh_url)
    assert scalar(engine, "select version_num from alembic_version") == "9999"


def test_check_names_server_vector_and_schema(database: Database) -> None:
    said = database.check()
    assert "PostgreSQL" in said and "pgvector" in said and f"schema {migrate.HEAD}" in said


# Row-level security.


def test_every_table_that_names_a_business_is_protected(owner: Engine) -> None:
    columns = "select table_name from information_schema.columns where table_schema = 'public'"
    assert set(column(owner, f"{columns} and column_name = 'business_id'")) <= set(OWNED_TABLES)


@pytest.mark.parametrize("table", OWNED_TABLES)
def test_row_level_security_is_on_and_holds_for_the_owner_too(owner: Engine, table: str) -> None:
    asked = "select relrowsecurity and relforcerowsecurity from pg_class where oid = to_regclass(:table)"
    assert scalar(owner, asked, table=table) is True


@pytest.mark.parametrize("table", OWNED_TABLES)
def test_rows_are_read_and_written_only_by_the_business_that_they_name(owner: Engine, table: str) -> None:
    with owner.connect() as connection:
        rows = connection.execute(
            text(
                "select cmd, permissive, qual, with_check from pg_policies where tablename = :table order by policyname"
            ),
            {"table": table},
        ).all()
    own = next(row for row in rows if row.cmd == "ALL")
    assert own.qual == own.with_check
    assert own.qual.startswith(f"({OWNED_TABLES[table]} = ") and "app.business_id" in own.qual
    others = [(row.cmd, row.with_check) for row in rows if row is not own]
    assert others == ([("SELECT", None)] if table in PLATFORM_READS else [])


@pytest.mark.parametrize("table", OWNED_TABLES)
def test_a_forgotten_setting_shows_no_rows(database: Database, table: str) -> None:
    filled(database)
    with database.engine.begin() as connection:
        assert connection.scalar(text(f"select count(*) from {table}")) == 0  # a name of ours


def test_the_setting_of_one_transaction_is_gone_in_the_next_of_its_connection(database_url: str) -> None:
    single = Database(database_url, pool_size=1)
    business, _ = filled(single)
    with single.transaction(business) as connection:
        assert connection.scalar(text("select count(*) from calendar_entries")) == 1
    with single.engine.begin() as connection:
        assert connection.scalar(text("select count(*) from calendar_entries")) == 0
    single.close()


@pytest.mark.parametrize(
    "statement",
    ["select id from calendar_entries", "update calendar_entries set title = 'x'", "delete from calendar_entries"],
)
def test_plain_sql_of_another_business_reaches_nothing(database: Database, statement: str) -> None:
    filled(database)
    other = BusinessId(uuid4())
    with database.transaction(other) as connection:
        assert connection.execute(text(statement)).rowcount == 0


def test_plain_sql_cannot_write_in_the_name_of_another_business(database: Database) -> None:
    business, _ = filled(database)
    with pytest.raises(NotAllowed), database.transaction(BusinessId(uuid4())) as connection:
        connection.execute(
            text("insert into campaigns (id, version, business_id, name, goal) values (:id, 0, :business, 'x', '')"),
            {"id": uuid4(), "business": business},
        )


def test_plain_sql_cannot_give_a_row_to_another_business(database: Database) -> None:
    business, _ = filled(database)
    other, _ = filled(database)
    with pytest.raises((NotAllowed, NotFound, Conflict)), database.transaction(business) as connection:
        connection.execute(text("update calendar_entries set business_id = :other"), {"other": other})


def test_the_platform_sees_the_directory_and_no_calendar(database: Database) -> None:
    business, _ = filled(database)
    with database.transaction(None) as connection:
        seen = connection.scalars(text("select id from businesses")).all()
        assert business in seen
        assert connection.scalar(text("select count(*) from calendar_entries")) == 0


def test_the_platform_cannot_rename_a_business(database: Database) -> None:
    filled(database)
    with database.transaction(None) as connection:
        assert connection.execute(text("update businesses set name = 'x'")).rowcount == 0


# References and natural keys.


def constraint_columns(engine: Engine, table: str, kind: str) -> set[frozenset[str]]:
    """The sets of columns of that table's constraints, and for a foreign key the table that it refers to."""
    query = """
        select array_agg(a.attname::text) || array[coalesce(c.confrelid::regclass::text, '')]
        from pg_constraint c cross join unnest(c.conkey) k(number)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
        where c.conrelid = to_regclass(:table) and c.contype = :kind group by c.oid, c.confrelid
    """
    return {frozenset(each) - {"-", ""} for each in column(engine, query, table=table, kind=kind)}


@pytest.mark.parametrize(("table", "field", "target"), OWN_REFERENCES, ids=lambda each: str(each))
def test_a_reference_carries_the_business_so_that_none_can_cross_over(
    owner: Engine, table: str, field: str, target: str
) -> None:
    assert frozenset({"business_id", field, target}) in constraint_columns(owner, table, "f")


@pytest.mark.parametrize("name", KINDS)
def test_every_natural_key_is_held_by_the_database(owner: Engine, name: str) -> None:
    kind: type[Entity] = KINDS[name]
    held = constraint_columns(owner, name, "u")
    assert {frozenset(column_name(kind, field) for field in key) for key in kind.unique} <= held


def test_plain_sql_of_the_owner_cannot_refer_to_another_business_s_entry(database: Database, database_url: str) -> None:
    _, theirs = filled(database)
    business, _ = filled(database)
    row = WRITINGS[SeoMetadata].values_of(SeoMetadata(id=uuid4(), business_id=business, calendar_entry_id=theirs.id))
    with pytest.raises(NotFound, match="absent"), vendor_errors(), psycopg.connect(database_url) as connection:
        psycopg.RawCursor(connection).execute(WRITINGS[SeoMetadata].insert, row)


# The rights of the application's role.


def test_the_program_works_as_a_role_that_may_do_nothing_but_its_work(database: Database) -> None:
    query = "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication from pg_roles"
    with database.transaction(None) as connection:
        assert connection.scalar(text("select current_user")) == APPLICATION_ROLE
        rights = connection.execute(text(f"{query} where rolname = current_user")).one()  # a constant
    assert not any(rights)


@pytest.mark.parametrize("catalogue", ["pg_class:relowner", "pg_proc:proowner", "pg_namespace:nspowner"])
def test_the_program_s_role_owns_nothing(owner: Engine, catalogue: str) -> None:
    table, field = catalogue.split(":")
    owned = f"select count(*) from {table} where {field} = :role ::regrole"  # constants
    assert scalar(owner, owned, role=APPLICATION_ROLE) == 0


def test_the_program_s_role_is_no_member_of_another(owner: Engine) -> None:
    query = "select count(*) from pg_auth_members where member = :role ::regrole"
    assert scalar(owner, query, role=APPLICATION_ROLE) == 0


@pytest.mark.parametrize("table", TABLE_NAMES.values())
def test_rows_can_be_read_added_and_taken_away_and_only_those_that_may_change_be_changed(
    owner: Engine, table: str
) -> None:
    def may(right: str) -> bool:
        query = "select has_table_privilege(:role, :table, :right)"
        return bool(scalar(owner, query, role=APPLICATION_ROLE, table=table, right=right))

    assert may("select") and may("insert") and may("delete")
    assert may("update") is (table not in APPEND_ONLY)
    assert not may("truncate") and not may("trigger")


def test_what_is_appended_cannot_be_rewritten(database: Database) -> None:
    business, _ = filled(database)
    with pytest.raises(NotAllowed), database.transaction(business) as connection:
        connection.execute(text("update status_changes set reached = 'published'"))
    with database.transaction(business) as connection:
        assert connection.scalar(text("select reached from status_changes")) == "idea"


@pytest.mark.parametrize(
    "statement",
    [
        "alter table calendar_entries disable row level security",
        "drop policy own_rows on calendar_entries",
        "truncate calendar_entries cascade",
        "create table stolen as select * from calendar_entries",
        "update alembic_version set version_num = 'x'",
    ],
)
def test_the_program_s_role_cannot_undo_its_own_limits(database: Database, statement: str) -> None:
    with pytest.raises(NotAllowed), database.transaction(BusinessId(uuid4())) as connection:
        connection.execute(text(statement))


# What the program is told of a database's errors.


def broken(store: PostgresStore, business: BusinessId, existing: CalendarEntry) -> dict[str, Callable[[], None]]:
    def write(*entities: Entity) -> Callable[[], None]:
        def act() -> None:
            with store.business(business) as tx:
                tx.add(*entities)

        return act

    def token() -> None:
        with store.platform() as tx:
            same = {"digest": f"d-{business}", "for_business": business, "created_at": NOON, "expires_at": NOON}
            tx.add(ApiToken(id=uuid4(), **same), ApiToken(id=uuid4(), **same))

    def number() -> None:
        with store.business(business) as tx:
            tx.find(SeoMetadata)
            tx.add(SeoMetadata(id=uuid4(), business_id=business, calendar_entry_id=existing.id, search_volume=2**70))

    return {
        "the same key again": write(entry(business)),
        "the same token again": token,
        "a reference to nothing": write(
            SeoMetadata(id=uuid4(), business_id=business, calendar_entry_id=uuid4()),
        ),
        "a character that text cannot hold": write(
            CalendarEntry(
                id=uuid4(),
                business_id=business,
                external_id="\x00",
                title="x",
                artifact_type="email",
                created_at=NOON,
                updated_at=NOON,
            )
        ),
        "a number that is too large": number,
    }


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("the same key again", Conflict),
        ("the same token again", Conflict),
        ("a reference to nothing", NotFound),
        ("a character that text cannot hold", InvalidInput),
        ("a number that is too large", InvalidInput),
    ],
)
def test_an_error_says_who_can_mend_it_and_keeps_its_cause(
    database: Database, what: str, error: type[RefleqtError]
) -> None:
    business, made = filled(database)
    with pytest.raises(error) as raised:
        broken(PostgresStore(database), business, made)[what]()
    assert isinstance(raised.value.__cause__, DBAPIError | psycopg.Error)


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    nowhere = Database(f"postgresql+psycopg://nobody@/none?host={tmp_path}", pool_size=1)
    with pytest.raises(Unavailable, match="does not answer"):
        nowhere.check()
    nowhere.close()


def test_errors_of_the_program_itself_pass_as_they_are(database: Database) -> None:
    def fail(_connection: Connection) -> None:
        raise NotFound("there is no such thing")

    with pytest.raises(NotFound, match="no such thing"), database.transaction(None) as connection:
        fail(connection)
