"""The gate in front of PostgreSQL: while the database is away nobody waits for it, and one thread looks for its return.

It shuts at the first sign of absence: no connection can be made, or a connection stays silent (a server that hangs
keeps its sockets open, so no error ever comes). It opens when the database answers a question of the gate's own. A
statement that takes too long is no absence: PostgreSQL itself ends it, and says so (ADR 0017).
"""

from __future__ import annotations

import logging
import select
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from typing import Any

import psycopg
from psycopg import generators
from psycopg.abc import RV, PQGen
from psycopg.pq import ExecStatus
from psycopg.waiting import Ready
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from typing_extensions import override

from backend.infrastructure.figures import CONNECTIONS_IN_USE

log = logging.getLogger(__name__)

# An idle connection answers its ping in less than a millisecond; a request may wait one second in all (S32).
PING_WITHIN_S = 0.7
# Each worker looks for itself: a rare look would leave one refusing while the other serves.
_LOOK_AGAIN_S = 0.1
# A server that answered anybody so short a time ago is not asked whether it is there: under load, none is asked.
HEARD_LATELY_S = 0.005
# A refusal that PostgreSQL itself spoke (too many clients, a wrong password) is an answer; libpq keeps no code of it.
_SPOKEN = "FATAL:"
# But not this one: it starts, stops or recovers.
_SPOKEN_ABSENCE = "FATAL:  the database system is"


class Silence(psycopg.OperationalError):
    """The server has said nothing for too long, not even that it gave up."""


class WatchedConnection(psycopg.Connection[Any]):  # the rows are whatever the statement selects
    """A connection that is not waited for without end."""

    gate: DatabaseGate | None = None
    within_s: float = PING_WITHIN_S
    _poll: select.poll | None = None

    @override
    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for what the server says, but for ``within_s`` seconds at most."""
        told = super().wait(self._watched(gen), interval, timeout)
        if self.gate is not None:
            self.gate.heard_at_s = time.monotonic()
        return told

    def is_there(self) -> bool:
        """Tell whether the server is at the other end of an idle connection. Asks it only where that is in doubt.

        There is no doubt while it answers others, and says nothing that nobody asked for: that it ended this one.
        """
        if self.gate is not None and self.gate.heard_lately and not self._has_something_to_read():
            return True
        answer_within_s, self.within_s = self.within_s, PING_WITHIN_S
        try:
            self.pgconn.send_query(b"")
            told = self.wait(generators.execute(self.pgconn))
        except psycopg.Error:
            return False
        finally:
            self.within_s = answer_within_s
        # A server that ends the connection says that in place of an answer.
        return [result.status for result in told] == [ExecStatus.EMPTY_QUERY]

    def _has_something_to_read(self) -> bool:
        if self._poll is None:
            self._poll = select.poll()
            self._poll.register(self.pgconn.socket, select.POLLIN)
        return bool(self._poll.poll(0))

    def _watched(self, gen: PQGen[RV]) -> Generator[Any, Any, RV]:  # psycopg's: what is waited for, what is ready
        deadline_s = time.monotonic() + self.within_s
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                # Judged only while there is nothing to read: that we were slow is no silence of theirs.
                if ready == Ready.NONE:
                    self._refuse_silence(deadline_s)
                wanted = gen.send(ready)
        except StopIteration as end:
            result: RV = end.value
            return result

    def _refuse_silence(self, deadline_s: float) -> None:
        is_late = time.monotonic() > deadline_s
        if is_late and self.gate is not None:
            self.gate.shut()
        if is_late or (self.gate is not None and self.gate.is_shut):
            self.pgconn.finish()
            raise Silence("the database keeps silent")


class DatabaseGate:
    """Open while the database is there. One for each engine; safe for threads."""

    def __init__(self, engine: Engine, *, answer_within_s: float) -> None:
        self.is_shut = False
        self.heard_at_s = 0.0
        self._answer_within_s = answer_within_s
        self._lock = threading.Lock()
        self._how_to_connect: tuple[Sequence[str], Mapping[str, Any]] = ((), {})  # as SQLAlchemy hands it to the driver
        event.listen(engine, "do_connect", self._connect)
        event.listen(engine, "checkout", self._taken)
        event.listen(engine, "checkin", self._returned)

    @property
    def heard_lately(self) -> bool:
        """Tell whether the server answered anybody just now."""
        return time.monotonic() < self.heard_at_s + HEARD_LATELY_S

    def shut(self) -> None:
        """Let nobody through until the database has answered. Looks for it at once, in a thread of its own."""
        with self._lock:
            if self.is_shut:
                return
            self.is_shut = True
        log.warning("database away")
        threading.Thread(target=self._look, name="database-gate", daemon=True).start()

    def _look(self) -> None:
        while not self._answers():
            time.sleep(_LOOK_AGAIN_S)
        self.is_shut = False
        log.warning("database back")

    def _answers(self) -> bool:
        arguments, options = self._how_to_connect
        try:
            with closing(WatchedConnection.connect(*arguments, **options)) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            return not _is_absence(error)
        return True

    def _connect(
        self, _dialect: object, _record: object, arguments: Sequence[str], options: dict[str, Any]
    ) -> WatchedConnection:
        return self.connect(arguments, options)

    def connect(self, arguments: Sequence[str], options: Mapping[str, Any]) -> WatchedConnection:
        """Return a new connection, watched. Raises psycopg.OperationalError."""
        if self.is_shut:
            raise psycopg.OperationalError("the database is away")
        self._how_to_connect = (arguments, options)
        try:
            connection = WatchedConnection.connect(*arguments, **options)
        except psycopg.OperationalError as error:
            if _is_absence(error):
                self.shut()
            raise
        connection.gate, connection.within_s = self, self._answer_within_s
        return connection

    @staticmethod
    def _taken(connection: WatchedConnection, _record: object, _proxy: object) -> None:
        if not connection.is_there():
            # Whatever else lies in the pool is as old; SQLAlchemy takes a new one.
            raise InvalidatePoolError
        CONNECTIONS_IN_USE.inc()

    @staticmethod
    def _returned(_connection: WatchedConnection | None, _record: object) -> None:
        CONNECTIONS_IN_USE.dec()


def _is_absence(error: psycopg.OperationalError) -> bool:
    said = str(error)
    return _SPOKEN not in said or _SPOKEN_ABSENCE in said
