"""Names the processes that hold a port or a file, from /proc, so that an error can say who it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_LISTENING = "0A"


def listeners(port: int) -> tuple[str, ...]:
    """Return who listens on a TCP port, as "pid 12: command"; empty where the system does not tell."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    return tuple(sorted({describe(pid) for pid, target in _open_files() if target in inodes}))


def claimants(address: str) -> tuple[str, ...]:
    """Return who has bound an abstract Unix address (without its leading NUL), as "pid 12: command"."""
    try:
        lines = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    except OSError:
        return ()
    inodes = {f"socket:[{words[6]}]" for line in lines if (words := line.split())[-1] == f"@{address}"}
    return tuple(sorted({describe(pid) for pid, target in _open_files() if target in inodes}))


def holders(path: Path) -> tuple[int, ...]:
    """Return the pids that have a file open."""
    wanted = str(path.resolve())
    return tuple(sorted({pid for pid, target in _open_files() if target == wanted}))


def describe(pid: int) -> str:
    """Return "pid 12: command line"."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        command = "?"
    return f"pid {pid}: {command[:160]}"


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            if words[3] == _LISTENING and int(words[1].rpartition(":")[2], 16) == port:
                yield words[9]


def _open_files() -> Iterator[tuple[int, str]]:
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        # It may end meanwhile, close one of them, or belong to somebody else.
        with suppress(OSError):
            for file in os.listdir(f"/proc/{name}/fd"):
                with suppress(OSError):
                    yield int(name), os.readlink(f"/proc/{name}/fd/{file}")
