"""Events by LISTEN and NOTIFY: from any process of the database to any other.

All watchers of a process share one connection, which is open while there are any.
"""

import itertools
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg

from refleqt_adapters.postgres.connections import APPLICATION_ROLE, Database
from refleqt_adapters.postgres.vendor_errors import vendor_errors
from refleqt_adapters.transactions import connection_of
from refleqt_core.errors import Unavailable
from refleqt_core.ports import Event, Transaction
from refleqt_core.values import BusinessId

from .publishable import check
from .watchers import Watchers

CHANNEL = "refleqt_events"
LISTEN = f"listen {CHANNEL}"
NOTIFY = f"select pg_notify('{CHANNEL}', %(payload)s)"

LOOK_UP = 0.5
"""Seconds after which the listening thread looks whether anybody still watches."""

logger = logging.getLogger(__name__)


class PostgresEvents:
    """Events through a database. May be used from any thread."""

    def __init__(self, database: Database):
        self._database = database
        self._watchers = Watchers()
        self._turn = threading.Lock()
        self._listening: threading.Thread | None = None
        self._closed = False
        self._numbers = itertools.count()

    def publish(self, event: Event, *, tx: Transaction) -> None:
        """Watchers of that business get the event when ``tx`` has committed."""
        check(event, tx)
        with vendor_errors():
            connection_of(tx).exec_driver_sql(NOTIFY, {"payload": self._payload_of(event)})

    def watch(self, business_id: BusinessId, *, timeout: float) -> Iterator[Event]:
        """The events of that business from now on, as they come.

        The connection is lost: `Unavailable`, since events may have passed by.
        """
        with self._turn:
            if self._listening is None:
                connection = self._connect()
                self._listening = threading.Thread(target=self._listen, args=[connection], daemon=True, name=CHANNEL)
                watch = self._watchers.add(business_id, timeout)
                self._listening.start()
                return watch
            return self._watchers.add(business_id, timeout)

    def close(self) -> None:
        """The connection is given back, and every watch ends at its timeout. Closing twice is a no-op."""
        self._closed = True
        listening = self._listening
        if listening is not None:
            listening.join()

    def _connect(self) -> "psycopg.Connection[Any]":
        """A connection of its own that listens; one out of the pool may have died there unnoticed."""
        engine = self._database.engine
        arguments = dict(engine.dialect.create_connect_args(engine.url)[1])
        arguments |= {"options": f"-c role={APPLICATION_ROLE}", "application_name": CHANNEL}
        try:
            connection: psycopg.Connection[Any] = psycopg.connect(**arguments, autocommit=True)
            connection.execute(LISTEN)
        except psycopg.Error as error:
            raise Unavailable(f"the database does not answer: {error}") from error
        return connection

    def _listen(self, connection: "psycopg.Connection[Any]") -> None:
        try:
            with connection:
                while self._is_wanted():
                    for notification in connection.notifies(timeout=LOOK_UP):
                        self._deliver(notification.payload)
        except psycopg.Error as error:
            with self._turn:
                self._listening = None
            self._watchers.fail(Unavailable(f"the database no longer tells what happens: {error}"))

    def _is_wanted(self) -> bool:
        with self._turn:
            wanted = bool(self._watchers) and not self._closed
            if not wanted:
                self._listening = None
            return wanted

    def _deliver(self, payload: str) -> None:
        try:
            told = json.loads(payload)
            event = Event(business_id=BusinessId(UUID(told["business"])), topic=told["topic"], subject=told["subject"])
        except (ValueError, TypeError, KeyError):
            logger.warning("somebody else writes to the channel %s: %.200s", CHANNEL, payload)
        else:
            self._watchers.deliver(event)

    def _payload_of(self, event: Event) -> str:
        """A number makes each one different: PostgreSQL tells two equal notifications of a transaction as one."""
        told = {"business": str(event.business_id), "topic": event.topic, "subject": event.subject}
        return json.dumps({**told, "number": next(self._numbers)}, ensure_ascii=False)
