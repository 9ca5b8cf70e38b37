"""Every (state, action, role) against a table typed from the workflow; this module reads no rules of the product."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.callers import Caller, Callers
from tests.complaint_bodies import RUGAO, complaint

EXPECTED = Path(__file__).parent / "data" / "expected_moves.csv"
# 路灯破损: no danger to others, so that it may be withdrawn.
STREET_LAMP = {"tree": "12345", "code": "H030402"}
FIELDS = {
    "answer_directly": {"answer": "您好，路灯已报修，预计三个工作日内修复，感谢您的反映。"},
    "reject": {"ground": "no_request"},
    "accept": {},
    "withdraw": {},
}
WAY_TO = {
    "submitted": [],
    "accepted": ["accept"],
    "closed": ["answer_directly"],
    "rejected": ["reject"],
    "cancelled": ["withdraw"],
}
OUTCOME_OF_STATUS = {201: "done", 200: "done", 409: "wrong_state", 403: "not_permitted"}


def expected_rows() -> Iterator[tuple[tuple[str, str], dict[str, tuple[str, str]]]]:
    """Yield ((state, action), {role: (outcome, to_state)}) in the order of the file."""
    table: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            table.setdefault((row["state"], row["action"]), {})[row["role"]] = (row["status"], row["to_state"])
    yield from table.items()


def filed(citizen: Caller) -> tuple[str, str]:
    """File a complaint; return its number and its case's."""
    answer = citizen.post("/complaints", complaint(category=STREET_LAMP))
    assert answer.status_code == 201, answer.json
    return answer.json["number"], answer.json["case_number"]


def move(operator: Caller, case_number: str, action: str):
    """Make a move with the version that is current."""
    version = operator.get(f"/cases/{case_number}").headers.get("ETag", '"v1"')
    return operator.post(f"/cases/{case_number}/moves", {"action": action, **FIELDS[action]}, if_match=version)


def brought_to(state: str, citizen: Caller, acceptor: Caller) -> tuple[str, str]:
    """File a complaint and bring its case to the state."""
    numbers = filed(citizen)
    for action in WAY_TO[state]:
        assert move(acceptor, numbers[1], action).status_code == 201
    return numbers


@pytest.fixture
def acceptor(callers: Callers) -> Caller:
    return callers.operator(("acceptor", RUGAO))


@pytest.mark.parametrize(("where", "expected"), [pytest.param(*row, id="-".join(row[0])) for row in expected_rows()])
def test_each_role_may_do_in_each_state_exactly_what_the_workflow_says(callers, acceptor, where, expected):
    state, action = where
    citizen = callers.citizen()
    numbers = brought_to(state, citizen, acceptor)
    results = {}

    for role, (outcome, _) in expected.items():
        numbers_of_role = brought_to(state, citizen, acceptor) if outcome == "done" else numbers
        if role == "reporter":
            answer = reporter_move(citizen, numbers_of_role, action)
        else:
            answer = move(callers.operator((role, RUGAO)), numbers_of_role[1], action)
        results[role] = (OUTCOME_OF_STATUS[answer.status_code], answer.json.get("state") if answer.json else None)

    assert {role: outcome for role, (outcome, _) in results.items()} == {r: o for r, (o, _) in expected.items()}
    assert {role: to for role, (outcome, to) in results.items() if outcome == "done"} == {
        role: to for role, (outcome, to) in expected.items() if outcome == "done"
    }


def reporter_move(citizen: Caller, numbers: tuple[str, str], action: str):
    """A reporter withdraws by the complaint; any other action has only the desk's door."""
    if action == "withdraw":
        return citizen.post(f"/complaints/{numbers[0]}/withdrawal", {})
    return citizen.post(f"/cases/{numbers[1]}/moves", {"action": action, **FIELDS[action]}, if_match='"v1"')
