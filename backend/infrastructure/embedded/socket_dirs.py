"""Where a server puts its Unix socket: beside its data, or in a short private folder when that path is too long."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from backend.infrastructure.embedded.accounts import Account

# sun_path holds 104 bytes on macOS and 108 on Linux, with ".s.PGSQL.5432.lock" to come.
_LONGEST_DIR_BYTES = 80


def socket_dir(home: Path, account: Account) -> Path:
    """Return the folder for the socket of the server that lives in ``home``; the same one every time."""
    if len(os.fsencode(home)) <= _LONGEST_DIR_BYTES:
        return home
    note = home / "socket-dir"
    if note.exists():
        kept = Path(note.read_text(encoding="utf-8"))
        if _is_private(kept, account):
            return kept
    made = Path(tempfile.mkdtemp(prefix="baitong-", dir="/tmp"))
    account.own(made, 0o700)
    note.write_text(str(made), encoding="utf-8")
    return made


def _is_private(path: Path, account: Account) -> bool:
    """Tell whether the folder is still ours alone: anybody may make a folder of that name after a reboot."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    owner = os.geteuid() if account.uid is None else account.uid
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and stat.S_IMODE(found.st_mode) == 0o700  # noqa: PLR2004
