"""Connections for statements that stand alone: never more than allowed, and nobody who waits for one is forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.infrastructure.database import Database
from backend.infrastructure.database_errors import DatabaseUnavailable

ASKERS = 12


@pytest.fixture
def small(database_urls) -> Iterator[Database]:
    """A database whose reads have two connections."""
    opened = Database(database_urls.serving, pool_size=4)
    yield opened
    opened.dispose()


def asked(database: Database, statement: bytes = b"SELECT pg_backend_pid()") -> object:
    return database.reads.rows(statement, ())[0][0]


def test_more_askers_than_connections_are_all_answered_by_those_that_there_may_be(small):
    together = threading.Barrier(ASKERS)

    def ask_on(_asker: int) -> set[object]:
        together.wait()
        return {asked(small) for _ in range(60)}

    with ThreadPoolExecutor(ASKERS) as askers:
        servers = set().union(*askers.map(ask_on, range(ASKERS)))

    assert 1 <= len(servers) <= 2


def test_who_waits_is_given_the_next_that_comes_back(small):
    with ThreadPoolExecutor(3) as askers:
        held = [askers.submit(asked, small, b"SELECT pg_sleep(0.4)::text") for _ in range(2)]
        time.sleep(0.1)  # until both are asleep
        begun_s = time.monotonic()
        waited = askers.submit(asked, small)

        assert isinstance(waited.result(), int)
        assert 0.1 < time.monotonic() - begun_s < 0.9
        assert [one.result() for one in held] == ["", ""]


def test_who_waits_too_long_is_told_to_come_again_and_nothing_is_lost(small):
    with ThreadPoolExecutor(2) as askers:
        held = [askers.submit(asked, small, b"SELECT pg_sleep(1.6)::text") for _ in range(2)]
        time.sleep(0.1)  # as above

        with pytest.raises(DatabaseUnavailable):
            asked(small)

        assert [one.result() for one in held] == ["", ""]
    assert len({asked(small) for _ in range(4)}) == 1
