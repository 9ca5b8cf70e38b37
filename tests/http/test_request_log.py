"""Tests of what surrounds every answer: its id, its security headers, and its one line in the log."""

from __future__ import annotations

import io
import json
import logging
import uuid

import pytest

from backend.infrastructure.logs import configure_logs

ANSWERS = ["/livez", "/api/v1/me", "/nowhere", "/docs"]


@pytest.fixture
def lines():
    """The lines that the product's own logging writes, as objects."""
    root, written = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    configure_logs("INFO")
    root.handlers[0].setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.handlers = handlers
    root.setLevel(level)


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_forbids_framing_sniffing_caching_and_foreign_content(client, path):
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_has_an_id_of_its_own(client, path):
    first, second = (client.get(path).headers["X-Request-Id"] for _ in range(2))

    assert uuid.UUID(first) != uuid.UUID(second)


def test_the_id_that_a_proxy_gave_is_kept_and_told_in_the_problem(client):
    answer = client.get("/api/v1/me", headers={"X-Request-Id": "4f0c1d8e2b6a4f0c1d8e2b6a4f0c1d8e"})

    assert answer.headers["X-Request-Id"] == answer.json["trace_id"] == "4f0c1d8e2b6a4f0c1d8e2b6a4f0c1d8e"


@pytest.mark.parametrize(
    "offered", ["short", "x" * 65, "with space 1", "<script>alert(1)</script>", "张三张三张三张三"]
)
def test_an_id_of_another_form_is_replaced(client, offered):
    answer = client.get("/livez", headers={"X-Request-Id": offered.encode().decode("latin-1")})

    assert uuid.UUID(answer.headers["X-Request-Id"])


def test_an_answer_is_one_json_line_with_the_rule_of_its_route_and_not_its_path(callers, lines):
    citizen = callers.citizen()

    answer = citizen.get("/complaints/NT261124000001X", phone="13812345678")

    (line,) = [line for line in lines() if line["event"] == "answered"]
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["status"], line["person_id"]) == ("GET", 404, str(citizen.person_id))
    assert line["route"] == "/api/v1/complaints/<string:number>"
    assert "NT261124000001X" not in str(line)
    assert "13812345678" not in str(line)


def test_the_id_of_a_request_is_on_every_line_that_it_causes_and_on_no_other(client, lines):
    first = client.post("/api/v1/sessions/refresh", json={"refresh_token": "x"})
    logging.getLogger("tests").info("between requests")

    by_event = {line["event"]: line.get("request_id") for line in lines()}

    assert by_event == {"answered": first.headers["X-Request-Id"], "between requests": None}
