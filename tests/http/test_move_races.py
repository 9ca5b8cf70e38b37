"""Fifty people at once on each move of a desk, a unit or a verifier: one makes it, nothing happens twice.

What happened is read from the tables by SQL, not from what the product says of it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from tests.callers import Caller, Callers
from tests.complaint_bodies import RUGAO
from tests.http.command_cast import BODIES, CATKINS, LAMP_UNIT, UNIT_ROLES, WITH_A_PHOTO, Cast
from tests.ready_photos import ready_photo

AT_ONCE = 50
MOST_SENDINGS = 5
# Each move that people make: from which state, in which role, to where; typed from workflow 1.3.
MOVES = [
    ("request_supplement", "submitted", "acceptor", "supplement"),
    ("supplement", "supplement", "agent", "submitted"),
    ("answer_directly", "submitted", "acceptor", "closed"),
    ("reject", "submitted", "acceptor", "rejected"),
    ("accept", "submitted", "acceptor", "accepted"),
    ("withdraw", "accepted", "acceptor", "cancelled"),
    ("dispatch", "accepted", "dispatcher", "dispatched"),
    ("sign", "dispatched", "liaison", "handling"),
    ("report_back", "handling", "handler", "feedback"),
    ("send_back", "feedback", "reviewer", "handling"),
    ("order_verification", "feedback", "dispatcher", "verifying"),
    ("skip_verification", "feedback", "reviewer", "callback"),
    ("confirm_fixed", "verifying", "supervisor", "callback"),
    ("flag_verification", "verifying", "supervisor", "verifying"),
    ("refute_fixed", "verifying", "supervisor", "dispatched"),
    ("close", "callback", "callback_agent", "closed"),
    ("redo", "callback", "callback_agent", "dispatched"),
    ("reopen", "closed", "oversight_officer", "accepted"),
]
COUNTED = {
    "entries": "SELECT count(*) FROM case_ledger l JOIN command_case c ON c.id = l.case_id WHERE c.number = :number",
    "events": "SELECT count(*) FROM outbox_event e JOIN case_ledger l ON l.event_id = e.id"
    " JOIN command_case c ON c.id = l.case_id WHERE c.number = :number",
    "open leads": "SELECT count(*) FROM case_task t JOIN command_case c ON c.id = t.case_id WHERE c.number = :number"
    " AND t.kind = 'lead' AND t.status IN ('todo', 'signed', 'done')",
    "tasks": "SELECT count(*) FROM case_task t JOIN command_case c ON c.id = t.case_id WHERE c.number = :number",
}
NEW_TASKS = {"dispatch": 1, "order_verification": 1, "refute_fixed": 1, "redo": 1}
WITH_A_LEAD = {"dispatched", "handling", "feedback", "verifying"}


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def counted(callers: Callers, number: str) -> dict[str, int]:
    """Return how much of a case there is."""
    with callers.services.database.transaction() as session:
        return {name: session.scalar(text(question), {"number": number}) for name, question in COUNTED.items()}


def deadlocks(callers: Callers) -> int:
    """Return how often the database has broken a deadlock."""
    with callers.services.database.transaction() as session:
        return session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))


@pytest.mark.parametrize("case_of_move", MOVES, ids=[move[0] for move in MOVES])
def test_of_fifty_at_once_one_moves_the_case_once(callers, app, cast, case_of_move):
    action, state, role, target = case_of_move
    # What is no thing at a place goes to the callback without a look.
    is_about_nothing = state == "callback" or action == "skip_verification"
    _, number = cast.brought_to(state, **({"category": CATKINS} if is_about_nothing else {}))
    version, before, broken = cast.version(number), counted(callers, number), deadlocks(callers)
    unit = (LAMP_UNIT,) if role in UNIT_ROLES else ()
    people = [callers.operator((role, RUGAO, *unit)) for _ in range(AT_ONCE)]
    bodies = [body_of(callers, action, person) for person in people]

    def act(turn: int) -> tuple[int, Any]:
        own = Caller(app.test_client(), people[turn].token)
        # Each from their own address: the sendings of all these cases are more than one may make a minute.
        own.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{turn}"
        for _ in range(MOST_SENDINGS):
            answer = own.post(f"/cases/{number}/moves", bodies[turn], if_match=version)
            # Fifty wait for sixteen connections: on a busy machine some longer than a request may. Nothing was written
            # then, and the app sends again.
            if answer.status_code != 503:
                break
        return answer.status_code, answer.json["state" if answer.status_code == 201 else "code"]

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(act, range(AT_ONCE)))

    # Whoever comes after a case has ended, or has left their unit, may be told that it is not theirs any more.
    assert [answer for answer in answers if answer[0] == 201] == [(201, target)]
    assert {answer[0] for answer in answers} <= {201, 403, 404, 412}
    after = counted(callers, number)
    assert after["entries"] == after["events"] == before["entries"] + 1
    assert after["tasks"] == before["tasks"] + NEW_TASKS.get(action, 0)
    assert after["open leads"] == (target in WITH_A_LEAD and action != "reopen")
    assert deadlocks(callers) == broken


def body_of(callers: Callers, action: str, person: Caller) -> dict[str, Any]:
    """Return the body of a move; a photo is of whoever sends it."""
    body = {"action": action, **BODIES[action]}
    if action in WITH_A_PHOTO:
        body["evidence_ids"] = [ready_photo(callers.services, person.person_id, stage="after")]
    return body
