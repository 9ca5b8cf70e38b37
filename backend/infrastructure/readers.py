"""Reads, and writes, of one statement: prepared, outside a transaction, on connections of their own (ADR 0038, 0036).

A statement of its own is a transaction of its own: at READ COMMITTED, which all of ours are, it sees what it would see
inside one. What BEGIN, COMMIT and the session around them cost is saved.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import psycopg
from psycopg import RawCursor
from sqlalchemy import Engine

from backend.infrastructure.database_errors import DatabaseUnavailable, told_apart
from backend.infrastructure.database_gate import DatabaseGate, WatchedConnection
from backend.infrastructure.prepared import PreparedStatements, Row

_WAIT_FOR_ONE_S = 1.0


class _Ended(psycopg.OperationalError):
    """The server had ended the connection."""


class Reads(Protocol):
    """Answers statements: outside any transaction, or within the one that a caller holds."""

    def rows(self, statement: bytes, values: Sequence[object]) -> list[Row]:
        """Return the rows of a SELECT whose values are ``$1``, ``$2`` and so on."""
        ...


class _Reader:
    """A connection with its prepared statements."""

    def __init__(self, connection: WatchedConnection) -> None:
        self.connection = connection
        self._statements = PreparedStatements(connection)

    def rows(self, engine: Engine, statement: bytes, values: Sequence[object]) -> list[Row]:
        _tell(engine, None, statement, values)
        return self._statements.rows(statement, values)


class Readers:
    """Connections on which each statement stands alone. Safe for threads.

    A statement whose connection had ended is asked once more, so each must bear that: reads do, and writes that take a
    key and write nothing where it is taken.
    """

    def __init__(self, engine: Engine, gate: DatabaseGate, how: Mapping[str, Any], *, size: int) -> None:
        self._engine, self._gate, self._how, self._size = engine, gate, how, size
        # Last in, first out: a server process that has just answered has all at hand for the next. No lock is taken for
        # one that lies there; who finds none and may make none waits to be told.
        self._idle: deque[_Reader] = deque()
        self._lock = threading.Condition()
        self._made = self._waiting = 0

    def rows(self, statement: bytes, values: Sequence[object]) -> list[Row]:
        """Return the rows of a statement. Raises DatabaseUnavailable or DatabaseBusy."""
        try:
            try:
                return self._rows(self._take(), statement, values)
            except _Ended:
                return self._rows(self._take(), statement, values)
        except psycopg.OperationalError as error:
            raise told_apart(error) from error

    def _rows(self, reader: _Reader, statement: bytes, values: Sequence[object]) -> list[Row]:
        try:
            return reader.rows(self._engine, statement, values)
        except psycopg.OperationalError as error:
            if reader.connection.closed and not self._gate.is_shut:
                # All that lie idle are as old, or older.
                self.close()
                raise _Ended from error
            raise
        finally:
            self._give_back(reader)

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while (reader := self._idle_one()) is not None:
            self._drop(reader)

    def _take(self) -> _Reader:
        if self._gate.is_shut:
            raise DatabaseUnavailable(retry_after_s=2)
        while (reader := self._idle_one()) is not None:
            # Under load no connection is looked at: each system call would give up Python's lock.
            if self._gate.heard_lately or reader.connection.is_there():
                return reader
            self._drop(reader)
        with self._lock:
            may_make = self._made < self._size
            self._made += may_make
        return self._new() if may_make else self._awaited()

    def _awaited(self) -> _Reader:
        """Return the next that is given back. Raises DatabaseUnavailable where none is in time."""
        deadline_s = time.monotonic() + _WAIT_FOR_ONE_S
        with self._lock:
            self._waiting += 1
            try:
                while (reader := self._idle_one()) is None:
                    left_s = deadline_s - time.monotonic()
                    if left_s <= 0:
                        raise DatabaseUnavailable(retry_after_s=2)
                    self._lock.wait(left_s)
            finally:
                self._waiting -= 1
        return reader

    def _new(self) -> _Reader:
        try:
            connection = self._gate.connect((), self._how)
        except BaseException:
            with self._lock:
                self._made -= 1
            raise
        connection.autocommit = True
        return _Reader(connection)

    def _idle_one(self) -> _Reader | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _give_back(self, reader: _Reader) -> None:
        if reader.connection.closed:
            self._drop(reader)
            return
        self._idle.append(reader)
        # Whoever waits said so before they looked, so that one of the two is seen.
        if self._waiting:
            with self._lock:
                self._lock.notify()

    def _drop(self, reader: _Reader) -> None:
        reader.connection.close()
        with self._lock:
            self._made -= 1


def rows_on(
    connection: psycopg.Connection[Any], engine: Engine, statement: bytes, values: Sequence[object]
) -> list[Row]:
    """Return the rows of a statement on a connection; whoever listens to the engine hears of it."""
    cursor: RawCursor[Row] = RawCursor(connection)
    _tell(engine, cursor, statement, values)
    return cursor.execute(statement, values, binary=True).fetchall()


def _tell(engine: Engine, cursor: RawCursor[Row] | None, statement: bytes, values: Sequence[object]) -> None:
    for listener in engine.dispatch.before_cursor_execute:
        listener(None, cursor, statement.decode(), values, None, False)  # noqa: FBT003 - as SQLAlchemy calls it
