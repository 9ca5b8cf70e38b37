"""``python -m backend.infrastructure.embedded run | dev | with-postgres -- COMMAND | with-settings -- COMMAND``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.infrastructure.embedded.console import Console
from backend.infrastructure.embedded.data_dir import PROJECT_DIR, DataDir
from backend.infrastructure.embedded.plan import development_plan, product_plan
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.supervisor import MakePlan, Supervisor
from backend.infrastructure.embedded.throwaway import bare_settings, throwaway_environment
from backend.infrastructure.settings import read_environment

_PLANS: Mapping[str, MakePlan] = {"run": product_plan, "dev": development_plan}
_USAGE = (
    "usage: python -m backend.infrastructure.embedded run | dev | with-postgres -- COMMAND | with-settings -- COMMAND"
)


def main(words: Sequence[str], *, plans: Mapping[str, MakePlan] = _PLANS) -> int:
    """Do what the words say and return the exit code."""
    console = Console()
    environment = read_environment()
    try:
        if len(words) == 1 and words[0] in plans:
            root = Path(environment.get("BAITONG_DATA_DIR", PROJECT_DIR / ".data")).absolute()
            Supervisor(DataDir(root), console, environment=environment, make_plan=plans[words[0]]).run()
            return 0
        if words[:2] == ["with-postgres", "--"] and words[2:]:
            with throwaway_environment() as reached:
                return subprocess.run(words[2:], check=False, env=environment | reached).returncode  # noqa: S603 - asked for
        if words[:2] == ["with-settings", "--"] and words[2:]:
            return subprocess.run(words[2:], check=False, env=environment | bare_settings()).returncode  # noqa: S603 - asked for
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
