"""Writes in bursts, each sent again under its key until it is acknowledged; and which of them are in flight."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.faults.api import Answer, Api, Broken

CLIENTS = 12
GIVE_UP_AFTER_S = 90.0
# Refusals that a client answers by sending the same request again.
PASSING = {409: {"idempotency-in-flight"}, 429: None, 500: set(), 502: None, 503: None}


@dataclass(frozen=True)
class Write:
    """One logical write: however often it is sent, its key is the same."""

    key: str
    path: str
    body: Any
    token: str
    if_match: str | None = None


class Bursts:
    """Sends writes by a few clients at once."""

    def __init__(self, port: int) -> None:
        self._api = Api(port)
        self._clients = ThreadPoolExecutor(CLIENTS)
        self._lock = threading.Lock()
        self._in_flight: dict[str, int] = {}
        self.acknowledged: dict[str, Answer] = {}
        self.broken_at: dict[str, list[float]] = {}
        self.sendings = 0

    def send(self, writes: Iterable[Write]) -> list[Future[Answer]]:
        """Begin a burst."""
        return [self._clients.submit(self._write, write) for write in writes]

    def in_flight(self) -> set[str]:
        """Return the keys that wait for an answer at this moment."""
        with self._lock:
            return set(self._in_flight)

    def broken_since(self, moment_s: float) -> set[str]:
        """Return the keys whose connection broke after this moment."""
        with self._lock:
            return {key for key, moments in self.broken_at.items() if moments and moments[-1] >= moment_s}

    def close(self) -> None:
        """Send no more."""
        self._clients.shutdown(wait=False, cancel_futures=True)

    def _write(self, write: Write) -> Answer:
        headers = {"Idempotency_Key": write.key} | ({"If_Match": write.if_match} if write.if_match else {})
        deadline_s = time.monotonic() + GIVE_UP_AFTER_S
        while True:
            answer = self._once(write, headers)
            if answer is not None:
                with self._lock:
                    self.acknowledged[write.key] = answer
                return answer
            assert time.monotonic() < deadline_s, f"never acknowledged: {write.path}"
            time.sleep(0.15)

    def _once(self, write: Write, headers: dict[str, str]) -> Answer | None:
        with self._lock:
            self._in_flight[write.key] = self._in_flight.get(write.key, 0) + 1
            self.sendings += 1
        try:
            answer = self._api.call("POST", write.path, write.body, token=write.token, **headers)
        except Broken:
            with self._lock:
                self.broken_at.setdefault(write.key, []).append(time.monotonic())
            return None
        finally:
            with self._lock:
                del self._in_flight[write.key]
        return None if _is_passing(answer) else answer


def _is_passing(answer: Answer) -> bool:
    if answer.status not in PASSING:
        return False
    codes = PASSING[answer.status]
    return codes is None or (answer.body or {}).get("code") in codes
