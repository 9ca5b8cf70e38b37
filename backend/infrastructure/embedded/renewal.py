"""A new web beside the old one on the same port, and the old one gone when the new one serves: nobody is refused.

What is read anew: the code, ``serve.env``, everything that a web process reads at its start. A web that does not come
up is given up, and the old one goes on.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from types import FrameType

from backend.infrastructure.embedded.readiness import WebReadiness
from backend.infrastructure.embedded.running import Running

ASKED_BY = signal.SIGUSR1
_READY_WITHIN_S = 60.0
# So long the old web ends each connection with the answer on it. A client that is silent meanwhile is cut off, and
# sends its next request on a new connection.
_GOODBYE_S = 2.0
_POLL_S = 0.05


class Renewals:
    """Remembers that somebody asked for a new web."""

    def __init__(self) -> None:
        self._asked = False

    def listen(self) -> None:
        """Take the signal over from here on. Without it, it would end the supervisor."""
        signal.signal(ASKED_BY, self._ask)

    def taken(self) -> bool:
        """Tell whether it was asked for since the last time."""
        asked, self._asked = self._asked, False
        return asked

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked = True


def comes_up(new: Running, readiness: WebReadiness, *, tend: Callable[[], None]) -> bool:
    """Wait until all workers of the new web have answered. False when it ends before, or takes too long."""
    deadline_s = time.monotonic() + _READY_WITHIN_S
    while not readiness.reached():
        tend()
        if new.deaths or time.monotonic() > deadline_s:
            return False
        time.sleep(_POLL_S)
    return True


def say_goodbye(old: Running, *, tend: Callable[[], None]) -> None:
    """Have the old web end its connections, each with the next answer on it."""
    old.tell_group(signal.SIGWINCH)
    until_s = time.monotonic() + _GOODBYE_S
    while time.monotonic() < until_s:
        tend()
        time.sleep(_POLL_S)
