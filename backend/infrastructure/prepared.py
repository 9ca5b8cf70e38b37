"""Statements prepared on one connection, asked as psycopg's cursor asks them, without what only its other callers need.

A cursor's own steps in Python cost more than sending, waiting and reading together; a hot path asks one statement.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import abc, errors, generators
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

# As psycopg itself keeps. The statements are constants of ours; each counts once for each mixture of types sent to it.
_MOST_PREPARED = 100

Row = tuple[Any, ...]  # the columns are those of the statement


class PreparedStatements:
    """The statements of one connection, for one thread at a time. Each is a transaction of its own (autocommit)."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        # Keeps what converts values, for each statement: made anew for each call, that costs as much as the call.
        self._converters: dict[bytes, tuple[abc.Transformer, list[PyFormat]]] = {}
        self._names: dict[tuple[bytes, tuple[int, ...]], bytes] = {}
        # No number twice: a name may be taken on the server although its answer never came.
        self._numbers = itertools.count()

    def rows(self, statement: bytes, values: Sequence[object]) -> list[Row]:
        """Return the rows of a statement with values for ``$1``, ``$2`` and so on. Raises psycopg's errors."""
        found = self._converters.get(statement)
        if found is None:
            found = self._converters[statement] = (Transformer(self._connection), [PyFormat.AUTO] * len(values))
        converter, formats = found
        sent = converter.dump_sequence(values, formats)
        types = converter.types or ()
        name = self._names.get((statement, types)) or self._prepared(statement, types)
        self._connection.pgconn.send_query_prepared(
            name, sent, param_formats=converter.formats, result_format=Format.BINARY
        )
        result = self._answer()
        converter.set_pgresult(result)
        return converter.load_rows(0, result.ntuples, tuple)

    def _prepared(self, statement: bytes, types: tuple[int, ...]) -> bytes:
        pgconn = self._connection.pgconn
        if len(self._names) >= _MOST_PREPARED:
            pgconn.send_query(b"DEALLOCATE ALL")
            self._answer()
            self._names.clear()
        name = f"hot_{next(self._numbers)}".encode()
        pgconn.send_prepare(name, statement, param_types=types)
        self._answer()
        self._names[statement, types] = name
        return name

    def _answer(self) -> PGresult:
        """Return the one result of what was sent. Raises what the server said in its place."""
        results: list[PGresult] = self._connection.wait(generators.execute(self._connection.pgconn))
        if not results:
            raise psycopg.OperationalError("the server gave no answer")
        if results[-1].status == ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(results[-1], encoding=self._connection.info.encoding)
        return results[-1]
