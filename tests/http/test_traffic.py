"""How the traffic of an address is counted in Valkey: by few calls, over all processes, in a minute that slides."""

from __future__ import annotations

import pytest
import redis

from backend.infrastructure.traffic import TrafficLimit


@pytest.fixture
def calls(valkey_url):
    """Count how often a script was run in the server meanwhile."""
    with redis.Redis.from_url(valkey_url) as client:

        def count() -> int:
            told = client.info("commandstats")
            return sum(int(told.get(f"cmdstat_{name}", {}).get("calls", 0)) for name in ("evalsha", "eval"))

        yield count


def passed(limit: TrafficLimit, requests: int, source: str = "203.0.113.7") -> int:
    return sum(limit.allows(source) for _ in range(requests))


def test_a_busy_address_costs_a_round_trip_for_many_requests_and_never_more_than_one_each(valkey_url, calls):
    limit = TrafficLimit(valkey_url, per_minute=1000)
    before = calls()

    first = passed(limit, 1)
    after_one = calls() - before
    many = passed(limit, 300)

    assert (first, many) == (1, 300)
    # The first call of all also finds out that the server does not know the script yet.
    assert after_one <= 2
    assert calls() - before <= 25


def test_an_address_that_asks_once_is_charged_once(valkey_url):
    for _ in range(10):
        assert passed(TrafficLimit(valkey_url, per_minute=10), 1) == 1

    assert passed(TrafficLimit(valkey_url, per_minute=10), 3) < 3


def test_all_processes_together_let_through_what_one_would(valkey_url):
    processes = [TrafficLimit(valkey_url, per_minute=200) for _ in range(2)]

    let_through = sum(passed(processes[n % 2], 1) for n in range(1000))

    # The turn of the minute may let some of another minute in.
    assert 200 <= let_through <= 400


def test_a_full_minute_lets_nobody_of_that_source_in_and_others_are_not_concerned(valkey_url):
    limit = TrafficLimit(valkey_url, per_minute=5)

    assert 5 <= passed(limit, 20) < 20
    assert passed(limit, 5, source="203.0.113.8") == 5


def test_without_valkey_a_process_counts_by_itself():
    limit = TrafficLimit("redis://127.0.0.1:1/0", per_minute=50)

    assert 50 <= passed(limit, 150) <= 100
