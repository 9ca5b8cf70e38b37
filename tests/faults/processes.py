"""The processes of one running product, from /proc: found by their parents, so that no test touches a stranger."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A process as it was seen. Its start time tells it from a later one with the same pid."""

    pid: int
    parent: int
    session: int
    started: int
    command: str

    def runs(self) -> bool:
        """Tell whether this very process still runs. A zombie does not."""
        now = see(self.pid)
        return now is not None and now.started == self.started

    def kill(self) -> None:
        """Kill it at once, if it is still the one that was seen."""
        if self.runs():
            os.kill(self.pid, signal.SIGKILL)


def see(pid: int) -> Seen | None:
    """Return the running process with this pid, if there is one."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return None
    if words[0] in {"Z", "X"}:
        return None
    return Seen(pid=pid, parent=int(words[1]), session=int(words[3]), started=int(words[19]), command=command)


def descendants(pid: int) -> list[Seen]:
    """Return everything below this process, parents first."""
    everybody = [seen for folder in Path("/proc").glob("[0-9]*") if (seen := see(int(folder.name)))]
    found: list[Seen] = []
    parents = {pid}
    while parents:
        below = [seen for seen in everybody if seen.parent in parents]
        found += below
        parents = {seen.pid for seen in below}
    return found


def environment_of(pid: int) -> bytes:
    """Return what the process was given as its environment; empty when it has just ended."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
