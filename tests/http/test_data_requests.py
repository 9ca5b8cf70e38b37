"""Copies and erasures: asked for, followed, done by the worker; and after an erasure nothing of the citizen is left."""

from __future__ import annotations

import json
import uuid

import psycopg
import pytest
from sqlalchemy import text

from backend.cases.verification import verify_ledger
from backend.data_protection.rules import Refusal
from backend.data_protection.use_cases import refuse, tidy
from backend.identity.use_cases.people import citizen_of
from tests.callers import Caller, Callers
from tests.complaint_bodies import RUGAO, complaint
from tests.http.whole_life import (
    ANSWER,
    MARKS,
    ask,
    file,
    live_fully,
    move,
    state,
    traces,
    work,
)
from tests.sign_in_desk import HandClock


@pytest.fixture
def citizen(callers: Callers) -> Caller:
    return callers.citizen()


def test_an_erasure_waits_for_open_complaints_and_then_leaves_nothing(callers, citizen, services, database_urls):
    filed = live_fully(callers, citizen, services)
    before = traces(database_urls.owner, services, citizen)
    asked = ask(citizen, "erasure")
    work(services, asked)
    waiting = state(citizen, asked)
    move(callers, filed[0], "answer_directly", answer=ANSWER)
    move(callers, filed[1], "withdraw", version=3)

    with services.database.transaction() as session:
        assert tidy(session, now=services.clock.now()) is True

    assert set().union(*before.values()) >= {*MARKS, citizen.phone}
    assert (waiting["state"], waiting["waiting_for"]) == ("running", [filed[0]["number"], filed[1]["number"]])
    assert citizen.get("/me").json["code"] == "session-ended"
    assert traces(database_urls.owner, services, citizen) == {}
    verdicts = {one.number: one.breaches for one in verify_ledger(services.database, sealer=services.sealer)}
    assert verdicts == {one["case_number"]: () for one in filed}
    with psycopg.connect(database_urls.owner) as connection:
        states = connection.execute("SELECT kind, state FROM data_request").fetchall()
        ended = connection.execute("SELECT DISTINCT state FROM command_case").fetchall()
        photos = connection.execute("SELECT state, capture_sealed FROM evidence").fetchall()
    assert states == [("erasure", "done")]
    # The sweeper removes the objects of what is deleted.
    assert photos == [("deleted", None)]
    assert {row[0] for row in ended} == {"closed", "rejected", "cancelled"}


def test_after_an_erasure_the_desk_reads_that_the_texts_are_gone_and_a_sign_in_makes_somebody_new(
    callers, citizen, services
):
    receipt = file(citizen)
    citizen.post(f"/complaints/{receipt['number']}/withdrawal", {"note": None})
    work(services, ask(citizen, "erasure"))

    detail = callers.operator(("acceptor", RUGAO)).get(f"/cases/{receipt['case_number']}").json
    with services.database.transaction() as session:
        again = citizen_of(session, sealer=services.sealer, phone=citizen.phone, now=services.clock.now())

    assert (detail["description"], detail["address"], detail["location"]) == (None, None, None)
    assert (detail["case"]["title"], detail["reporters"][0]["phone"]) == (None, None)
    assert again.id != citizen.person_id


def test_nothing_of_anybody_else_is_touched(callers, citizen, services, database_urls):
    other = callers.citizen()
    receipt = file(other, title="别人的标题")
    work(services, ask(citizen, "erasure"))

    assert other.get(f"/complaints/{receipt['number']}").json["complaint"]["title"] == "别人的标题"
    assert other.get("/me").status_code == 200


def test_a_second_run_of_an_erasure_changes_nothing(callers, citizen, services, database_urls):
    asked = ask(citizen, "erasure")
    work(services, asked)
    with psycopg.connect(database_urls.owner) as connection:
        first = connection.execute("SELECT to_jsonb(p) FROM person p ORDER BY id").fetchall()
    services.clock.advance(hours=1)

    work(services, asked)

    with psycopg.connect(database_urls.owner) as connection:
        assert connection.execute("SELECT to_jsonb(p) FROM person p ORDER BY id").fetchall() == first


def test_an_erasure_that_breaks_in_the_middle_has_done_nothing(citizen, services, database_urls, monkeypatch):
    receipt = file(citizen, title=MARKS[0])
    citizen.post(f"/complaints/{receipt['number']}/withdrawal", {"note": None})
    asked = ask(citizen, "erasure")
    before = traces(database_urls.owner, services, citizen)
    with psycopg.connect(database_urls.owner, autocommit=True) as owner:
        owner.execute("CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$")
        owner.execute("CREATE TRIGGER break_it BEFORE UPDATE ON command_case FOR EACH ROW EXECUTE FUNCTION break_it()")
        try:
            with pytest.raises(Exception, match="no"):
                work(services, asked)
        finally:
            owner.execute("DROP TRIGGER break_it ON command_case")
            owner.execute("DROP FUNCTION break_it()")

    assert traces(database_urls.owner, services, citizen) == before
    work(services, asked)
    assert traces(database_urls.owner, services, citizen) == {}


def test_a_text_may_be_erased_by_who_serves_and_not_rewritten(citizen, services, database_urls):
    file(citizen)

    with psycopg.connect(database_urls.serving) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation), connection.transaction():
            connection.execute("UPDATE case_text SET text_sealed = '\\x01'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("UPDATE case_text SET field = 'other'")
        assert connection.execute("UPDATE case_text SET text_sealed = NULL, salt = NULL").rowcount == 4


def test_an_erasure_needs_a_fresh_sign_in(citizen, clock: HandClock, services):
    clock.advance(minutes=9)
    fresh = ask(citizen, "export")
    with services.database.transaction() as session:
        session.execute(text("UPDATE device_session SET created_at = created_at - interval '2 minutes'"))

    refused = ask(citizen, "erasure")

    assert fresh.status_code == 201
    assert (refused.status_code, refused.json["code"]) == (403, "sign-in-not-fresh")


def test_a_copy_holds_everything_and_is_its_persons_alone_until_it_expires(callers, citizen, services, clock):
    filed = live_fully(callers, citizen, services)
    asked = ask(citizen, "export")
    path = f"/me/data-requests/{asked.json['id']}/document"
    too_early = citizen.get(path)
    work(services, asked)

    answer = citizen.get(path)
    strangers = [callers.citizen().get(path).json["code"], callers.nobody().get(path).json["code"]]
    with services.database.transaction() as session:
        session.execute(text("UPDATE data_request SET document_expires_at = :at"), {"at": clock.now()})
    expired = citizen.get(path)
    with services.database.transaction() as session:
        tidy(session, now=clock.now())
        left = session.execute(text("SELECT document_sealed FROM data_request")).scalar_one()

    document = json.loads(answer.get_data())
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert (document["profile"]["phone"], document["profile"]["name"]) == (citizen.phone, MARKS[4])
    assert document["devices"][0]["address"] == MARKS[5]
    assert [one["purpose"] for one in document["consents"]] == ["precise_location"]
    assert {one["number"] for one in document["complaints"]} == {one["number"] for one in filed}
    told = {text["text"] for one in document["complaints"] for text in one["texts"]}
    assert {MARKS[0], MARKS[1], MARKS[2], MARKS[3], MARKS[6], MARKS[7], ANSWER + MARKS[0]} <= told
    ratings = {one["number"]: one["ratings"] for one in document["complaints"]}
    assert [(one["round"], one["stars"]) for one in ratings.pop(filed[2]["number"])] == [(1, 4)]
    assert set(map(len, ratings.values())) == {0}
    assert "请联系" + citizen.phone[3:] not in told  # a work note of the staff
    assert document["complaints"][0]["case"]["longitude_wgs84"] == pytest.approx(120.5734)
    assert [(one["role"], one["fields"]) for one in document["reveals"]] == [("acceptor", ["reporter_phone"])]
    assert document["notifications"][0]["title"] == MARKS[0]
    assert document["sessions"]
    assert [one.json["code"] for one in (too_early, expired)] == ["data-document-not-there"] * 2
    assert strangers == ["data-request-not-found", "sign-in-required"]
    assert left is None


def test_a_request_is_answered_within_fifteen_working_days_and_once(citizen, services):
    key = str(uuid.uuid4())

    first, repeated, other = ask(citizen, "export", key=key), ask(citizen, "export", key=key), ask(citizen, "export")

    assert (first.status_code, first.json) == (201, repeated.json)
    assert (other.status_code, other.json["code"]) == (409, "data-request-open")
    # Tuesday 2026-11-24 in Shanghai, and fifteen working days later the close of Tuesday 2026-12-15.
    assert first.json["due_at"].startswith("2026-12-15T09:30:00")
    assert first.json["state_name"] == "已收到"


def test_a_request_that_is_refused_says_why_in_words(citizen, services):
    asked = ask(citizen, "erasure")
    with services.database.transaction() as session:
        refuse(session, request_id=uuid.UUID(asked.json["id"]), reason=Refusal.LEGAL_HOLD, now=services.clock.now())

    work(services, asked)

    told = state(citizen, asked)
    assert (told["state"], told["refusal"]) == ("refused", "legal_hold")
    assert "依法" in told["refusal_words"]
    assert citizen.get("/me").status_code == 200


def test_nobody_asks_without_end_and_operators_do_not_ask_at_all(callers, citizen, services):
    for _ in range(5):
        work(services, ask(citizen, "export"))

    limited = ask(citizen, "export")

    assert (limited.status_code, limited.json["code"]) == (429, "data-requests-limited")
    assert ask(callers.operator(("acceptor", RUGAO)), "export").status_code == 403
    assert [one["state"] for one in citizen.get("/me/data-requests").json["items"]] == ["done"] * 5


def test_a_filing_that_was_let_in_before_the_erasure_is_not_taken_after_it(citizen, services, callers):
    asked = ask(citizen, "erasure")
    work(services, asked)
    with services.database.transaction() as session:
        session.execute(text("UPDATE device_session SET ended_at = NULL, end_reason = NULL"))

    assert citizen.post("/complaints", complaint()).status_code == 401
