"""The application as granian calls it (RSGI): the loop reads and refuses, threads run Flask."""

from __future__ import annotations

import asyncio
import io
import signal
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from typing import IO, Protocol

from backend.kernel.errors import DomainError
from mobile_api.edge.bodies import RefusedBody, Source, read_body
from mobile_api.edge.environ import Environ, Scope, environ_of
from mobile_api.edge.framing import FramingRefused, is_ambiguous
from mobile_api.edge.lanes import Lane, LaneFull
from mobile_api.edge.uploads import Place

StartResponse = Callable[..., object]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]
HeaderList = list[tuple[str, str]]
# Where the body of a request goes when it may be larger than the others, for the time of the request.
PlaceFor = Callable[[Scope], AbstractContextManager[Place | None]]

# Asked while everything else is stuck: they have threads of their own.
HEALTH_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
_FULL = (
    '{"type":"/problems/unavailable","title":"Service Unavailable","status":503,'
    '"detail":"服务暂时不可用，请稍后重试。","code":"unavailable","retryable":true,"trace_id":""}'
).encode()
_FULL_HEADERS: HeaderList = [
    ("content-type", "application/problem+json"),
    ("retry-after", "2"),
    ("cache-control", "no-store"),
]
_AMBIGUOUS = (
    f'{{"type":"/problems/{FramingRefused.code}","title":"Bad Request","status":400,'
    f'"detail":"{FramingRefused.default_detail}","code":"{FramingRefused.code}","retryable":false,"trace_id":""}}'
).encode()
_AMBIGUOUS_HEADERS: HeaderList = [
    ("content-type", "application/problem+json"),
    ("cache-control", "no-store"),
    # Whatever follows on this connection may be a part of this request, or none.
    ("connection", "close"),
]


class Exchange(Source, Protocol):
    """One request and its answer, as the server hands them over."""

    def response_bytes(self, status: int, headers: HeaderList, body: bytes) -> None:
        """Hand the whole answer to the server, which sends it at the client's pace."""
        ...


def _no_place(_scope: Scope) -> AbstractContextManager[Place | None]:
    return nullcontext()


class Edge:
    """Takes requests from granian and gives them to a WSGI application."""

    def __init__(
        self,
        app: WsgiApp,
        *,
        body_limit_bytes: int,
        threads: int = 16,
        waiting: int = 128,
        on_full: Callable[[], None] = lambda: None,
        place_for: PlaceFor = _no_place,
    ) -> None:
        self._app = app
        self._body_limit_bytes = body_limit_bytes
        self._on_full = on_full
        self._place_for = place_for
        self._requests = Lane("request", threads=threads, waiting=waiting, patience_s=2.0)
        self._health = Lane("health", threads=2, waiting=32, patience_s=2.0)
        self._leaves = False

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen for the word that another server takes over (SIGWINCH, as to nginx and Apache)."""
        loop.add_signal_handler(signal.SIGWINCH, self._leave)

    def _leave(self) -> None:
        self._leaves = True

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        """Answer one request."""
        if is_ambiguous(scope):
            exchange.response_bytes(400, [*_AMBIGUOUS_HEADERS], _AMBIGUOUS)
            return
        lane = self._health if scope.path in HEALTH_PATHS else self._requests
        with ExitStack() as held:
            body = await self._body(scope, exchange, held)
            try:
                status, headers, content = await lane.run(partial(self._call, environ_of(scope, body)))
            except LaneFull:
                self._on_full()
                status, headers, content = 503, [*_FULL_HEADERS], _FULL
        if self._leaves or isinstance(body, RefusedBody):
            # We leave, or the rest of the body is still on its way: the next request needs another connection.
            headers = [*headers, ("connection", "close")]
        exchange.response_bytes(status, headers, content)

    async def _body(self, scope: Scope, exchange: Exchange, held: ExitStack) -> IO[bytes] | RefusedBody:
        declared = scope.headers.get("content-length")
        if declared is None:
            return io.BytesIO()
        try:
            place = held.enter_context(self._place_for(scope))
        except DomainError as error:
            return RefusedBody(error)
        if place is None:
            return await read_body(exchange, declared=declared, limit_bytes=self._body_limit_bytes)
        return await read_body(exchange, declared=declared, limit_bytes=place.limit_bytes, into=place.file)

    def _call(self, environ: Environ) -> tuple[int, HeaderList, bytes]:
        told: list[tuple[int, HeaderList]] = []

        def start_response(status: str, headers: HeaderList, _error: object = None) -> None:
            told[:] = [(int(status.split(" ", 1)[0]), headers)]

        answer = self._app(environ, start_response)
        try:
            content = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = told[0]
        return status, headers, content
