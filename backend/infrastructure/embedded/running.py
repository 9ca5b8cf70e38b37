"""One process that is kept running: started again whenever it ends, whatever it says when it does."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

Process = subprocess.Popen[bytes]

_STEADY_S = 5.0
_FIRST_DELAY_S = 0.1
_LONGEST_DELAY_S = 5.0


class Running:
    """A kept process. Its owner calls ``tend`` often, from the thread that may fork."""

    def __init__(
        self, name: str, launch: Callable[[], Process], *, endings: tuple[tuple[signal.Signals, float], ...]
    ) -> None:
        self.name = name
        self._launch = launch
        self._endings = endings
        self._process: Process | None = None
        self._started_s = 0.0
        self._delay_s = _FIRST_DELAY_S
        self._due_s = 0.0
        self.deaths = 0
        self.quick_deaths = 0

    def start(self, already: Process | None = None) -> None:
        """Start it now, or take over one that runs."""
        self._started_s = time.monotonic()
        self._process = already or self._launch()

    def tend(self) -> int | None:
        """Start it again when it has ended and its delay is over. Returns the exit code, once, when it has ended."""
        if self._process is None:
            if time.monotonic() >= self._due_s:
                self._start_again()
            return None
        code = self._process.poll()
        if code is None:
            return None
        self.deaths += 1
        self._clear_group()
        self._put_off()
        return code

    def _start_again(self) -> None:
        try:
            self.start()
        except OSError:
            # No memory, no disk, no process left: none of these lasts for ever.
            self._put_off()

    def _put_off(self) -> None:
        """Wait longer each time it ends soon after its start, and hardly at all when it ran well."""
        if time.monotonic() - self._started_s >= _STEADY_S:
            self._delay_s, self.quick_deaths = _FIRST_DELAY_S, 0
        else:
            self._delay_s = min(self._delay_s * 2, _LONGEST_DELAY_S)
            self.quick_deaths += 1
        self._process, self._due_s = None, time.monotonic() + self._delay_s

    def tell_group(self, what: signal.Signals) -> None:
        """Send a signal to the process and to all below it that share its session."""
        if self._process is not None and self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, what)

    def ask_to_stop(self) -> None:
        """Send the first, polite signal."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self._endings[0][0])

    def stop(self) -> None:
        """Wait for the end that was asked for; ask harder when it does not come."""
        if self._process is None:
            return
        for position, (ending, patience_s) in enumerate(self._endings):
            if self._process.poll() is not None:
                break
            if position > 0:
                self._process.send_signal(ending)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
        self._clear_group()
        self._process = None

    def _clear_group(self) -> None:
        """Kill what the ended process left behind: it led a session of its own, so the group is its alone."""
        if self._process is not None and self._process.poll() is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
