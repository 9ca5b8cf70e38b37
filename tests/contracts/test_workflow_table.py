"""The workflow table holds together: reachable states, granted permissions, words for everything."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.cases.rules import ACTION_NAMES, STATE_NAMES, WORKFLOWS, Action, State
from backend.complaints.models import StepWording
from backend.complaints.rules import STATE_WORDS
from backend.organization.roles import GRANTS, ROLE_NAMES, Role

EXPECTED_MOVES = Path(__file__).parents[1] / "http" / "data" / "expected_moves.csv"
TERMINAL = {State.CLOSED, State.REJECTED, State.CANCELLED}


@pytest.mark.parametrize("version", sorted(WORKFLOWS))
def test_every_state_is_reached_and_only_terminal_ones_have_no_exit(version):
    rows = WORKFLOWS[version]

    reached = {row.target for row in rows}
    left = {source for row in rows for source in row.sources}

    assert reached == set(State)
    assert set(State) - left == TERMINAL


@pytest.mark.parametrize("version", sorted(WORKFLOWS))
def test_every_permission_of_a_row_is_granted_to_a_role(version):
    granted = set().union(*GRANTS.values())

    for row in WORKFLOWS[version]:
        asked = {row.desk_permission, row.reporter_permission} - {None}
        assert asked, row.code
        assert asked <= granted, row.code


@pytest.mark.parametrize("version", sorted(WORKFLOWS))
def test_no_two_rows_share_a_code_or_leave_one_state_by_one_action(version):
    rows = WORKFLOWS[version]
    ways = [(row.action, source) for row in rows for source in row.sources or {None}]

    assert len({row.code for row in rows}) == len(rows)
    assert len(set(ways)) == len(ways)


def test_every_state_action_and_role_has_its_chinese_words():
    assert set(STATE_NAMES) == set(STATE_WORDS) == set(State)
    assert set(ACTION_NAMES) == set(Action)
    assert set(ROLE_NAMES) == set(GRANTS) == set(Role)


def test_every_transition_has_words_for_the_citizen_in_the_database(database):
    with database.transaction() as session:
        worded = set(session.scalars(select(StepWording.transition)))

    assert worded == {row.code for rows in WORKFLOWS.values() for row in rows}


def test_the_table_of_expected_moves_names_every_state_action_and_role_of_the_product():
    with EXPECTED_MOVES.open(encoding="utf-8", newline="") as lines:
        rows = {(row["state"], row["action"], row["role"]) for row in csv.DictReader(lines)}

    assert rows == {
        (state, action, role) for state in State for action in set(Action) - {Action.SUBMIT} for role in Role
    }
