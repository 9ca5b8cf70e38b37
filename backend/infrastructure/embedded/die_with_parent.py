"""A child that the supervisor started ends with it, even after ``kill -9`` (Linux: PR_SET_PDEATHSIG).

The signal follows the *thread* that forked: the main thread forks everything and lives to the end.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable

from backend.infrastructure.settings import read_environment

SWITCH = "BAITONG_DIE_WITH_PARENT"
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def before_exec(ending: signal.Signals) -> Callable[[], None] | None:
    """Return the ``preexec_fn`` of a child that is to get this signal when we die. None where the system has no way.

    It runs after the child has changed its user, because a change of user forgets the signal.
    """
    if _LIBC is None:
        return None
    parent_pid = os.getpid()

    def tie() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(ending))
        # We may have died before the line above: then nobody will send the signal any more.
        if os.getppid() != parent_pid:
            os.kill(os.getpid(), signal.SIGKILL)

    return tie


def arm() -> None:
    """Tie a web worker to its server process. Does nothing unless the supervisor asked for it.

    KILL, because a worker that is still importing swallows TERM; and in the worker itself, because the tie does not
    survive the fork that made it.
    """
    if _LIBC is None or read_environment().get(SWITCH) != "1":
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid != os.getppid():
        os.kill(os.getpid(), signal.SIGKILL)
