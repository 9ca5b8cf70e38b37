"""The gate in front of PostgreSQL: what shuts it, what does not, and that it opens by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from backend.infrastructure.database import Database, DatabaseBusy, DatabaseUnavailable
from tests.wire import Wire, wire_to


@pytest.fixture
def wire(database_urls) -> Iterator[Wire]:
    made = wire_to(database_urls.serving)
    yield made
    made.cut()


@pytest.fixture
def url(database_urls, wire) -> str:
    """How the worker's database is reached over the wire."""
    return wire.url_of(database_urls.serving)


@pytest.fixture
def database(url) -> Iterator[Database]:
    """The worker's database over the wire, its statements ended after 0.3 s."""
    opened = Database(url, pool_size=2, statement_timeout_ms=300)
    yield opened
    opened.dispose()


@pytest.fixture
def patient(url) -> Iterator[Database]:
    """The same, its statements ended after 20 s."""
    opened = Database(url, pool_size=2, statement_timeout_ms=20_000)
    yield opened
    opened.dispose()


def ask(database: Database, statement: str = "SELECT true") -> object:
    with database.transaction() as session:
        return session.scalar(text(statement))


def comes_back(database: Database) -> bool:
    """Ask until there is an answer."""
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        try:
            return bool(ask(database))
        except DatabaseUnavailable:
            time.sleep(0.05)
    return False


def await_sleeper(owner_url: str) -> None:
    """Return when somebody sleeps in the database."""
    question = """SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'"""
    deadline_s = time.monotonic() + 10
    with psycopg.connect(owner_url, autocommit=True) as owner:
        while owner.execute(question).fetchone() == (0,):
            assert time.monotonic() < deadline_s


def test_a_statement_that_takes_too_long_shuts_nothing(database):
    with pytest.raises(DatabaseBusy):
        ask(database, "SELECT pg_sleep(5)")

    assert ask(database) is True
    assert not database.is_away


def test_a_connection_that_the_server_ended_is_replaced_without_a_word(database_urls):
    # Without the wire, whose thread may be late on a busy machine: a late connection would shut the gate.
    near = Database(database_urls.serving, pool_size=1)
    pid = ask(near, "SELECT pg_backend_pid()")
    with psycopg.connect(database_urls.owner, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s)", (pid,))

    answer, is_away = ask(near), near.is_away
    near.dispose()

    assert (answer, is_away) == (True, False)


def test_a_connection_for_reads_that_the_server_ended_is_replaced_without_a_word(database_urls):
    near = Database(database_urls.serving, pool_size=1)
    [(pid,)] = near.reads.rows(b"SELECT pg_backend_pid()", ())
    with psycopg.connect(database_urls.owner, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        # Somebody else hears from the server: there is no reason to doubt it.
        ask(near)

        [(other,)], is_away = near.reads.rows(b"SELECT pg_backend_pid()", ()), near.is_away
    near.dispose()

    assert other != pid
    assert not is_away


def test_a_read_from_a_server_that_keeps_silent_is_told_so_and_later_answered(database, wire):
    database.reads.rows(b"SELECT 1", ())
    wire.frozen.set()

    with pytest.raises(DatabaseUnavailable):
        database.reads.rows(b"SELECT 1", ())

    assert database.is_away
    wire.frozen.clear()
    assert comes_back(database)
    assert database.reads.rows(b"SELECT 1", ()) == [(1,)]


def test_a_read_that_takes_too_long_shuts_nothing(database):
    with pytest.raises(DatabaseBusy):
        database.reads.rows(b"SELECT pg_sleep(5)", ())

    assert database.reads.rows(b"SELECT 1", ()) == [(1,)]
    assert not database.is_away


def test_a_server_that_keeps_silent_is_told_from_a_slow_one_and_found_again(database, wire):
    ask(database)
    wire.frozen.set()

    with pytest.raises(DatabaseUnavailable):
        ask(database)

    assert database.is_away
    wire.frozen.clear()
    assert comes_back(database)
    assert not database.is_away


def test_whoever_waits_for_a_statement_is_told_when_another_finds_out(patient, database_urls, wire):
    told = threading.Event()

    def wait() -> None:
        try:
            ask(patient, "SELECT pg_sleep(15)")
        except DatabaseUnavailable:
            told.set()

    ask(patient)
    waiting = threading.Thread(target=wait)
    waiting.start()
    await_sleeper(database_urls.owner)
    ask(patient)
    wire.frozen.set()
    with pytest.raises(DatabaseUnavailable):
        ask(patient)

    # Long before its own patience of 22 s ends.
    assert told.wait(5)
    waiting.join()
    wire.frozen.clear()
    assert comes_back(patient)


def test_a_server_that_refuses_connections_shuts_the_gate_and_a_refused_login_does_not(database_urls):
    nobody = Database("postgresql://nobody@127.0.0.1:1/nowhere", pool_size=1)
    stranger = Database(database_urls.serving.replace("baitong_app:", "baitong_app:wrong", 1), pool_size=1)

    for opened, is_away in ((nobody, True), (stranger, False)):
        with pytest.raises(DatabaseUnavailable):
            ask(opened)
        assert opened.is_away is is_away
        opened.dispose()
