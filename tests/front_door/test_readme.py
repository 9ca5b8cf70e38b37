"""The README's first calls, run as a newcomer pastes them: every one is answered, and the last tells of the first."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from backend.infrastructure.embedded.data_dir import PROJECT_DIR
from tests.faults.run_product import Product

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine: the README's calls were not run"),
]
README = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
BASH = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
# As curl, but what it was answered is written down beside: a pipe hides it from whoever reads the terminal.
CURL = """#!/bin/bash
answer=$({curl} -w '\\n%{{http_code}}' "$@")
echo "${{answer##*$'\\n'}}" >> {statuses}
printf '%s' "${{answer%$'\\n'*}}"
"""
# How soon the worker gets to it depends on the machine: the last call is made again until it tells.
TOLD = """
until curl -s $BASE/notifications -H "Authorization: Bearer $citizen" | grep -q 已受理; do sleep 0.2; done; echo told
"""


class Terminal:
    """A second terminal in the folder of the product, with bash and a curl that keeps the status of each answer."""

    def __init__(self, product: Product, folder: Path) -> None:
        self._product, self.statuses_file = product, folder / "statuses"
        (folder / "curl").write_text(CURL.format(curl=shutil.which("curl"), statuses=self.statuses_file))
        (folder / "curl").chmod(0o755)
        self._path = f"{folder}{os.pathsep}{os.environ['PATH']}"
        for name in (".flaskenv", ".venv"):
            link = product.home / name
            if not link.is_symlink():
                link.symlink_to(Path(sys.prefix) if name == ".venv" else PROJECT_DIR / name)

    def paste(self, text: str) -> str:
        """Run what was pasted after the line that `make run` printed, and return what the terminal shows."""
        exported = re.search(r"^ *(export BASE=\S+)$", self._product.output, re.MULTILINE)
        assert exported is not None, self._product.output
        ended = subprocess.run(
            ["bash", "-c", f"{exported[1]}\n{text}"],
            cwd=self._product.home,
            env={"PATH": self._path, "PYTHONPATH": str(PROJECT_DIR), "LANG": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=120,
        )
        return ended.stdout

    @property
    def statuses(self) -> Sequence[str]:
        """The statuses of all calls so far."""
        return self.statuses_file.read_text(encoding="utf-8").split()


def test_the_readme_has_exactly_ten_calls_numbered_in_their_order():
    (calls,) = BASH.findall(README)

    assert re.findall(r"^# (\d+) ", calls, re.MULTILINE) == [str(number) for number in range(1, 11)]
    assert len(re.findall(r"\bcurl -", calls)) == 10


def test_the_ten_calls_of_the_readme_work_as_pasted(product: Product, tmp_path: Path) -> None:
    terminal = Terminal(product, tmp_path)
    (calls,) = BASH.findall(README)

    shown = terminal.paste(calls + TOLD)

    assert terminal.statuses[:10] == ["200", "201", "201", "201", "201", "200", "201", "200", "201", "200"], shown
    assert "idempotent-replayed: true" in shown.lower()
    assert '"state":"accepted"' in shown
    assert shown.endswith("told\n")


def test_the_readme_is_short_enough_to_be_read_in_five_minutes():
    assert len(README.splitlines()) <= 160
