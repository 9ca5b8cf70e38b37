"""Tokens that were verified before, by digest: a signature costs as much as a small request (ADR 0038).

Kept is only what the signature proves, which is true as long as the token lives. Whether the session behind it still
lives is asked on every call.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    proved: T
    since: datetime
    until: datetime


class VerifiedTokens(Generic[T]):
    """The newest verified tokens of this process. Safe for threads."""

    def __init__(self, *, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[bytes, _Kept[T]] = {}

    def proved(self, token: str, now: datetime, verify: Callable[[], tuple[T, datetime]]) -> T:
        """Return what a token proves, from memory until its own end.

        ``verify`` returns it with the instant at which the token ends, or raises; what it raises is kept by nobody.
        """
        # The token itself would open a session to whoever reads this memory.
        digest = hashlib.sha256(token.encode()).digest()
        kept = self._kept.get(digest)
        if kept is not None and kept.since <= now < kept.until:
            return kept.proved
        proved, ends_at = verify()
        self._keep(digest, _Kept(proved, now, ends_at))
        return proved

    def _keep(self, digest: bytes, entry: _Kept[T]) -> None:
        with self._lock:
            self._kept.pop(digest, None)
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[digest] = entry
