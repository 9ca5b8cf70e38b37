"""Ctrl-C while Python still imports: nothing has been started, so the process ends at once and silently.

Without it Python raises KeyboardInterrupt wherever it stands. Raised in a callback of the import machinery it is
printed and lost, and the start goes on as if nobody had asked.
"""

from __future__ import annotations

import os
import signal

_ENDED_BY_SIGINT = 128 + signal.SIGINT


def end_at_once_when_asked() -> None:
    """Do so until ``Stops.listen`` takes over."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(_ENDED_BY_SIGINT))
