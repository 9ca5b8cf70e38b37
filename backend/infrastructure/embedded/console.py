"""What the person at the terminal sees: one line a step, with the seconds since the start."""

from __future__ import annotations

import sys
import time


class Console:
    """Writes progress to standard output and warnings to standard error, at once."""

    def __init__(self) -> None:
        self._started_s = time.monotonic()

    def step(self, chinese: str, english: str) -> None:
        """Tell what begins or is done now."""
        self._write(sys.stdout, f"[{self.elapsed_s:5.1f} s] {chinese} ({english})")

    def warn(self, chinese: str, english: str) -> None:
        """Tell what went wrong and is being mended."""
        self._write(sys.stderr, f"[{self.elapsed_s:5.1f} s] ! {chinese} ({english})")

    def fail(self, chinese: str, english: str) -> None:
        """Tell why nothing more happens, and what to do."""
        self._write(sys.stderr, f"\n错误：{chinese}\nError: {english}")

    def show(self, text: str) -> None:
        """Write plain lines."""
        self._write(sys.stdout, text)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started_s

    @staticmethod
    def _write(stream: object, text: str) -> None:
        try:
            print(text, file=stream, flush=True)  # type: ignore[call-overload]
        except OSError:
            # The terminal is gone (EIO, EPIPE). The product keeps serving without it.
            return
