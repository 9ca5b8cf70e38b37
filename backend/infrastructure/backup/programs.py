"""pg_dump and pg_restore: found beside the embedded server or on the machine, and told where without a password."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from backend.infrastructure.backup.refusals import BackupRefused
from backend.infrastructure.embedded.binaries import postgres_bin_dir
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.settings import read_environment

_LAST_WORDS = 1500


def run_program(name: str, words: Sequence[str], *, url: str) -> None:
    """Run a program of PostgreSQL on a database. Raises BackupRefused with its own last words when it fails."""
    parameters = conninfo_to_dict(url)
    # Arguments can be read by everybody on the machine, the environment only by ourselves.
    password = parameters.pop("password", None)
    environment = read_environment() | ({"PGPASSWORD": str(password)} if password else {})
    command = [str(_program(name)), *words, "--no-password", "--dbname", make_conninfo("", **parameters)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace", env=environment)  # noqa: S603 - PostgreSQL's own
    if ended.returncode != 0:
        raise BackupRefused(f"{name} 失败（{ended.returncode}）：\n{ended.stderr.strip()[-_LAST_WORDS:]}")


def _program(name: str) -> Path:
    try:
        beside = postgres_bin_dir() / name
    except StartRefused:
        beside = None
    if beside is not None and os.access(beside, os.X_OK):
        return beside
    on_path = shutil.which(name)
    if on_path is None:
        raise BackupRefused(f"找不到 {name}：请安装与数据库同版本的 PostgreSQL 客户端。")
    return Path(on_path)
