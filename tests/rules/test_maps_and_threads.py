"""Many threads ask one map that nobody has asked before: GEOS makes parts of it only then, and may break its memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROUNDS = 150


def test_a_new_map_asked_by_many_at_once_answers_all_alike_and_the_process_lives():
    command = [sys.executable, "-m", "tests.rules.map_race", str(ROUNDS)]

    ended = subprocess.run(command, check=False, cwd=Path(__file__).parents[2], capture_output=True, text=True)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "the same answers for all" in ended.stdout
