"""What the child may use: little memory, little time, little disk, and no life of its own after its parent."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_S = 8
FILE_BYTES = 32 * 1024 * 1024
OPEN_FILES = 64
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38


def confine(parent_pid: int) -> None:
    """Bind this process to its parent and limit it. Called before anything of the photo is read.

    The tie is made here and not by the parent: a ``preexec_fn`` is not safe in a process of many threads.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The second comes a second later, for whoever swallows the first.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        # It may have died before the line above: then nobody will send the signal any more.
        if os.getppid() != parent_pid:
            os.kill(os.getpid(), signal.SIGKILL)
