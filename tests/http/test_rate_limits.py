"""Tests of traffic limits: an address that asks too much is told when to come again; Valkey may be away."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from mobile_api.app import create_app

ME = "/api/v1/me"


@pytest.fixture
def limited(services):
    """A maker of clients of an application with a limit of three requests a minute.

    The window slides by the clock of Valkey: the turn of a minute may let one more in, so that a refusal is looked for
    among three requests over the limit.
    """

    def made(**changes):
        settings = replace(services.settings, traffic_limit_per_minute=3, **changes)
        return create_app(replace(services, settings=settings)).test_client()

    return made


def passes(answers) -> int:
    """Return how many were answered before the first refusal; all of them when there is none."""
    statuses = [answer.status_code for answer in answers]
    return statuses.index(429) if 429 in statuses else len(statuses)


def ask(client, *addresses: str):
    return [client.get(ME, environ_base={"REMOTE_ADDR": address}) for address in addresses]


def test_who_asks_more_than_the_limit_gets_a_problem_that_says_when_to_come_again(limited):
    answers = ask(limited(), *["203.0.113.7"] * 6)

    assert 3 <= passes(answers) < 6
    refused = answers[passes(answers)]
    assert refused.mimetype == "application/problem+json"
    assert (refused.json["code"], refused.json["retryable"]) == ("too-many-requests", True)
    assert int(refused.headers["Retry-After"]) > 0
    assert "Retry-After" not in answers[0].headers


def test_addresses_are_counted_apart_and_those_of_one_ipv6_site_together(limited):
    client = limited()

    assert passes(ask(client, *(f"203.0.113.{n}" for n in range(6)))) == 6
    assert passes(ask(client, *(f"2001:db8:1:2::{n}" for n in range(6)))) < 6
    assert passes(ask(client, *(f"2001:db8:1:{n}::9" for n in range(3, 9)))) == 6


def test_all_workers_count_together(limited):
    clients = [limited(), limited()]

    answers = [ask(clients[n % 2], "203.0.113.7")[0] for n in range(6)]

    assert 3 <= passes(answers) < 6


def test_health_is_never_limited(limited):
    client = limited()

    assert [client.get("/livez").status_code for _ in range(6)] == [200] * 6


def test_the_address_of_a_refused_request_is_not_logged(limited, caplog):
    caplog.set_level(logging.INFO)

    answers = ask(limited(), *["203.0.113.7"] * 6)

    assert passes(answers) < 6
    assert "203.0.113" not in str([record.__dict__ for record in caplog.records])


def test_without_valkey_requests_are_answered_and_each_worker_limits_for_itself(limited):
    answers = ask(limited(redis_url="redis://127.0.0.1:1/0"), *["203.0.113.7"] * 6)

    assert 3 <= passes(answers) < 6
