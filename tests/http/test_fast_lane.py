"""Answers from memory that never reach Flask: in everything that others see, they are like all others."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest

from mobile_api import metrics
from mobile_api.app import create_app

PATH = "/api/v1/catalogue/apps/A04"
RULE = "/api/v1/catalogue/apps/<string:app_code>"
REQUEST_ID = "0199f0c2-7a54-7cc0-9b0a-3f2f5f0c7d11"


@pytest.fixture
def in_flask(app, monkeypatch):
    """Counts how often Flask itself was asked."""
    asked = []
    dispatch = type(app).full_dispatch_request

    def counted(self):
        asked.append(True)
        return dispatch(self)

    monkeypatch.setattr(type(app), "full_dispatch_request", counted)
    return asked


@pytest.fixture
def first(client):
    """The answer that the view made."""
    return client.get(PATH)


def told(answer):
    """Return the headers that name neither the request nor its instant."""
    return sorted((name, value) for name, value in answer.headers.items() if name not in {"X-Request-Id", "Date"})


def test_the_second_answer_is_the_first_in_body_and_headers_and_flask_is_not_asked(client, first, in_flask):
    view = client.get(PATH, headers={"If-None-Match": '"other"'})
    assert in_flask == [True]

    lane = client.get(PATH)

    assert in_flask == [True]
    assert (lane.status_code, lane.data) == (200, first.data)
    assert told(lane) == told(first) == told(view)


def test_an_unchanged_answer_has_no_body_and_the_headers_of_the_view(client, first, in_flask):
    tag = first.headers["ETag"]
    view = client.get(PATH, headers={"If-None-Match": f'"other", {tag}'})
    lane = client.get(PATH, headers={"If-None-Match": tag})

    assert in_flask == [True]
    assert (lane.status_code, lane.data) == (304, b"")
    assert told(lane) == told(view)


@pytest.mark.parametrize("headers", [{"If-Match": '"other"'}, {"Range": "bytes=0-9"}], ids=str)
def test_what_changes_an_answer_is_weighed_by_the_view(client, first, in_flask, headers):
    client.get(PATH, headers=headers)

    assert in_flask == [True]


def test_the_request_id_is_the_callers_or_a_new_one(client, first):
    own = client.get(PATH, headers={"X-Request-Id": REQUEST_ID})
    odd = client.get(PATH, headers={"X-Request-Id": "13800000000"})

    assert own.headers["X-Request-Id"] == REQUEST_ID
    assert re.fullmatch("[0-9a-f]{32}", odd.headers["X-Request-Id"])


def test_it_is_counted_and_logged_by_its_rule(client, first, caplog):
    series = metrics.REQUESTS.labels("GET", RULE, 200)
    before = series._value.get()

    with caplog.at_level(logging.INFO, logger="baitong.request"):
        client.get(PATH)

    assert series._value.get() == before + 1
    line = next(record for record in caplog.records if record.name == "baitong.request")
    assert (line.method, line.route, line.status, line.person_id) == ("GET", RULE, 200, None)


def test_it_is_limited_like_all_others(services, clock):
    few = replace(services, settings=replace(services.settings, traffic_limit_per_minute=5))
    client = create_app(few).test_client()
    client.get(PATH)

    statuses = [client.get(PATH).status_code for _ in range(8)]

    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert client.get(PATH).json["code"] == "too-many-requests"
