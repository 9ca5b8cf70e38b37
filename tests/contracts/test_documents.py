"""The documents hold together: every decision is in the index and has its parts, every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md"), *DECISIONS])
PARTS = ("Status", "Context", "Decision", "Consequences", "Alternatives")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")


def relative(path: Path) -> str:
    """Return the path as the repository knows it."""
    return path.relative_to(ROOT).as_posix()


def test_the_index_names_every_decision_and_no_other():
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")

    assert set(LINK.findall(index)) == {path.name for path in DECISIONS}


@pytest.mark.parametrize("path", DECISIONS, ids=relative)
def test_every_decision_has_its_parts_in_their_order(path):
    assert tuple(re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)) == PARTS


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_every_link_of_a_page_leads_to_a_file(path):
    dead = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()]

    assert dead == []
