"""How the traffic of an address is counted in Valkey: by few calls, over all processes, in a minute that slides."""

from __future__ import annotations

import itertools
from urllib.parse import parse_qs, urlsplit

import pytest
import redis

from backend.infrastructure.traffic import TrafficLimit


@pytest.fixture
def calls(valkey_url):
    """Give what counts how often a script has been run since, in the database of this test: others use the server."""
    own_db = int(parse_qs(urlsplit(valkey_url).query)["db"][0])
    with redis.Redis.from_url(valkey_url) as client, client.monitor() as monitor:
        turns = itertools.count()

        def count() -> int:
            end = f"counted {next(turns)}"
            client.echo(end)
            seen = itertools.takewhile(lambda told: end not in told["command"], monitor.listen())
            return sum(told["db"] == own_db and told["command"].startswith("EVAL") for told in seen)

        yield count


def passed(limit: TrafficLimit, requests: int, source: str = "203.0.113.7") -> int:
    return sum(limit.allows(source) for _ in range(requests))


def test_a_busy_address_costs_a_round_trip_for_many_requests_and_never_more_than_one_each(valkey_url, calls):
    limit = TrafficLimit(valkey_url, per_minute=1000)
    first = passed(limit, 1)
    after_one = calls()
    many = passed(limit, 300)
    after_many = calls()

    assert (first, many) == (1, 300)
    # The first call of all also finds out that the server does not know the script yet.
    assert 1 <= after_one <= 2
    assert 1 <= after_many <= 25


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
