"""A breaker: an outside part that fails again and again is left alone for a while, then asked once (S20).

It spares the slots of our own workers, and the other side while it recovers. One process, one breaker: each finds out
for itself.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from backend.kernel.clock import Clock

OPENS_AFTER = 5
OPEN_FOR = timedelta(seconds=30)


class Breaker:
    """Opens after so many failures in a row; after a while it lets one probe through, which closes it or not."""

    def __init__(self, clock: Clock, *, opens_after: int = OPENS_AFTER, open_for: timedelta = OPEN_FOR) -> None:
        self._clock = clock
        self._opens_after = opens_after
        self._open_for = open_for
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until: datetime | None = None

    def refuses_for_s(self) -> float:
        """Return for how many seconds nobody should ask; 0 when this caller may, and then tells what came of it."""
        now = self._clock.now()
        with self._lock:
            if self._open_until is None:
                return 0.0
            left_s = (self._open_until - now).total_seconds()
            if left_s <= 0:
                # This caller is the probe; the others wait until its outcome is known, or for another while.
                self._open_until = now + self._open_for
            return max(0.0, left_s)

    def succeeded(self) -> None:
        """Note that the other side answered."""
        with self._lock:
            self._failures, self._open_until = 0, None

    def failed(self) -> None:
        """Note that the other side did not answer, or could not serve."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._opens_after:
                self._open_until = self._clock.now() + self._open_for
