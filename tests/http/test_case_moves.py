"""Every (state, action, role) against a table typed from the workflow; this module reads no rules of the product."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.callers import Callers
from tests.http.command_cast import BODIES, CATKINS, LAMP_UNIT, Cast

EXPECTED = Path(__file__).parent / "data" / "expected_moves.csv"
OUTCOME_OF_STATUS = {201: "done", 200: "done", 409: "wrong_state", 403: "not_permitted", 404: "not_found"}
REPORTERS_DOORS = {
    "withdraw": ("withdrawal", {}),
    "supplement": ("supplements", {"text": "在菜场东门往南第三根灯杆。"}),
    "reopen": ("reopenings", {"reason": "又坏了。"}),
}

# Actions that are about a case of a certain kind.
SPECIAL = {"skip_verification", "uphold_verification", "order_verification"}


def expected() -> dict[str, dict[tuple[str, str], tuple[str, str]]]:
    """Return {state: {(action, role): (outcome, to_state)}}."""
    table: dict[str, dict[tuple[str, str], tuple[str, str]]] = {}
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            where = table.setdefault(row["state"], {})
            where[row["action"], row["role"]] = (row["status"], row["to_state"])
    return table


TABLE = expected()


@pytest.fixture
def cast(callers: Callers, clock) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def case_for(cast: Cast, state: str, action: str) -> tuple[str, str, str]:
    """Return numbers and version of a new case in the state, of the kind that the action is about."""
    # What is no thing at a place is not verified; and only a doubtful look is judged, or looked at again.
    is_about_nothing = state == "callback" or (action == "skip_verification" and state != "verifying")
    changes = {"category": CATKINS} if is_about_nothing else {}
    numbers = cast.brought_to(state, **changes)
    if state == "verifying" and action in {"uphold_verification", "order_verification"}:
        cast.bring(numbers[1], ("supervisor", "flag_verification"))
    return *numbers, cast.version(numbers[1])


def attempt(cast: Cast, role: str, action: str, case: tuple[str, str, str]) -> tuple[str, str]:
    """Try an action as a role: a reporter by the complaint where it has such a door, all others by the case."""
    number, case_number, version = case
    if role == "reporter" and action in REPORTERS_DOORS:
        door, body = REPORTERS_DOORS[action]
        answer = cast.reporter(number).post(f"/complaints/{number}/{door}", body)
    elif role == "reporter":
        body = {"action": action, **BODIES[action]}
        answer = cast.reporter(number).post(f"/cases/{case_number}/moves", body, if_match=version)
    else:
        answer = cast.move(role, case_number, action, version=version)
    outcome = OUTCOME_OF_STATUS[answer.status_code]
    return outcome, answer.json["state"] if outcome == "done" else ""


@pytest.mark.parametrize("state", list(TABLE))
def test_each_role_may_do_in_each_state_exactly_what_the_workflow_says(cast, state):
    found = {}
    shared: dict[str, tuple[str, str, str]] = {}

    for (action, role), (outcome, _) in TABLE[state].items():
        # Actions about one kind of case share one, until somebody succeeds.
        kind = action if outcome == "done" or action in SPECIAL else "any"
        case = shared.get(kind) or case_for(cast, state, action)
        found[action, role] = attempt(cast, role, action, case)
        if found[action, role][0] == "done":
            shared.pop(kind, None)
        else:
            shared[kind] = case

    assert {where: told for where, told in found.items() if told != TABLE[state][where]} == {}


def test_the_unit_of_the_table_is_the_one_that_the_citys_files_propose(cast):
    _, number = cast.brought_to("dispatched")

    detail = cast.of("dispatcher").get(f"/cases/{number}").json

    assert detail["proposed_unit"]["code"] == LAMP_UNIT
    assert [(task["kind"], task["unit"]["code"]) for task in detail["tasks"]] == [("lead", LAMP_UNIT)]
