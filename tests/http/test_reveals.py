"""Masked data in full: for few, for a reason, never of those who hide, never without a record that nobody changes."""

from __future__ import annotations

import hashlib
import json
import threading

import psycopg
import pytest

from backend.cases.verification import verify_ledger
from backend.infrastructure.crypto import Sealed
from tests.callers import Caller, Callers
from tests.complaint_bodies import CITY, HAIAN, RUGAO, complaint

REASON = "电话核实井盖的准确位置"
EVERYTHING = ["reporter_name", "reporter_phone", "address", "description"]
PHONE_IN_TEXT = "请联系 13912340000，身份证 32068219900101123X。"


@pytest.fixture
def citizen(callers: Callers) -> Caller:
    return callers.citizen()


@pytest.fixture
def acceptor(callers: Callers) -> Caller:
    return callers.operator(("acceptor", RUGAO))


@pytest.fixture
def case_number(citizen: Caller) -> str:
    return citizen.post("/complaints", complaint(description=PHONE_IN_TEXT)).json["case_number"]


def reveal(caller: Caller, number: str, fields: list[str] = EVERYTHING, reason: str = REASON):
    return caller.post(f"/cases/{number}/reveals", {"fields": fields, "reason": reason}, key=None)


def rows(url: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT entry, previous_hash, hash FROM case_reveal ORDER BY case_id, seq").fetchall()


def test_what_is_masked_is_shown_in_full_with_its_record(citizen, acceptor, case_number, database_urls, services):
    masked = acceptor.get(f"/cases/{case_number}").json

    shown = reveal(acceptor, case_number)

    assert masked["reporters"][0]["phone"] == f"{citizen.phone[3:6]}****{citizen.phone[-4:]}"
    assert masked["address"] == "如皋市如城街道海阳路***"
    assert masked["description"] == "请联系 139****0000，身份证 3206**********123X。"
    assert shown.status_code == 200
    assert shown.headers["Cache-Control"] == "no-store"
    assert [(one["phone"], one["name"]) for one in shown.json["reporters"]] == [(citizen.phone, None)]
    assert shown.json["address"] == complaint()["address"]
    assert shown.json["description"] == PHONE_IN_TEXT
    [(entry, previous, hashed)] = rows(database_urls.owner)
    told = json.loads(entry)
    assert (told["person_id"], told["role"], told["case"]) == (str(acceptor.person_id), "acceptor", case_number)
    assert told["fields"] == sorted(EVERYTHING)
    assert told["request_id"] == shown.headers["X-Request-Id"]
    assert hashlib.sha256(bytes(previous) + entry.encode()).digest() == bytes(hashed)
    assert REASON not in entry


def test_only_what_was_asked_for_is_shown(acceptor, case_number):
    shown = reveal(acceptor, case_number, ["address"]).json

    assert shown["address"]
    assert (shown["description"], shown["reporters"]) == (None, [])


@pytest.mark.parametrize("identity_shown", ["confidential", "anonymous"])
def test_who_hides_is_shown_to_nobody_and_nothing_is_recorded(
    callers, citizen, acceptor, identity_shown, database_urls
):
    body = complaint(identity_shown=identity_shown)
    number = citizen.post("/complaints", body).json["case_number"]
    leader = callers.operator(("duty_leader", CITY))

    answers = [reveal(who, number, [field]) for who in (acceptor, leader) for field in EVERYTHING[:2]]
    address = reveal(acceptor, number, ["address"])

    assert {(one.status_code, one.json["code"]) for one in answers} == {(403, "reporter-hidden")}
    assert not any(citizen.phone in one.get_data(as_text=True) for one in (*answers, address))
    assert address.json["address"] == body["address"]
    assert len(rows(database_urls.owner)) == 1


@pytest.mark.parametrize(
    ("role", "centre", "status"),
    [("acceptor", HAIAN, 404), ("auditor", CITY, 403), ("dispatcher", RUGAO, 403), ("agent", RUGAO, 403)],
)
def test_the_wrong_area_and_the_wrong_role_see_nothing(callers, case_number, role, centre, status, database_urls):
    assert reveal(callers.operator((role, centre)), case_number).status_code == status
    assert rows(database_urls.owner) == []


def test_an_area_counts_only_for_the_role_that_may_see(callers, case_number):
    both = callers.operator(("acceptor", HAIAN), ("auditor", CITY))

    assert both.get(f"/cases/{case_number}").status_code == 200
    assert reveal(both, case_number).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"fields": EVERYTHING, "reason": "看看"},
        {"fields": EVERYTHING, "reason": " " * 20},
        {"fields": EVERYTHING},
        {"fields": [], "reason": REASON},
        {"fields": ["identity_number"], "reason": REASON},
        {"reason": REASON},
    ],
)
def test_without_a_reason_or_a_field_nothing_is_shown(acceptor, case_number, body, database_urls):
    answer = acceptor.post(f"/cases/{case_number}/reveals", body, key=None)

    assert answer.status_code == 422
    assert rows(database_urls.owner) == []


def test_a_day_holds_fifty_reveals_of_one_person(acceptor, callers, case_number):
    first = [reveal(acceptor, case_number, ["address"]).status_code for _ in range(50)]
    over = reveal(acceptor, case_number, ["address"])
    colleague = reveal(callers.operator(("acceptor", RUGAO)), case_number, ["address"])

    assert set(first) == {200}
    assert (over.status_code, over.json["code"]) == (429, "reveals-limited")
    assert int(over.headers["Retry-After"]) > 0
    assert colleague.status_code == 200


def test_reveals_at_once_make_one_chain_without_a_gap(callers, case_number, database_urls, services, app):
    people = [callers.operator(("acceptor", RUGAO)) for _ in range(4)]

    def work(who: Caller) -> None:
        own = Caller(app.test_client(), who.token)
        for _ in range(5):
            assert reveal(own, case_number, ["address"]).status_code == 200

    threads = [threading.Thread(target=work, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    chain = rows(database_urls.owner)
    assert [json.loads(entry)["seq"] for entry, _, _ in chain] == list(range(1, 21))
    assert [bytes(previous) for _, previous, _ in chain[1:]] == [bytes(hashed) for _, _, hashed in chain[:-1]]
    assert [one.breaches for one in verify_ledger(services.database, sealer=services.sealer)] == [()]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_reveal SET entry = replace(entry, 'address', 'nothing') WHERE seq = 1",
        "UPDATE case_reveal SET person_id = (SELECT id FROM person WHERE kind = 'citizen' LIMIT 1) WHERE seq = 2",
        "UPDATE case_reveal SET revealed_at = revealed_at - interval '1 day' WHERE seq = 2",
        "UPDATE case_reveal SET reason_salt = '\\x00' WHERE seq = 2",
        "UPDATE case_reveal SET reason_sealed = substr(reason_sealed, 1, 20) WHERE seq = 2",
        "DELETE FROM case_reveal WHERE seq = 1",
    ],
)
def test_every_change_of_the_record_is_found(acceptor, case_number, services, database_urls, clean_tables, statement):
    for _ in range(2):
        reveal(acceptor, case_number)
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)

    [verdict] = verify_ledger(services.database, sealer=services.sealer)
    assert verdict.breaches


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_reveal SET seq = 9",
        "UPDATE case_reveal SET reason_salt = '\\x00'",
        "DELETE FROM case_reveal",
        "TRUNCATE case_reveal",
    ],
)
def test_the_record_is_changed_by_nobody(acceptor, case_number, database_urls, statement):
    reveal(acceptor, case_number)

    for url in (database_urls.serving, database_urls.owner):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)


def test_the_desk_reads_that_it_happened_and_the_auditor_who_and_why(callers, acceptor, case_number):
    for field in ("address", "reporter_phone"):
        reveal(acceptor, case_number, [field], REASON + field)
    auditor, stranger = callers.operator(("auditor", CITY)), callers.operator(("auditor", HAIAN))

    marks = acceptor.get(f"/cases/{case_number}/reveals").json["items"]
    first = auditor.get("/audit/reveals", limit=1).json
    second = auditor.get("/audit/reveals", limit=1, cursor=first["next_cursor"]).json

    assert [mark["fields"] for mark in marks] == [["address"], ["reporter_phone"]]
    assert all(set(mark) == {"at", "role", "role_name", "centre", "fields"} for mark in marks)
    lines = [*first["items"], *second["items"]]
    assert [line["reason"] for line in lines] == [REASON + "reporter_phone", REASON + "address"]
    assert {line["case_number"] for line in lines} == {case_number}
    assert all(line["login_name"].startswith("test.") and line["name"] == "测*" for line in lines)
    assert second["next_cursor"] is None
    assert stranger.get("/audit/reveals").json["items"] == []
    assert callers.operator(("acceptor", CITY)).get("/audit/reveals").status_code == 403


def test_the_reason_is_sealed_in_the_database(acceptor, case_number, services, database_urls):
    reveal(acceptor, case_number)

    with psycopg.connect(database_urls.owner) as connection:
        whole = str(connection.execute("SELECT to_jsonb(r) FROM case_reveal r").fetchall())
        [(reveal_id, data, key)] = connection.execute(
            "SELECT id, reason_sealed, reason_key_id FROM case_reveal"
        ).fetchall()
    assert REASON not in whole
    opened = services.sealer.open(Sealed(key, bytes(data)), context=f"case_reveal.reason:{reveal_id}")
    assert opened == REASON
