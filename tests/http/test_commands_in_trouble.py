"""A command whose database is away says so, and what to do, without a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.infrastructure.embedded.throwaway import bare_settings

ROOT = Path(__file__).resolve().parents[2]
AWAY = "postgresql://nobody@127.0.0.1:1/nowhere"


@pytest.mark.parametrize(
    "words",
    [
        ["ledger", "verify"], ["people", "list"], ["jobs", "dead"], ["worker"],
        ["db", "upgrade"], ["db", "check"], ["city", "load"], ["rules", "load"], ["setup"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_command_without_its_database_says_what_to_do(words, tmp_path):
    settings = bare_settings() | {"DATABASE_URL": AWAY, "DATABASE_OWNER_URL": AWAY, "BAITONG_DATA_DIR": str(tmp_path)}

    ended = subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "DATABASE_URL" in ended.stderr or "数据库" in ended.stderr
