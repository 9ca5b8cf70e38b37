"""Log lines that are written together, by a thread of their own: requests do not wait for a file, or for each other.

A write gives up Python's lock in the middle of a request, and whoever logs next waits for the stream: under load that
cost more than a small view. What warns is written at once, with all that was said before it. A process that is killed
(SIGKILL) loses the lines of its last moment; the answers, and all that is stored, are told of elsewhere.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from contextvars import Context, copy_context
from typing import TextIO

from typing_extensions import override

from backend.infrastructure.quiet_handler import QuietHandler

GATHERED_FOR_S = 0.02
# How often the thread looks whether the process ends: its last lines are still to be written.
_LOOK_S = 0.1


class PatientHandler(QuietHandler):
    """A handler of lines that may wait for a moment. Safe for threads; not for use before a fork."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._records: deque[tuple[logging.LogRecord, Context]] = deque()
        self._said = threading.Event()
        # Whoever makes a line may warn, and so be here again.
        self._writing = threading.RLock()
        # Not a daemon: Python waits for it, so that the last lines of a process that ends are written.
        threading.Thread(target=self._write_all, name="log-lines").start()

    @override
    def handle(self, record: logging.LogRecord) -> bool:
        """Take a record. No lock is held: nothing here waits but what warns."""
        self.emit(record)
        return True

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Take a record; write it now if it warns."""
        # Its line is made later, with the fields of now: many at a time cost less than each amid a request.
        self._records.append((record, copy_context()))
        if record.levelno >= logging.WARNING:
            self._write_or_wait()
        elif not self._said.is_set():
            self._said.set()

    @override
    def flush(self) -> None:
        """Write what was taken, as the library asks for at its end."""
        self.write()

    def write(self) -> None:
        """Write all lines that were taken, in their order."""
        with self._writing:
            lines = []
            while self._records:
                lines.append(self._line(*self._records.popleft()))
            if lines:
                self.stream.write("".join(lines))
                self.stream.flush()  # a stream's buffer, no session

    def _line(self, record: logging.LogRecord, said_in: Context) -> str:
        try:
            return said_in.run(self.format, record) + self.terminator
        except Exception:
            self.handleError(record)
            return ""

    def _write_all(self) -> None:
        while threading.main_thread().is_alive():
            if self._said.wait(_LOOK_S):
                time.sleep(GATHERED_FOR_S)
                self._said.clear()
                self._write_or_wait()
        self._write_or_wait()

    def _write_or_wait(self) -> None:
        try:
            self.write()
        except (OSError, ValueError):
            # A full disk or a closed stream: the thread lives on for the lines that can be written again.
            with suppress(OSError, ValueError):
                sys.stderr.write('{"event": "log lines lost"}\n')
