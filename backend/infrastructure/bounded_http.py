"""Sessions of ``requests`` that keep to a deadline and to a size of the answer (S20), for clients that bring their own.

A time-out of a socket bounds one silence: a server that says a byte a second is never silent, and would hold a thread
for ever. Whoever waits cuts the deadline instead, which ends the connections under it at once, whatever they were at:
the handshake, the headers or the body. After the deadline nothing is sent: what was given up does not go out late.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Final

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError, ReadTimeout, RequestException  # noqa: A004 - the name is requests'
from requests.sessions import Session
from typing_extensions import override
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

_under_way: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class DeadlinePassed(OSError):
    """The caller has given up, or will have by the time that the request is out."""


class AnswerTooLarge(RequestException):
    """The answer is longer than any that the other side has a reason to give."""


class Deadline:
    """The instant by which all requests of one act must be over, and the connections that they use.

    It runs by the machine's own clock: a process that was stopped and goes on finds its deadline passed.
    """

    def __init__(self, seconds: float) -> None:
        self._ends_s = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._leashes: list[socket.socket] | None = []

    def left_s(self) -> float:
        """Return for how many seconds it still holds; 0 when it has passed."""
        return max(0.0, self._ends_s - time.monotonic())

    @contextmanager
    def governing(self) -> Iterator[None]:
        """Bind every bounded session to it that this thread uses in the block."""
        before = _under_way.set(self)
        try:
            yield
        finally:
            _under_way.reset(before)
            self.cut(shutdown=False)

    def cut(self, *, shutdown: bool = True) -> None:
        """Let it pass now, and end what is under way; from any thread. A second time changes nothing."""
        with self._lock:
            leashes, self._leashes = self._leashes or [], None
        for leash in leashes:
            if shutdown:
                with suppress(OSError):  # the other side has closed it
                    leash.shutdown(socket.SHUT_RDWR)
            leash.close()

    def lead(self, sock: socket.socket) -> None:
        """Take hold of a connection that is about to be used. Raises DeadlinePassed when it is too late."""
        with self._lock:
            if self._leashes is None or self.left_s() == 0:
                raise DeadlinePassed
            # A second descriptor: TLS takes the first one over, and a shutdown ends the connection by either.
            self._leashes.append(socket.socket(fileno=os.dup(sock.fileno())))


def bounded_session(session: Session, *, connections: int, answer_limit_bytes: int) -> Session:
    """Make a session that tries once, follows no redirect, takes no proxy from the environment, and is bounded."""
    adapter = _BoundedAdapter(connections=connections, answer_limit_bytes=answer_limit_bytes)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.max_redirects = 0
    session.trust_env = False
    # The limit counts what arrives; nothing small may unfold into something large.
    session.headers["Accept-Encoding"] = "identity"
    return session


def _lead(sock: socket.socket) -> None:
    deadline = _under_way.get()
    if deadline is not None:
        deadline.lead(sock)


class _PlainConnection(HTTPConnection):
    @override
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        try:
            _lead(sock)
        except DeadlinePassed:
            sock.close()
            raise
        return sock

    @override
    def putrequest(self, *args: Any, **kwargs: Any) -> None:  # the signature is urllib3's
        if self.sock is not None:
            _lead(self.sock)
        super().putrequest(*args, **kwargs)


class _TlsConnection(_PlainConnection, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS: Final = {"http": _PlainPool, "https": _TlsPool}


class _BoundedAdapter(HTTPAdapter):
    def __init__(self, *, connections: int, answer_limit_bytes: int) -> None:
        self._answer_limit_bytes = answer_limit_bytes
        super().__init__(max_retries=0, pool_maxsize=connections)
        self.poolmanager.pool_classes_by_scheme = dict(_POOLS)

    @override
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:  # the signature is requests'
        response = super().send(request, *args, **kwargs)
        try:
            content = response.raw.read(self._answer_limit_bytes + 1, decode_content=False)
        except ReadTimeoutError as error:
            response.close()
            raise ReadTimeout(error, request=request) from error
        except (HTTPError, OSError) as error:
            response.close()
            raise ConnectionError(error, request=request) from error
        if len(content) > self._answer_limit_bytes:
            response.close()
            raise AnswerTooLarge(request=request)
        # What ``requests`` would fill in by reading everything.
        response._content, response._content_consumed = content, True
        return response
