"""``python -m backend.infrastructure.embedded run | dev | with-postgres -- COMMAND``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from backend.infrastructure.embedded.console import Console
from backend.infrastructure.embedded.data_dir import PROJECT_DIR, DataDir
from backend.infrastructure.embedded.plan import development_plan, product_plan
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.supervisor import Supervisor
from backend.infrastructure.embedded.throwaway import throwaway_environment
from backend.infrastructure.settings import read_environment

_PLANS = {"run": product_plan, "dev": development_plan}
_USAGE = "usage: python -m backend.infrastructure.embedded run | dev | with-postgres -- COMMAND..."


def main(words: Sequence[str]) -> int:
    """Do what the words say and return the exit code."""
    console = Console()
    environment = read_environment()
    try:
        if len(words) == 1 and words[0] in _PLANS:
            root = Path(environment.get("BAITONG_DATA_DIR", PROJECT_DIR / ".data")).absolute()
            Supervisor(DataDir(root), console, environment=environment, make_plan=_PLANS[words[0]]).run()
            return 0
        if words[:2] == ["with-postgres", "--"] and words[2:]:
            with throwaway_environment() as reached:
                return subprocess.run(words[2:], check=False, env=environment | reached).returncode  # noqa: S603 - asked for
    except StartRefused as refusal:
        console.fail(refusal.chinese, refusal.english)
        return 1
    console.show(_USAGE)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
