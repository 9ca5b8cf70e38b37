"""Statements prepared on a connection answer as psycopg's own cursor does, refusals and many mixtures of types too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import RawCursor
from psycopg.errors import DivisionByZero, InvalidTextRepresentation

from backend.infrastructure.prepared import PreparedStatements

NOW = datetime(2026, 11, 25, 8, 30, 1, 40, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12)
EVERYTHING = b"""SELECT $1::bigint, $2::text, $3::bytea, $4::boolean, $5::timestamptz, $6::date, $7::uuid, $8::float8
    FROM generate_series(1, $9::integer)"""
VALUES = st.tuples(
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | TEXTS,
    st.none() | st.binary(max_size=8),
    st.none() | st.booleans(),
    st.none() | st.just(NOW),
    st.none() | st.just(date(2026, 2, 28)),
    st.none() | st.uuids(),
    st.none() | st.floats(allow_nan=False),
    st.integers(0, 3),
)


@pytest.fixture(scope="module")
def connection(database_urls) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_urls.owner, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def statements(database_urls) -> Iterator[PreparedStatements]:
    """Those of a connection of their own."""
    with psycopg.connect(database_urls.owner, autocommit=True) as opened:
        yield PreparedStatements(opened)


@given(values=VALUES)
def test_rows_are_those_of_psycopgs_cursor(connection, statements, values):
    told = [statements.rows(EVERYTHING, values) for _ in range(2)]

    expected = RawCursor(connection).execute(EVERYTHING, values, binary=True).fetchall()

    assert told == [expected, expected]
    assert len(expected) == values[-1]


def test_a_write_is_answered_with_no_row(statements):
    assert statements.rows(b"CREATE TEMPORARY TABLE noted (note text UNIQUE)", ()) == []
    assert statements.rows(b"INSERT INTO noted VALUES ($1::text)", ("一",)) == []
    assert statements.rows(b"INSERT INTO noted VALUES ($1::text) RETURNING note", ("二",)) == [("二",)]


@pytest.mark.parametrize(
    ("statement", "value", "refusal"),
    [(b"SELECT 1 / $1::integer", 0, DivisionByZero), (b"SELECT $1::text::uuid", "x", InvalidTextRepresentation)],
)
def test_what_the_server_refuses_is_raised_by_its_class_and_the_next_is_answered(statements, statement, value, refusal):
    for _ in range(2):
        with pytest.raises(refusal):
            statements.rows(statement, (value,))

    assert statements.rows(b"SELECT $1::integer", (7,)) == [(7,)]


def test_a_statement_that_cannot_be_prepared_is_refused_each_time_and_the_next_is_answered(statements):
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            statements.rows(b"SELECT FROM nowhere", ())

    assert statements.rows(b"SELECT 1", ()) == [(1,)]


def test_no_connection_keeps_statements_without_end(statements):
    for number in range(250):
        assert statements.rows(b"SELECT %d + $1::integer" % number, (1,)) == [(number + 1,)]

    [(kept,)] = statements.rows(b"SELECT count(*) FROM pg_prepared_statements", ())
    assert 1 <= kept <= 100
    assert statements.rows(b"SELECT 0 + $1::integer", (2,)) == [(2,)]
