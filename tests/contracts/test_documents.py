"""The documents hold together, and name nothing that the product does not have."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest

from backend.cases.rules import ACTION_NAMES, STATE_NAMES, WORKFLOWS, Clock
from backend.organization.roles import GRANTS, ROLE_NAMES
from mobile_api.cli.app import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
INFRASTRUCTURE = ROOT / "backend" / "infrastructure"
# What the product reads, and what `make run` reads before there is a product.
SETTINGS = "".join(
    (INFRASTRUCTURE / name).read_text(encoding="utf-8") for name in ("settings.py", "embedded/kept_numbers.py")
)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PARTS = ("Status", "Context", "Decision", "Consequences", "Alternatives")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")
CALL = re.compile(r"`(GET|POST|PUT|DELETE) (?:/api/v1)?(/[a-z_/{}-]+)`")
COMMAND = re.compile(r"(?:`|\.venv/bin/)flask ([a-z]+)(?: ([a-z]+(?:-[a-z]+)*))?")
SETTING = re.compile(r"\bBAITONG_[A-Z_]+[A-Z]\b")


def relative(path: Path) -> str:
    """Return the path as the repository knows it."""
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str:
    """Return what stands in a file."""
    return path.read_text(encoding="utf-8")


def shape(path: str) -> str:
    """Return an address without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def operations() -> set[tuple[str, str]]:
    """Return every operation of the API document: method and address."""
    paths = json.loads(text_of(ROOT / "docs" / "openapi.json"))["paths"]
    return {(method.upper(), shape(path.removeprefix("/api/v1"))) for path, item in paths.items() for method in item}


def commands() -> set[tuple[str, str]]:
    """Return every command of ours: a group with each of its commands, and those that stand alone."""
    found = set()
    for command in COMMANDS:
        found.add((str(command.name), ""))
        if isinstance(command, click.Group):
            found |= {(str(command.name), name) for name in command.commands}
    return found


OPERATIONS, COMMAND_NAMES = operations(), commands()


def test_the_index_names_every_decision_and_no_other():
    index = text_of(ROOT / "docs" / "adr" / "README.md")

    assert set(LINK.findall(index)) == {path.name for path in DECISIONS}


def test_decisions_are_numbered_without_a_gap():
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=relative)
def test_every_decision_has_its_parts_in_their_order(path):
    assert tuple(re.findall(r"^## (.+)$", text_of(path), re.MULTILINE)) == PARTS


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_every_link_of_a_page_leads_to_a_file(path):
    dead = [link for link in LINK.findall(text_of(path)) if not (path.parent / link).exists()]

    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_page_names_only_calls_that_the_api_has(path):
    named = {(method, shape(address)) for method, address in CALL.findall(text_of(path))}

    assert named - OPERATIONS == set()


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_page_names_only_commands_that_there_are(path):
    named = set(COMMAND.findall(text_of(path)))

    assert named - COMMAND_NAMES == set()


@pytest.mark.parametrize("path", [*PAGES, ROOT / ".env.example"], ids=relative)
def test_a_page_names_only_settings_that_there_are(path):
    named = set(SETTING.findall(text_of(path)))

    assert {name for name in named if f'"{name}"' not in SETTINGS} == set()


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_a_page_names_only_targets_that_make_has(path):
    named = set(re.findall(r"`make ([a-z]+)", text_of(path)))

    assert {name for name in named if not re.search(rf"^{name}:", MAKEFILE, re.MULTILINE)} == set()


def test_the_code_map_names_every_room_of_the_code():
    code_map = text_of(ROOT / "docs" / "code-map.md")
    rooms = [f"backend/{path.parent.name}/" for path in (ROOT / "backend").glob("*/__init__.py")]
    top = [f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")]

    assert [room for room in [*rooms, *top] if room not in code_map] == []


def test_the_glossary_has_every_word_that_a_case_is_told_in():
    glossary = text_of(ROOT / "docs" / "glossary.md")
    granted = [ROLE_NAMES[role] for role, permissions in GRANTS.items() if permissions]
    words = [*STATE_NAMES.values(), *ACTION_NAMES.values(), *granted, *(clock.value for clock in Clock)]

    assert [word for word in words if word not in glossary] == []


def test_the_decision_on_the_first_workflow_has_a_line_for_each_of_its_rows():
    decision = text_of(next(path for path in DECISIONS if path.name.startswith("0012")))

    assert re.findall(r"^- (T\d\d)", decision, re.MULTILINE) == [row.code for row in WORKFLOWS[1]]
