"""One supervisor for one data folder, and none before the children of a killed one are gone."""

from __future__ import annotations

import os
import time
from pathlib import Path

from backend.infrastructure.embedded.console import Console
from backend.infrastructure.embedded.locks import try_exclusive
from backend.infrastructure.embedded.processes import describe, holders
from backend.infrastructure.embedded.refusals import StartRefused

_PATIENCE_S = 60.0
_TOLD_AFTER_S = 1.0
_POLL_S = 0.02


def become_the_only_supervisor(lock: Path) -> int:
    """Take the supervisor's lock, which no child inherits, and write our pid into it. Returns its descriptor."""
    descriptor = try_exclusive(lock)
    if descriptor is None:
        holder = lock.read_text(encoding="utf-8").strip() or "?"
        raise StartRefused(
            f"本目录的服务已在运行（{holder}）。请先停止它：在其终端按 Ctrl-C，或 kill 该 pid。",
            f"Already running for this folder ({holder}). Stop it first: Ctrl-C in its terminal, or kill that pid.",
        )
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{describe(os.getpid())}\n".encode())
    return descriptor


def running_supervisor(lock: Path) -> int | None:
    """Return the pid of the supervisor that holds the lock; None when nobody runs."""
    descriptor = try_exclusive(lock) if lock.exists() else None
    if descriptor is not None:
        os.close(descriptor)
        return None
    words = lock.read_text(encoding="utf-8").removeprefix("pid ").partition(":") if lock.exists() else ("", "", "")
    return int(words[0]) if words[0].isdecimal() else None


def outlive_leftovers(lock: Path, console: Console) -> int:
    """Take the lock that every child inherits: it is free when the last child of an earlier run has ended."""
    begun_s = time.monotonic()
    told = False
    while (descriptor := try_exclusive(lock)) is None:
        waited_s = time.monotonic() - begun_s
        if waited_s > _TOLD_AFTER_S and not told:
            told = True
            console.step("等待上一次运行的进程退出", "waiting for processes of the last run to end")
        if waited_s > _PATIENCE_S:
            who = "; ".join(describe(pid) for pid in holders(lock)) or "?"
            raise StartRefused(
                f"上一次运行的进程仍未退出：{who}。请用 kill 结束它们后重试。",
                f"Processes of the last run have not ended: {who}. End them with kill, then try again.",
            )
        time.sleep(_POLL_S)
    return descriptor
