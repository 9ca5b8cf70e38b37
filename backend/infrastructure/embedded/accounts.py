"""PostgreSQL refuses to run as root: borrow an account that exists already, and make none."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from backend.infrastructure.embedded.refusals import StartRefused

_BORROWED = ("postgres", "nobody", "daemon")


class ProcessIdentity(TypedDict, total=False):
    """The arguments of ``subprocess`` that say as whom a program runs; empty means as ourselves."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom the database runs as. ``uid`` is None where that is ourselves."""

    uid: int | None
    gid: int | None

    @property
    def identity(self) -> ProcessIdentity:
        """How ``subprocess`` is told."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path, mode: int) -> None:
        """Give a path to the account with this mode."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def reaches(self, path: Path) -> bool:
        """Tell whether the account may read and enter (or run) the path, through all folders above it."""
        if self.uid is None:
            return os.access(path, os.R_OK | os.X_OK)
        question = ["/bin/sh", "-c", 'test -r "$1" -a -x "$1"', "sh", str(path)]
        return subprocess.run(question, check=False, cwd="/", **self.identity).returncode == 0  # noqa: S603 - fixed words


def database_account() -> Account:
    """Return ourselves, or as root the first existing unprivileged account."""
    if os.geteuid() != 0:
        return Account(uid=None, gid=None)
    for name in _BORROWED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=found.pw_uid, gid=found.pw_gid)
    raise StartRefused(
        "以 root 运行时 PostgreSQL 需要普通账号 postgres、nobody 或 daemon，本机都没有：请用普通用户运行。",
        "As root PostgreSQL needs an account to run as (postgres, nobody or daemon): run make run as an ordinary user.",
    )


def refuse_nameless_account() -> None:
    """Refuse a user id that has no name (a container's random one): initdb asks for the name, and fails late."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise StartRefused(
            f"当前用户号 {os.geteuid()} 在 /etc/passwd 中没有名字，PostgreSQL 无法初始化。"
            "请换用有名字的账号，或设置 DATABASE_URL 与 DATABASE_OWNER_URL 指向已有的数据库。",
            f"User id {os.geteuid()} has no name in /etc/passwd, and PostgreSQL needs one. Run as an account that has "
            "a name, or point DATABASE_URL and DATABASE_OWNER_URL at a server.",
        ) from None
