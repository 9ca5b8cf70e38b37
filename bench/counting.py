"""SQL statements a request, as PostgreSQL counts them (pg_stat_statements), those of the serving role alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import psycopg

from backend.infrastructure.embedded.cluster import SERVING_ROLE
from bench.installation import Installation

# What opens and ends a transaction, or asks whether the connection lives, reads and writes nothing.
_PASSING = ("BEGIN", "COMMIT", "ROLLBACK", "SELECT 1", "SET ", "SHOW ", "DEALLOCATE")
_SETTLE_S = 0.5


def statements_of(installation: Installation, once: Callable[[int], None], *, asked: int) -> Mapping[str, float]:
    """Return how often each statement is run for one call of ``once``. The worker must be held meanwhile."""
    for number in range(asked):
        once(number)  # what a connection asks once is not the request's
    with installation.owner() as owner:
        _track(owner, "top")
        owner.execute("SELECT pg_stat_statements_reset()")
        for number in range(asked):
            once(number)
        counted = owner.execute(
            "SELECT query, calls FROM pg_stat_statements WHERE pg_get_userbyid(userid) = %s",
            (SERVING_ROLE,),
        ).fetchall()
        _track(owner, "none")
    return {str(query): int(str(calls)) / asked for query, calls in counted}


def statements_a_request(counted: Mapping[str, float]) -> float:
    """Return the statements that read or write."""
    return sum(calls for query, calls in counted.items() if not query.upper().startswith(_PASSING))


def _track(owner: psycopg.Connection[tuple[object, ...]], what: str) -> None:
    owner.execute(f"ALTER SYSTEM SET pg_stat_statements.track = '{what}'".encode())
    owner.execute("SELECT pg_reload_conf()")
    # Each server process reads the file between two statements of its own.
    time.sleep(_SETTLE_S)
