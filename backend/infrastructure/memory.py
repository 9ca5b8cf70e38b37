"""Memory that a process no longer needs, and the C library keeps."""

from __future__ import annotations

import ctypes


def give_back_memory() -> None:
    """Return freed memory to the system after a large piece of work; does nothing where the C library cannot."""
    # glibc alone has it: musl and others give memory back by themselves.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
