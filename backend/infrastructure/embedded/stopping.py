"""Ctrl-C, TERM and a closed terminal, turned into one exception: raised once, and never in the middle of a fork."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopAsked(BaseException):
    """Somebody asked us to stop. Not an error: nothing may swallow it on its way up."""


class Stops:
    """What the main thread does about the signals that ask it to stop."""

    def __init__(self) -> None:
        self._asked = False
        self._held = False
        self._put_off = False
        self._begun = False

    def listen(self) -> None:
        """Take the signals over from here on."""
        # Set even where a shell made us ignore SIGINT ("command &" in a script).
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)
        # But nohup means what it says.
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._ask)

    def ignore(self) -> None:
        """Raise nothing any more: stopping has begun, and asking again must not cut it short."""
        self._asked = self._begun = True

    def check(self) -> None:
        """Raise again what was asked for and has not begun: an exception raised in a finaliser is lost by Python."""
        if self._asked and not self._begun:
            raise StopAsked

    @contextmanager
    def held(self) -> Iterator[None]:
        """Put a request off to the end of the body, so that no child is started that nobody remembers."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._put_off:
            self._put_off = False
            raise StopAsked

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        if self._asked:
            return
        self._asked = True
        if self._held:
            self._put_off = True
            return
        raise StopAsked
