"""Answers that were made already, kept as bytes with their strong ETag, up to a bound."""

from __future__ import annotations

import hashlib
import threading
from typing import NamedTuple

MAX_ANSWERS = 512
MAX_BYTES = 2 * 1024 * 1024
_TAG_DIGITS = 32


class Answer(NamedTuple):
    """The text of an answer, the ETag that says all of it, and the rule of the route that made it."""

    body: bytes
    etag: str
    route: str = ""

    @classmethod
    def of(cls, body: bytes, route: str = "") -> Answer:
        """Make the ETag of a text."""
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:_TAG_DIGITS]}"', route)


class AnswerCache:
    """The answers of one snapshot. Reading takes no lock; the oldest go first when there are too many."""

    def __init__(self, *, max_answers: int = MAX_ANSWERS, max_bytes: int = MAX_BYTES) -> None:
        self._kept: dict[str, Answer] = {}
        self._max_answers, self._max_bytes = max_answers, max_bytes
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, request: str) -> Answer | None:
        """Return the answer to a request, if it was made already."""
        return self._kept.get(request)

    def put(self, request: str, answer: Answer) -> None:
        """Keep an answer; an answer that would push out all others is not kept."""
        size = len(answer.body)
        if size > self._max_bytes // 4:
            return
        with self._lock:
            if request in self._kept:
                return
            self._kept[request] = answer
            self._bytes += size
            while len(self._kept) > self._max_answers or self._bytes > self._max_bytes:
                oldest = next(iter(self._kept))
                self._bytes -= len(self._kept.pop(oldest).body)

    @property
    def size(self) -> tuple[int, int]:
        """Return how many answers are kept, and their bytes."""
        return len(self._kept), self._bytes
