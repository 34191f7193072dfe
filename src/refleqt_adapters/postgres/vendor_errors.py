"""Errors of SQLAlchemy and psycopg as Refleqt names them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as postgres_errors
from sqlalchemy import exc as sqlalchemy_errors

from refleqt_core.errors import Conflict, InvalidInput, NotAllowed, NotFound, RefleqtError, Unavailable

from .constraint_words import fields_of_constraint, in_words

FAILED = "an earlier step of this transaction failed, so all of it is lost"


@contextmanager
def vendor_errors() -> Iterator[None]:
    """Errors of SQLAlchemy and psycopg become Refleqt's, with the cause kept."""
    try:
        yield
    except RefleqtError:
        raise
    except sqlalchemy_errors.DBAPIError as error:
        raise translated(error.orig) from error
    except psycopg.Error as error:
        raise translated(error) from error
    except sqlalchemy_errors.TimeoutError as error:
        raise Unavailable("no database connection became free; raise the pool size or lower the load") from error


def translated(cause: BaseException | None) -> RefleqtError:
    """What the caller can do about a database error; what it is about is said in words, its SQL stays in the cause."""
    said = str(cause).strip()
    match cause:
        case postgres_errors.UniqueViolation():
            return Conflict(
                f"there is one with the same {fields_of_constraint(cause.diag.constraint_name)} already{_among(cause)}"
            )
        case postgres_errors.SerializationFailure() | postgres_errors.DeadlockDetected():
            return Conflict("somebody else was quicker; read it again, then decide")
        case postgres_errors.ForeignKeyViolation() if "still referenced" in said:
            return Conflict("others still refer to it; remove these first")
        case postgres_errors.ForeignKeyViolation():
            return NotFound(
                f"its {fields_of_constraint(cause.diag.constraint_name)} refers to something that is absent"
            )
        case postgres_errors.InsufficientPrivilege():
            return NotAllowed("the database refuses this for the present business")
        case postgres_errors.InFailedSqlTransaction() | postgres_errors.PipelineAborted():
            return Conflict(FAILED)
        case postgres_errors.NotNullViolation():
            return InvalidInput(f"its {in_words(cause.diag.column_name or 'value')} is missing{_among(cause)}; give it")
        case postgres_errors.CheckViolation():
            return InvalidInput(f"a value is not one that the database lets in{_among(cause)}")
        case postgres_errors.ProgramLimitExceeded():
            return InvalidInput(f"a value is too large for the database: {cause.diag.message_primary}")
        case postgres_errors.DataError():
            return InvalidInput(f"the database cannot hold this value: {said}")
        case postgres_errors.UndefinedTable():
            return Unavailable("the database has no Refleqt tables yet; run: refleqt db upgrade")
        case _:
            return Unavailable(f"the database does not answer: {said}")


def _among(cause: psycopg.Error) -> str:
    """Where it was to be written."""
    table = cause.diag.table_name
    return f" among the {in_words(table)}" if table else ""
