"""``python -m backend.infrastructure.embedded`` and a word: run, dev, restart, or what a command is run with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from backend.infrastructure.embedded.alone import database_alone
from backend.infrastructure.embedded.console import Console
from backend.infrastructure.embedded.data_dir import PROJECT_DIR, DataDir
from backend.infrastructure.embedded.leftovers import running_supervisor
from backend.infrastructure.embedded.plan import development_plan, product_plan
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.renewal import ASKED_BY
from backend.infrastructure.embedded.supervisor import MakePlan, Supervisor
from backend.infrastructure.embedded.throwaway import bare_settings, throwaway_environment
from backend.infrastructure.settings import read_environment

_PLANS: Mapping[str, MakePlan] = {"run": product_plan, "dev": development_plan}
# What a command of ours is run with: the installation's database alone, both servers for a while, or none.
_SURROUNDINGS: Mapping[str, Callable[[Path, Console], AbstractContextManager[dict[str, str]]]] = {
    "with-database": database_alone,
    "with-postgres": lambda _root, _console: throwaway_environment(),
    "with-settings": lambda _root, _console: nullcontext(bare_settings()),
}
_USAGE = (
    "usage: python -m backend.infrastructure.embedded "
    "run | dev | restart | with-database -- COMMAND | with-postgres -- COMMAND | with-settings -- COMMAND"
)


def main(words: Sequence[str], *, plans: Mapping[str, MakePlan] = _PLANS) -> int:
    """Do what the words say and return the exit code."""
    console = Console()
    environment = read_environment()
    root = Path(environment.get("BAITONG_DATA_DIR", PROJECT_DIR / ".data")).absolute()
    try:
        if len(words) == 1 and words[0] in plans:
            Supervisor(DataDir(root), console, environment=environment, make_plan=plans[words[0]]).run()
            return 0
        if words[0:1] and words[0] in _SURROUNDINGS and words[1:2] == ["--"] and words[2:]:
            with _SURROUNDINGS[words[0]](root, console) as reached:
                return subprocess.run(words[2:], check=False, env=environment | reached).returncode  # noqa: S603 - asked for
        if words == ["restart"]:
            return _restart(root, console)
    except StartRefused as refusal:
        console.fail(refusal.chinese, refusal.english)
        return 1
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        console.fail(
            f"系统拒绝了一项操作：{error.strerror}{where}。检查磁盘空间（df -h）、权限与进程数后再试。",
            f"The system refused: {error.strerror}{where}. Check disk space (df -h), rights and process limits.",
        )
        return 1
    console.show(_USAGE)
    return 2


def _restart(root: Path, console: Console) -> int:
    """Ask the supervisor of this folder for a new web and a new worker."""
    pid = running_supervisor(root / "supervisor.lock")
    if pid is None:
        console.fail("本目录没有正在运行的服务。", "Nothing runs for this folder.")
        return 1
    os.kill(pid, ASKED_BY)
    console.show("已请求逐步换新，进展见 make run 的终端 (asked; the terminal of make run tells the rest)")
    return 0
