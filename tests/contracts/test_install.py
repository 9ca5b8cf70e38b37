"""The set-up script says what to do when it cannot go on: no Python, an old one, a platform without wheels."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "deploy" / "install.sh"


@pytest.fixture
def program(tmp_path: Path):
    """Make a program of this name that does what the shell lines say."""

    def make(name: str, lines: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


def installed(tmp_path: Path, python: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the set-up with this Python on a virtual environment of the test."""
    return subprocess.run(
        ["bash", str(SCRIPT), "run"],
        cwd=SCRIPT.parents[1],
        env=os.environ | {"PYTHON": str(python), "VENV": str(tmp_path / "venv")},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_without_python_it_says_which_one_to_install(tmp_path):
    ended = installed(tmp_path, tmp_path / "no-such-python")

    assert ended.returncode == 1
    assert "Install Python 3.11 or newer" in ended.stderr
    assert "make PYTHON=" in ended.stderr
    assert not (tmp_path / "venv").exists()


def test_an_old_python_is_named_with_the_cure(tmp_path, program):
    old = program("python3.9", 'if [ "$1" = --version ]; then echo "Python 3.9.2"; else exit 1; fi')

    ended = installed(tmp_path, old)

    assert ended.returncode == 1
    assert "Python 3.9.2 is too old; 3.11 or newer is needed" in ended.stderr
    assert not (tmp_path / "venv").exists()


def test_a_python_that_cannot_make_an_environment_names_the_package_to_install(tmp_path, program):
    bare = program("python3", 'case "$1" in -m) echo "ensurepip is not available" >&2; exit 1;; *) exit 0;; esac')

    ended = installed(tmp_path, bare)

    assert ended.returncode == 1
    assert "apt-get install python3-venv" in ended.stderr


def test_a_platform_without_wheels_is_told_which_ones_have_them(tmp_path, program):
    program("venv/bin/python", "exit 0")
    program("venv/bin/pip", "exit 0")
    program("venv/bin/uv", 'echo "no wheels with a matching platform tag" >&2; exit 1')

    ended = installed(tmp_path, sys.executable)

    assert ended.returncode == 1
    assert "no wheels with a matching platform tag" in ended.stderr
    assert "Linux x86_64 or aarch64 with glibc, or macOS" in ended.stderr
    assert not (tmp_path / "venv" / ".run-ready").exists()
