"""What a transaction offers to the adapters that join it: in memory a callback, in PostgreSQL its connection."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from refleqt_core.ports import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection


@runtime_checkable
class CallsAfterCommit(Protocol):
    """A transaction in this process's memory."""

    def after_commit(self, action: Callable[[], None]) -> None:
        """``action`` is called once when the transaction has committed, and never if it does not."""
        ...


@runtime_checkable
class HasConnection(Protocol):
    """A transaction of a PostgreSQL database."""

    def send(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """``sql`` is executed for each of ``rows`` before the transaction ends; an error of it is raised by then."""
        ...

    def connection(self) -> "Connection":
        """The SQLAlchemy connection in whose transaction everything happens."""
        ...


def memory_transaction(tx: Transaction) -> CallsAfterCommit:
    """``tx`` as one of the memory Store; another Store's raises TypeError, a fault of the wiring."""
    if not isinstance(tx, CallsAfterCommit):
        raise TypeError(f"this adapter joins transactions of the memory Store, not {type(tx).__name__}")
    return tx


def postgres_transaction(tx: Transaction) -> HasConnection:
    """``tx`` as one of the PostgreSQL Store; another Store's raises TypeError."""
    if not isinstance(tx, HasConnection):
        raise TypeError(f"this adapter joins transactions of the PostgreSQL Store, not {type(tx).__name__}")
    return tx


def connection_of(tx: Transaction) -> "Connection":
    """The connection of ``tx``, which is one of the PostgreSQL Store; another Store's raises TypeError."""
    return postgres_transaction(tx).connection()
