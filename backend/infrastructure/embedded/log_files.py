"""The logs of the child processes, kept from growing without end.

The children hold their logs open for appending, so a long one is copied aside and emptied in place.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

LONGEST_BYTES = 20 * 1024 * 1024


def shorten_logs(folder: Path, *, longest_bytes: int = LONGEST_BYTES) -> None:
    """Put aside every log that is longer than this. One older part is kept of each, as ``NAME.log.1``."""
    for log in folder.glob("*.log"):
        with suppress(OSError):
            if log.stat().st_size > longest_bytes:
                _put_aside(log)


def _put_aside(log: Path) -> None:
    older = log.with_suffix(".log.1")
    unfinished = log.with_suffix(".log.tmp")
    try:
        shutil.copyfile(log, unfinished)
        unfinished.chmod(0o600)
        unfinished.rename(older)
    except OSError:
        # The disk may be full, and then this very log is what has to go.
        unfinished.unlink(missing_ok=True)
    os.truncate(log, 0)
