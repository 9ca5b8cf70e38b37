"""Who was presumed to ask: a session, a person or a role that changed is found out by the very next call (ADR 0040)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.callers import Caller, Callers
from tests.complaint_bodies import HAIAN, complaint

ENDINGS = {
    "the session ended": (
        "UPDATE device_session SET ended_at = now(), end_reason = 'signed_out' WHERE person_id = :person_id",
        "session-ended",
    ),
    "the session ran out": (
        "UPDATE device_session SET created_at = '2020-01-01', expires_at = '2020-01-02' WHERE person_id = :person_id",
        "session-ended",
    ),
    "the person was disabled": ("UPDATE person SET disabled_at = now() WHERE id = :person_id", "session-ended"),
}


def change(services, caller: Caller, statement: str) -> None:
    with services.database.transaction() as session:
        assert session.execute(text(statement), {"person_id": caller.person_id}).rowcount > 0


def rows_of_filings(services) -> int:
    with services.database.transaction() as session:
        return session.scalar(text("SELECT (SELECT count(*) FROM command_case) + (SELECT count(*) FROM complaint)"))


@pytest.fixture
def acceptor(callers: Callers) -> Caller:
    """A desk that has looked at its queue, so that it is remembered."""
    callers.citizen().post("/complaints", complaint())
    acceptor = callers.operator(("acceptor", "320682"))
    assert len(acceptor.get("/cases").json["items"]) == 1
    return acceptor


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_desk_that_is_remembered_sees_nothing_once(acceptor, services, ending):
    statement, code = ENDINGS[ending]

    change(services, acceptor, statement)
    answer = acceptor.get("/cases")

    assert (answer.status_code, answer.json["code"]) == (401, code)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_citizen_files_nothing_once(callers, services, ending):
    citizen = callers.citizen()
    citizen.post("/complaints", complaint())
    statement, code = ENDINGS[ending]
    change(services, citizen, statement)
    before = rows_of_filings(services)

    good, bad = citizen.post("/complaints", complaint()), citizen.post("/complaints", {"title": 7})

    assert [(one.status_code, one.json["code"]) for one in (good, bad)] == [(401, code)] * 2
    assert rows_of_filings(services) == before


def test_a_desk_whose_role_ended_is_refused_though_it_is_remembered(acceptor, services):
    ended = "UPDATE role_binding SET valid_from = '2020-01-01', valid_to = '2020-01-02' WHERE person_id = :person_id"

    change(services, acceptor, ended)
    answer = acceptor.get("/cases")

    assert (answer.status_code, answer.json["code"]) == (403, "permission-missing")


def test_a_desk_that_was_moved_sees_the_queue_of_its_new_centre_and_no_longer_the_old_one(callers, acceptor, services):
    callers.citizen().post("/complaints", complaint(division=HAIAN))
    [old] = acceptor.get("/cases").json["items"]
    moved = (
        "UPDATE role_binding SET centre_id = (SELECT id FROM centre WHERE code = '320685') WHERE person_id = :person_id"
    )

    change(services, acceptor, moved)
    [new] = acceptor.get("/cases").json["items"]

    assert (old["centre"]["code"], new["centre"]["code"]) == ("320682", "320685")


def test_a_desk_that_was_given_another_centre_sees_both_at_once(callers, acceptor, services):
    callers.citizen().post("/complaints", complaint(division=HAIAN))
    given = (
        "INSERT INTO role_binding (id, person_id, role, centre_id, valid_from) SELECT gen_random_uuid(), :person_id,"
        " 'acceptor', id, '2020-01-01' FROM centre WHERE code = '320685'"
    )

    change(services, acceptor, given)
    seen = {line["centre"]["code"] for line in acceptor.get("/cases").json["items"]}

    assert seen == {"320682", "320685"}


def test_a_desk_that_is_remembered_is_told_of_an_empty_queue(acceptor):
    answer = acceptor.get("/cases", queue="ended")

    assert (answer.status_code, answer.json) == (200, {"items": [], "next_cursor": None})


def test_an_operator_is_no_citizen_though_every_token_is_first_taken_for_ones(callers, services):
    operator = callers.operator(("acceptor", "320682"))

    answer = operator.post("/complaints", complaint())

    assert (answer.status_code, answer.json["code"]) == (403, "permission-missing")
    assert rows_of_filings(services) == 0


def test_a_token_of_one_session_says_nothing_of_another_persons(callers, services, acceptor):
    """A token names person and session; a session of somebody else's in it would be a forgery, and is refused."""
    citizen = callers.citizen()
    with services.database.transaction() as session:
        session_id = session.scalar(
            text("SELECT id FROM device_session WHERE person_id = :person_id"), {"person_id": acceptor.person_id}
        )
    forged = services.tokens.issue_access(citizen.person_id, session_id, services.clock.now())

    answers = [
        Caller(callers.client, forged, citizen.person_id).get("/cases"),
        Caller(callers.client, forged, citizen.person_id).post("/complaints", complaint()),
    ]

    assert [(one.status_code, one.json["code"]) for one in answers] == [(401, "session-ended")] * 2
