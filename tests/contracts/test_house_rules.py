"""The house rules that no linter knows: sizes, names, and calls that have one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("backend", "mobile_api", "service_catalog")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MAX_FILE_LINES, MAX_FUNCTION_LINES = 300, 40
# A text that has one allowed home, and the reason in the house rules.
ONE_HOME = {
    r"\.commit\(": ("mobile_api/transactions.py", "backend/worker/", "backend/migrations/"),
    r"datetime\.now\(|datetime\.utcnow\(": ("backend/kernel/clock.py",),
    r"os\.environ": ("backend/infrastructure/settings.py",),
    r"backref=": (),
    r"current_app": ("mobile_api/services.py",),
}


def relative(path: Path) -> str:
    """Return the path as the repository knows it."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield all functions of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=relative)
def test_no_source_file_is_longer_than_three_hundred_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_function_is_longer_than_forty_lines(path):
    long = {
        function.name: (function.end_lineno or 0) - function.lineno + 1
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > MAX_FUNCTION_LINES
    }
    # A migration is a list of columns; cutting it up would hide its order.
    assert not long or "migrations/versions" in relative(path), long


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_every_module_and_public_function_says_what_it_is_for(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
        and not _is_local(tree, node)
    ]

    assert ast.get_docstring(tree)
    assert silent == []


def _is_local(tree: ast.Module, node: ast.AST) -> bool:
    """Tell whether a function stands inside another, or is a protocol's or an overload's bare line."""
    holders = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = any(node in ast.walk(holder) and node is not holder for holder in holders)
    private = any(
        isinstance(one, ast.ClassDef) and one.name.startswith("_") and node in one.body for one in ast.walk(tree)
    )
    return inside or private


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_file_has_a_name_that_says_nothing(path):
    assert path.stem not in {"utils", "helpers", "common", "manager", "base", "misc"}


@pytest.mark.parametrize("pattern", sorted(ONE_HOME))
def test_a_call_that_has_one_home_is_made_nowhere_else(pattern):
    homes = ONE_HOME[pattern]
    strangers = [
        relative(path)
        for path in SOURCES
        if not any(relative(path).startswith(home) for home in homes)
        and re.search(pattern, path.read_text(encoding="utf-8"))
    ]

    assert strangers == []


def test_every_flush_says_why():
    silent = [
        f"{relative(path)}:{number}"
        for path in SOURCES
        for number, (before, line) in enumerate(_pairs(path), start=1)
        if re.search(r"\.flush\(\)", line) and "#" not in line and not before.strip().startswith("#")
    ]

    # A file's own buffer is no session.
    assert [place for place in silent if "private_files" not in place] == []


def test_every_import_inside_a_function_says_why():
    silent = []
    for path in SOURCES:
        lines = path.read_text(encoding="utf-8").splitlines()
        for function in functions(path):
            silent += [
                f"{relative(path)}:{node.lineno}"
                for node in ast.walk(function)
                if isinstance(node, ast.Import | ast.ImportFrom) and "#" not in lines[node.lineno - 1]
            ]

    assert silent == []


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    yield from zip(["", *lines], lines, strict=False)
