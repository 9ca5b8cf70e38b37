"""The comparison page claims only what a test proves: every name stands for a test that there is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")
OURS = ("**yes**", "**partly**", "**not yet**")


def rows() -> Iterator[tuple[list[str], list[str]]]:
    """Yield the head and the cells of every row of every table."""
    for block in re.findall(r"(?:^\|.*\|\n)+", PAGE, re.MULTILINE):
        head, _, *lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()]
        yield from ((head, line) for line in lines)


ROWS = list(rows())


@cache
def names_in(file: str) -> frozenset[str]:
    """Return the names of the tests that a file defines."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_row_has_the_cells_of_its_head_and_says_how_we_stand():
    assert len(ROWS) > 100
    assert [line for head, line in ROWS if len(line) != len(head) or not line[-2].startswith(OURS)] == []


def test_every_test_that_the_page_names_is_one_that_runs():
    named = [(file, name) for _, line in ROWS for file, name in NAMED.findall(line[-1])]

    missing = [
        f"{file}::{name}"
        for file, name in named
        if not name.startswith("test_") or not (ROOT / file).is_file() or name not in names_in(file)
    ]
    assert missing == []


def test_whatever_we_claim_is_proved_and_what_we_have_not_is_not():
    wrong = [line[0] for _, line in ROWS if bool(NAMED.findall(line[-1])) is line[-2].startswith("**not yet**")]

    assert wrong == []


def test_what_we_have_in_part_says_what_is_missing():
    assert [line[0] for _, line in ROWS if line[-2].startswith("**partly**") and ":" not in line[-2]] == []
