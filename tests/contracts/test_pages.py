"""The pages that are printed from the product's tables: committed as they are printed, and whole."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from backend.cases.rules import CURRENT_VERSION, WORKFLOWS, guards, photos
from backend.cases.rules.refusals import refusals_of
from backend.organization.roles import GRANTS, ROLE_NAMES
from mobile_api.reference_pages import reference_pages

DOCS = Path(__file__).resolve().parents[2] / "docs"
PRINTED = ("workflow-table.md", "permissions.md", "adr/README.md", "problems/README.md")
ARROW = re.compile(r"^    (\w+|\[\*\]) --> (\w+) : ", re.MULTILINE)


def committed(name: str) -> str:
    """Return a page as it is committed."""
    return (DOCS / name).read_text(encoding="utf-8")


def tables(text: str) -> list[list[list[str]]]:
    """Return the tables of a page: rows of cells, the head first."""
    blocks = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    return [
        [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
        for block in blocks
    ]


@pytest.mark.parametrize("name", PRINTED)
def test_a_committed_page_is_the_one_that_is_printed_now(app, name):
    assert committed(name) == reference_pages(app)[name], "run 'make pages' and review the difference"


def test_no_other_page_is_printed(app):
    assert set(reference_pages(app)) == set(PRINTED)


@pytest.mark.parametrize("name", PRINTED)
def test_every_row_of_a_printed_table_has_as_many_cells_as_its_head(name):
    uneven = [row for rows in tables(committed(name)) for row in rows if len(row) != len(rows[0])]

    assert uneven == []


def test_the_workflow_page_has_each_transition_once_and_its_arrows():
    text, rows = committed("workflow-table.md"), WORKFLOWS[CURRENT_VERSION]

    assert [row[0] for row in tables(text)[0][2:]] == [row.code for row in rows]
    assert set(ARROW.findall(text)) == {
        (source, target) for row in rows for source in row.sources or {"[*]"} for target in row.targets
    }


def test_the_permissions_page_ticks_exactly_what_roles_are_granted():
    head, _, *rows = tables(committed("permissions.md"))[0]
    roles = {name: role for role, name in ROLE_NAMES.items()}

    ticked = {
        (roles[name], row[0].strip("`"))
        for row in rows
        for name, cell in zip(head[1:], row[1:], strict=True)
        if cell == "✔"
    }

    assert ticked == {(role, permission) for role, held in GRANTS.items() for permission in held}


@pytest.mark.parametrize("action", guards._GUARDS, ids=str)
def test_the_workflow_page_knows_every_refusal_that_the_guards_of_an_action_can_raise(action):
    raised = {name for guard in guards._GUARDS[action] for name in raised_in(guard)}

    assert raised <= {kind.__name__ for kind in refusals_of(action)}


def test_the_workflow_page_knows_no_refusal_that_nothing_of_the_cases_raises():
    raised = {
        name
        for file in (DOCS.parent / "backend").rglob("*.py")
        if file.name != "refusals.py"
        for name in re.findall(r"errors\.([A-Z]\w+)", file.read_text(encoding="utf-8"))
    }

    assert {kind.__name__ for row in WORKFLOWS[CURRENT_VERSION] for kind in refusals_of(row.action)} <= raised


def test_a_missing_photo_is_a_refusal_of_reporting_back():
    assert raised_in(photos.check_photos) <= {
        kind.__name__
        for row in WORKFLOWS[CURRENT_VERSION]
        if "feedback" in row.needs
        for kind in refusals_of(row.action)
    }


def raised_in(guard) -> set[str]:
    """Return the names of the refusals that the text of a guard raises."""
    return set(re.findall(r"errors\.([A-Z]\w+)", inspect.getsource(guard)))
