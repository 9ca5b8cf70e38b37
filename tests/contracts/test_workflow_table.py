"""The workflow table holds together: reachable states, granted permissions, words for everything."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.cases.rules import (
    ACTION_NAMES,
    CURRENT_VERSION,
    STAGE_CLOCKS,
    STATE_NAMES,
    UPKEEP,
    WORKFLOWS,
    Action,
    Door,
    State,
    open_states,
)
from backend.complaints.models import StepWording
from backend.complaints.rules import STATE_WORDS
from backend.organization.roles import GRANTS, ROLE_NAMES, Role

EXPECTED_MOVES = Path(__file__).parents[1] / "http" / "data" / "expected_moves.csv"
TERMINAL = {State.CLOSED, State.REJECTED, State.CANCELLED}


def test_every_state_is_reached_and_only_ended_ones_have_no_exit_but_reopening():
    rows = WORKFLOWS[CURRENT_VERSION]

    reached = {target for row in rows for target in row.targets}
    left = {source for row in rows if row.action is not Action.REOPEN for source in row.sources}

    assert reached == set(State)
    assert set(State) - left == TERMINAL


@pytest.mark.parametrize("version", sorted(WORKFLOWS))
def test_a_state_of_an_old_version_is_one_of_the_current_one(version):
    states = {state for row in WORKFLOWS[version] for state in (*row.sources, *row.targets)}

    assert states <= {state for row in WORKFLOWS[CURRENT_VERSION] for state in (*row.sources, *row.targets)}


@pytest.mark.parametrize("version", sorted(WORKFLOWS))
def test_every_row_has_a_door_and_every_permission_of_a_door_is_granted_to_a_role(version):
    granted = set().union(*GRANTS.values())

    for row in WORKFLOWS[version]:
        assert row.doors, row.code
        assert set(row.doors.values()) - {None} <= granted, row.code
        # The clock alone comes without a permission.
        assert {door for door, permission in row.doors.items() if permission is None} <= {Door.SYSTEM}, row.code


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

    assert worded == {row.code for rows in WORKFLOWS.values() for row in rows} | {row.code for row in UPKEEP}


def test_every_open_state_but_handling_has_the_clock_of_its_stage_and_no_other_state_has_one():
    assert set(STAGE_CLOCKS) == open_states() - {State.HANDLING}


def test_a_state_is_open_where_a_row_other_than_another_round_leads_out_of_it():
    left = {state for row in WORKFLOWS[CURRENT_VERSION] if row.action is not Action.REOPEN for state in row.sources}

    assert open_states() == left


def test_no_upkeep_has_the_code_or_the_action_of_a_move():
    codes = {row.code for rows in WORKFLOWS.values() for row in rows}

    assert not codes & {row.code for row in UPKEEP}
    assert not set(Action) & {row.action for row in UPKEEP}


def test_the_table_of_expected_moves_names_every_state_action_and_role_of_the_product():
    with EXPECTED_MOVES.open(encoding="utf-8", newline="") as lines:
        rows = {(row["state"], row["action"], row["role"]) for row in csv.DictReader(lines)}

    assert rows == {
        (state, action, role) for state in State for action in set(Action) - {Action.SUBMIT} for role in Role
    }
