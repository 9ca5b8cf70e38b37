"""The edge in front of Flask: what it refuses without spending a thread, and what it tells the application."""

from __future__ import annotations

import asyncio
import concurrent.futures.thread
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout

from mobile_api.edge.bodies import read_body
from mobile_api.edge.server import Edge

LIMIT = 100
HOST = ("host", "baitong.example")


@dataclass
class Headers:
    """The headers of a request, as the server lists them."""

    pairs: list[tuple[str, str]] = field(default_factory=lambda: [HOST])

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.pairs if key == name), None)

    def items(self) -> list[tuple[str, str]]:
        return self.pairs


@dataclass
class Scope:
    """A request, as the server describes it."""

    headers: Headers = field(default_factory=Headers)
    path: str = "/"
    method: str = "GET"
    query_string: str = ""
    http_version: str = "1.1"
    server: str = "127.0.0.1:8700"
    client: str = "10.1.2.3:40000"
    scheme: str = "http"


@dataclass
class Exchange:
    """A body that arrives in pieces, and the answer that was given. A None in the body is a client that stops."""

    pieces: list[bytes | None] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            if piece is None:
                await asyncio.Event().wait()
            else:
                yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, dict(headers), body))


def echo(environ, start_response):
    """Answer with the body that was sent, and with the path and the caller in headers."""
    start_response("201 Created", [("path", environ["PATH_INFO"]), ("from", environ["REMOTE_ADDR"])])
    return [environ["wsgi.input"].read(), b"!"]


def asked(app, scope: Scope, exchange: Exchange, **options) -> tuple[int, dict[str, str], bytes]:
    """Return the edge's answer to one request."""
    asyncio.run(Edge(app, body_limit_bytes=LIMIT, **options).__rsgi__(scope, exchange))
    (answer,) = exchange.answers
    return answer


def body_of(*pieces: bytes | None, declared: str | None = None, grace_s: float = 5.0):
    """Return what became of a body that arrives so."""
    return asyncio.run(read_body(Exchange([*pieces]), declared=declared, limit_bytes=LIMIT, grace_s=grace_s))


def test_the_application_is_given_the_whole_body_the_path_and_the_caller():
    scope = Scope(headers=Headers([HOST, ("content-length", "11")]), path="/problems/中")

    answer = asked(echo, scope, Exchange([b"hello ", b"world"]))

    assert answer == (201, {"path": "/problems/ä¸\xad", "from": "10.1.2.3"}, b"hello world!")


def test_repeated_headers_reach_the_application_as_one():
    def app(environ, start_response):
        start_response("200 OK", [])
        return [f"{environ['HTTP_X_A']}|{environ['HTTP_COOKIE']}|{environ['CONTENT_TYPE']}".encode()]

    pairs = [HOST, ("x-a", "1"), ("x-a", "2"), ("cookie", "a=1"), ("cookie", "b=2"), ("content-type", "text/plain")]

    assert asked(app, Scope(headers=Headers(pairs)), Exchange())[2] == b"1,2|a=1; b=2|text/plain"


@pytest.mark.parametrize(
    ("pieces", "declared", "refusal"),
    [
        ((b"x" * LIMIT, b"x"), None, RequestEntityTooLarge),
        ((None,), str(LIMIT + 1), RequestEntityTooLarge),
        ((b"{", None), "9", RequestTimeout),
        ((b"{",), "9", BadRequest),
    ],
    ids=["too large", "declared too large", "too slow", "broken off"],
)
def test_a_body_that_is_refused_raises_its_refusal_when_it_is_read(pieces, declared, refusal):
    body = body_of(*pieces, declared=declared, grace_s=0.05)

    with pytest.raises(refusal):
        body.read()


def test_a_body_of_exactly_the_limit_is_taken():
    assert body_of(b"x" * LIMIT, declared=str(LIMIT)).read() == b"x" * LIMIT


def test_after_a_refused_body_the_connection_is_closed():
    scope = Scope(headers=Headers([HOST, ("content-length", str(LIMIT + 1))]))

    def app(environ, start_response):
        start_response("413 Content Too Large", [])
        return [b""]

    assert asked(app, scope, Exchange())[1] == {"connection": "close"}


def test_one_request_too_many_is_told_to_come_again_and_health_is_answered_all_the_same():
    stuck, begun, full = threading.Event(), threading.Semaphore(0), []

    def app(environ, start_response):
        if environ["PATH_INFO"] == "/work":
            begun.release()
            stuck.wait(30)
        start_response("200 OK", [])
        return [b"ok"]

    async def scene() -> list[Exchange]:
        edge = Edge(app, body_limit_bytes=LIMIT, threads=1, waiting=1, on_full=lambda: full.append(1))
        first, second, third, health = (Exchange() for _ in range(4))
        work = [asyncio.create_task(edge.__rsgi__(Scope(path="/work"), one)) for one in (first, second)]
        await asyncio.to_thread(begun.acquire)
        await edge.__rsgi__(Scope(path="/work"), third)
        await edge.__rsgi__(Scope(path="/livez"), health)
        stuck.set()
        await asyncio.gather(*work)
        return [first, second, third, health]

    statuses = [exchange.answers[0][0] for exchange in asyncio.run(scene())]

    assert statuses == [200, 200, 503, 200]
    assert len(full) == 1


def test_a_request_that_comes_while_the_process_ends_is_told_to_come_again_and_is_no_error(monkeypatch):
    async def scene() -> Exchange:
        edge, exchange = Edge(lambda *_: [], body_limit_bytes=LIMIT), Exchange()
        # What Python sets when the interpreter begins to end: every executor refuses from then on.
        monkeypatch.setattr(concurrent.futures.thread, "_shutdown", True)
        await edge.__rsgi__(Scope(path="/work"), exchange)
        return exchange

    status, headers, _ = asyncio.run(scene()).answers[0]

    assert status == 503
    assert headers["retry-after"] == "2"


@pytest.mark.parametrize(
    "pairs",
    [
        [HOST, ("transfer-encoding", "chunked")],
        [HOST, ("transfer-encoding", "gzip, chunked"), ("content-length", "5")],
        [HOST, ("content-length", "5"), ("content-length", "6")],
        [HOST, HOST],
        [],
    ],
    ids=["chunked", "two encodings and a length", "two lengths", "two hosts", "no host"],
)
def test_a_request_that_two_programs_may_read_in_two_ways_reaches_neither_application_nor_body(pairs):
    def app(environ, start_response):
        raise AssertionError("asked")

    status, headers, body = asked(app, Scope(headers=Headers(pairs)), Exchange([b"hello"]))

    assert (status, headers["connection"], headers["content-type"]) == (400, "close", "application/problem+json")
    assert json.loads(body)["code"] == "framing-refused"


def test_a_request_of_http_1_0_needs_no_host():
    def app(environ, start_response):
        start_response("200 OK", [])
        return [b"ok"]

    assert asked(app, Scope(headers=Headers([]), http_version="1.0"), Exchange())[0] == 200
