"""Figures that every process adds up in the folder of PROMETHEUS_MULTIPROC_DIR; the web shows their sum.

Counters of a process that has ended stay in the sum: a total never falls. Gauges tell of now, and go with it.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import Counter, Gauge, multiprocess

CONNECTIONS_IN_USE = Gauge(
    "baitong_database_connections_in_use",
    "Database connections that hold transactions, over all processes",
    multiprocess_mode="livesum",
)
OUTSIDE_RESULTS = Counter(
    "baitong_outside_results", "What came of the worker's calls to the outside", ["queue", "outcome"]
)


def forget_gauges_of_the_dead(folder: Path) -> None:
    """Remove the gauges of processes that have ended: nobody tells when one was killed."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if not _runs(pid):
            multiprocess.mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]  # upstream


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
