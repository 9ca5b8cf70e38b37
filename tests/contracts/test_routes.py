"""Every route: guarded or public on purpose, documented, and never an error of ours whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from openapi_spec_validator import validate

from mobile_api.access import Access, access_of
from tests.callers import Callers
from tests.complaint_bodies import CITY

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
BODIES = [None, b"", b"{", b"[]", b"null", b'{"a":1}', b"\xff\xfe", b'"\\ud800"']
# Nobody needs to be known for these. A new one is added here only with a reason.
PUBLIC = {
    "health.livez", "health.readyz", "health.metrics",  # operations; figures ask for a token of their own
    "documents.openapi", "documents.page", "documents.start_script", "documents.asset", "documents.problem",
    "documents.icon",
    "consents.ConsentTexts",  # what one is asked to agree to, before one is known
    "sessions.Codes", "sessions.Sessions", "sessions.Refreshes",  # how one becomes known
    "sessions.OperatorSessions", "sessions.SecondFactors",  # how an operator does
    # The catalogue is for everyone who looks around.
    "catalogue.Apps",
    "catalogue.App",
    "catalogue.Services",
    "catalogue.Service",
    "catalogue.Topics",
    "catalogue.Suggestions",
    "public-status.OneStatus",  # the query code is the proof
    "evidence.Files",  # the signed link is the proof
    "reference.Divisions", "reference.Categories", "reference.RequestTypes", "reference.Centres",  # the city's own list
    "grid.Cells", "grid.Proposals",  # the city's own list too; nothing of a position is kept
}  # fmt: skip


def operations(app: Flask) -> Iterator[tuple[str, str, str, Access | None]]:
    """Yield endpoint, method, path and access rule of everything that can be called."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            view_class = getattr(view, "view_class", None)
            handler: Any = getattr(view_class, method.lower()) if view_class else view
            path = rule.rule
            for argument in rule.arguments:
                path = path.replace(f"<uuid:{argument}>", "01a2110a-1066-7a5d-8a84-568444a75d24")
                for converter in ("string:", "path:", ""):
                    path = path.replace(f"<{converter}{argument}>", "AJ2611240000010")
            yield rule.endpoint, method, path, access_of(handler)


def ends_the_session(method: str, path: str) -> bool:
    """Tell whether a call signs its caller out."""
    return method == "DELETE" and path.startswith("/api/v1/sessions")


def test_every_route_says_who_may_call_it(app):
    unguarded = [f"{method} {path}" for _, method, path, access in operations(app) if access is None]

    assert unguarded == []


def test_exactly_the_routes_of_the_list_are_public(app):
    public = {endpoint for endpoint, _, _, access in operations(app) if access is not None and access.public}

    assert public == PUBLIC


def test_every_guarded_route_refuses_a_stranger_before_it_looks_at_anything(app, client):
    answers = {
        f"{method} {path}": client.open(path, method=method, data=b"{", content_type="application/json").status_code
        for _, method, path, access in operations(app)
        if access is not None and not access.public
    }

    assert set(answers.values()) == {401}, answers


@pytest.mark.parametrize("body", BODIES, ids=repr)
@pytest.mark.parametrize("who", ["nobody", "citizen", "auditor"])
def test_whatever_is_sent_every_refusal_is_a_problem_document_and_never_an_error_of_ours(
    app, callers: Callers, who, body
):
    caller = {
        "nobody": callers.nobody,
        "citizen": callers.citizen,
        "auditor": lambda: callers.operator(("auditor", CITY)),
    }[who]()
    headers = {"Idempotency-Key": "sweep-key-1", "If-Match": '"v1"'}
    headers |= {"Authorization": f"Bearer {caller.token}"} if caller.token else {}

    # What signs the caller out comes last: after it, nothing but the refusal of a stranger would be seen.
    for _, method, path, _ in sorted(operations(app), key=lambda called: ends_the_session(called[1], called[2])):
        data = body if method in WRITES else None
        answer = caller.client.open(path, method=method, data=data, content_type="application/json", headers=headers)
        if answer.status_code >= 300 and path != "/readyz":
            assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
            assert answer.content_type == "application/problem+json", f"{method} {path}"
            assert {"type", "title", "status", "detail", "code", "retryable", "trace_id"} <= answer.json.keys()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/api/v1/nowhere", 404), ("PATCH", "/api/v1/complaints", 405)],
)
def test_what_the_framework_refuses_is_a_problem_document_too(client, method, path, status):
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    if status == 405:
        assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


def test_the_api_document_is_valid_openapi_3_1(client):
    document = orjson.loads(client.get("/openapi.json").get_data())

    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_api_document_equals_the_committed_snapshot(client):
    assert client.get("/openapi.json").get_data() == SNAPSHOT.read_bytes()


def test_the_api_document_names_every_operation_of_the_api(app, client):
    document = orjson.loads(client.get("/openapi.json").get_data())
    documented = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method != "parameters"
    }

    called = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            path = rule.rule.replace("<string:", "<").replace("<uuid:", "<").replace("<", "{").replace(">", "}")
            called |= {(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert documented == called


def test_every_answer_carries_the_security_headers(client):
    for path in ("/livez", "/docs", "/nowhere", "/openapi.json"):
        headers = client.get(path).headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Request-Id"]
