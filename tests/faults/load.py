"""Clients of a running product over real sockets, and what each of their requests came to."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

TIMEOUT_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a client asks for."""

    method: str
    path: str
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it. Status 0: no whole answer came, for the reason in ``error``."""

    request: Request
    asked_s: float
    took_s: float
    status: int
    media_type: str = ""
    retry_after: str = ""
    worker_pid: str = ""
    reused: bool = False
    error: str = ""
    body: bytes = b""


class Client:
    """One phone: a connection that it keeps while the server does, or a new one for each request."""

    def __init__(self, port: int, *, keep_alive: bool = False, timeout_s: float = TIMEOUT_S) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
        self._keep_alive = keep_alive

    def ask(self, request: Request) -> Outcome:
        """Ask once."""
        reused = self._connection.sock is not None
        headers = request.headers | ({} if self._keep_alive else {"Connection": "close"})
        asked_s = time.monotonic()
        try:
            self._connection.request(request.method, request.path, body=request.body, headers=headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return Outcome(
                request=request,
                asked_s=asked_s,
                took_s=time.monotonic() - asked_s,
                status=0,
                reused=reused,
                error=type(error).__name__,
            )
        return Outcome(
            request=request,
            asked_s=asked_s,
            took_s=time.monotonic() - asked_s,
            status=answer.status,
            media_type=answer.headers.get_content_type(),
            retry_after=answer.headers.get("Retry-After", ""),
            worker_pid=answer.headers.get("X-Worker-Pid", ""),
            reused=reused,
            body=body,
        )

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


class Load:
    """Many clients at once, each with requests of its own, until the body of the ``with`` ends.

    A client that is refused for now (503), or gets no answer, sends the very same request again.
    """

    def __init__(self, clients: list[tuple[Client, Iterator[Request]]], *, pause_s: float = 0.0) -> None:
        self.outcomes: list[Outcome] = []
        self._pause_s = pause_s
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=each) for each in clients]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads), "a client still waits for its answer"

    def waiting_between(self, since_s: float, until_s: float) -> list[Outcome]:
        """Return what was asked in this time, or was still unanswered when it began."""
        return [one for one in list(self.outcomes) if one.asked_s < until_s and one.asked_s + one.took_s > since_s]

    def _run(self, client: Client, requests: Iterator[Request]) -> None:
        for request in requests:
            while not self._over.is_set():
                outcome = client.ask(request)
                self.outcomes.append(outcome)
                self._over.wait(self._pause_s)
                if outcome.status not in {0, 503}:
                    break
            if self._over.is_set():
                break
        client.close()


def percentile(outcomes: list[Outcome], share: float) -> float:
    """Return the seconds within which so large a share of the answers came."""
    took_s = sorted(outcome.took_s for outcome in outcomes)
    return took_s[min(len(took_s) - 1, int(len(took_s) * share))]
