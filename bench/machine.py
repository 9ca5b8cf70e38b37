"""What the processes of a run cost: CPU seconds of a process tree, its memory, and how busy the whole machine was."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat after the name in brackets (proc(5)): the parent; utime, stime, cutime and cstime.
_PARENT, _FIRST_TIME, _AFTER_TIMES = 1, 11, 15
_IDLE_FIELDS = (3, 4)  # idle and iowait of the line "cpu"
_COUNTED_FIELDS = 8  # guest time, which follows, is a part of user time


def parents(proc: Path = PROC) -> dict[int, int]:
    """Return the parent of every process, by pid."""
    found = {}
    for folder in proc.iterdir():
        if folder.name.isdecimal() and (fields := _stat(folder)):
            found[int(folder.name)] = int(fields[_PARENT])
    return found


def tree(root: int, proc: Path = PROC) -> set[int]:
    """Return a process and all below it."""
    known, members = parents(proc), {root}
    while more := {pid for pid, parent in known.items() if parent in members} - members:
        members |= more
    return members


def child_named(root: int, words: str, proc: Path = PROC) -> int:
    """Return the one child of a process whose command holds these words. Raises LookupError."""
    found = [pid for pid, parent in parents(proc).items() if parent == root and words in command_of(pid, proc)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} children of {root} are called {words!r}")
    return found[0]


def command_of(pid: int, proc: Path = PROC) -> str:
    """Return the command line of a process; empty when it is gone."""
    try:
        return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def cpu_s(root: int, proc: Path = PROC) -> float:
    """Return the CPU seconds that a process tree has used, with those of its children that have ended."""
    ticks = 0
    for pid in tree(root, proc):
        if fields := _stat(proc / str(pid)):
            ticks += sum(int(field) for field in fields[_FIRST_TIME:_AFTER_TIMES])
    return ticks / _TICKS_A_SECOND


def pss_mib(pid: int, proc: Path = PROC) -> float:
    """Return the memory of a process in MiB, each shared page divided among those that share it."""
    for line in (proc / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"no Pss of {pid}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTime:
    """CPU seconds of all cores since the machine started: in use, and in all."""

    busy_s: float
    total_s: float


def machine_time(proc: Path = PROC) -> MachineTime:
    """Return what the machine has done so far."""
    line = (proc / "stat").read_text(encoding="ascii").split("\n", 1)[0]
    ticks = [int(field) for field in line.split()[1:]][:_COUNTED_FIELDS]
    idle = sum(ticks[field] for field in _IDLE_FIELDS)
    return MachineTime(busy_s=(sum(ticks) - idle) / _TICKS_A_SECOND, total_s=sum(ticks) / _TICKS_A_SECOND)


def others_share(before: MachineTime, after: MachineTime, *, own_s: float) -> float:
    """Return the part of the machine, 0 to 1, that was used by what is not ours, which used ``own_s``."""
    return max(0.0, after.busy_s - before.busy_s - own_s) / max(after.total_s - before.total_s, 1e-9)


def _stat(folder: Path) -> list[str]:
    """Return the fields after the name, which may itself hold blanks and brackets; none when the process is gone."""
    try:
        return (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
