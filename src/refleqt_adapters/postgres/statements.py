"""The statements of one transaction on their way to the server: one trip for all up to the next answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, cast

import psycopg
from psycopg import RawCursor
from sqlalchemy import Connection, RootTransaction

from refleqt_core.errors import Conflict, RefleqtError

from .vendor_errors import FAILED, translated

Row = tuple[Any, ...]


class Statements:
    """What has no answer travels with the next statement that has one, or with the commit (pipeline mode of psycopg).

    So an error of such a statement is raised later than it was sent, but before the transaction has ended. After an
    error every call raises it again: the transaction is lost.
    """

    def __init__(self, connection: Connection):
        self._connection = connection
        self._driver = cast("psycopg.Connection[Row]", connection.connection.driver_connection)
        self._pipeline = ExitStack()
        self._travelling = False
        self._lost_by: RefleqtError | None = None

    def send(self, sql: str, rows: Sequence[Sequence[Any]]) -> "psycopg.Cursor[Row]":
        """``sql``, with ``$1`` and so on in it, is executed for each of ``rows``; rowcount is there after `wait`."""
        with self._errors():
            self._travel()
            cursor = RawCursor(self._driver)
            cursor.executemany(sql, rows)
            return cursor

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        """The rows are in the table, by COPY into a table of this transaction's own: row-level security refuses others.

        They are on their way from there when this comes back.
        """
        names, staging = ", ".join(f'"{column}"' for column in columns), f"staged_{table}"
        with self._errors():
            self._arrive()
            self._driver.execute(f"create temporary table if not exists {staging} (like {table}) on commit drop")
            with self._driver.cursor().copy(f"copy {staging} ({names}) from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
            self._travel()
            insert = f"insert into {table} ({names}) select {names} from {staging}"  # noqa: S608  # names of our own
            self._driver.execute(insert)
            self._driver.execute(f"truncate {staging}")

    def ask(self, *questions: tuple[str, Mapping[str, Any]]) -> list[list[Row]]:
        """The rows of each statement, which has its values by name."""
        with self._errors():
            self._travel()
            return [cursor.fetchall() for cursor in [self._driver.execute(*question) for question in questions]]

    def wait(self) -> None:
        """Everything that was sent has been executed."""
        with self._errors():
            self._arrive()

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection in the same transaction; everything that was sent has been executed."""
        self.wait()
        return self._connection

    def lose(self, reason: RefleqtError) -> None:
        """Nothing of the transaction will be there, for that reason."""
        self._lost_by = reason

    def begin(self) -> RootTransaction:
        """The transaction has begun, as SQLAlchemy knows it."""
        self._travel()
        return self._connection.begin()

    def commit(self) -> None:
        """Everything is there, or an error says why nothing is."""
        with self._errors():
            done = self._driver.execute("commit")
            self._arrive()
        if done.statusmessage != "COMMIT":  # what the server says of a transaction in which something had failed
            raise Conflict(FAILED)

    def abandon(self) -> None:
        """Nothing is waited for any more, and errors of what was sent no longer matter."""
        with suppress(psycopg.Error):
            self._arrive()

    def _travel(self) -> None:
        if not self._travelling:
            self._pipeline.enter_context(self._driver.pipeline())
            self._travelling = True

    def _arrive(self) -> None:
        self._travelling = False
        self._pipeline.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        if self._lost_by:
            raise self._lost_by
        try:
            yield
        except psycopg.Error as error:
            self._lost_by = translated(error)
            raise self._lost_by from error


@contextmanager
def transaction_of(connection: Connection) -> Iterator[Statements]:
    """Everything that is sent in the block is there after it, or nothing of it is."""
    statements = Statements(connection)
    with statements.begin():
        try:
            yield statements
            statements.commit()
        except BaseException:
            statements.abandon()
            raise
