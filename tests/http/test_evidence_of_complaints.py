"""Photos of a complaint: attached with it or not at all, recorded in the ledger, shown to whoever may see the case."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import timedelta

import pytest

from backend.cases.verification import verify_ledger
from backend.evidence.use_cases.removing import erase_photos_of
from backend.infrastructure.database import Database
from mobile_api.services import Services
from tests.callers import Caller, Callers
from tests.complaint_bodies import CITY, HAIAN, RUGAO, complaint
from tests.photos import encoded, fetched, picture, upload
from tests.sign_in_desk import HandClock


def photo_of(citizen: Caller, size: int = 64, **form: str) -> str:
    """Upload a photo and return its id."""
    return upload(citizen, encoded(picture(size, size)), **form).json["id"]


def rows(database: Database, question: str) -> list[tuple]:
    """Ask the database."""
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(question)]


def test_photos_are_shown_with_their_complaint_in_their_order_to_reporter_and_desk(callers: Callers):
    citizen, desk = callers.citizen(), callers.operator(("acceptor", RUGAO))
    ids = [photo_of(citizen, 80, stage="during"), photo_of(citizen, 60)]

    filed = citizen.post("/complaints", complaint(evidence_ids=ids))

    assert filed.status_code == 201, filed.json
    own = citizen.get(f"/complaints/{filed.json['number']}").json["photos"]
    seen = desk.get(f"/cases/{filed.json['case_number']}").json["photos"]
    assert [photo["id"] for photo in own] == [photo["id"] for photo in seen] == ids
    assert [(photo["stage"], photo["width"]) for photo in seen] == [("during", 80), ("before", 60)]
    for photo in (*own, *seen):
        for rendition in ("full", "thumbnail"):
            assert desk.client.get(photo[rendition]["href"]).status_code == 200


def test_the_ledger_names_each_photo_by_the_digest_of_what_is_shown(callers: Callers, database: Database, services):
    citizen = callers.citizen()
    photo = upload(citizen, encoded(picture()))
    shown = hashlib.sha256(fetched(citizen, photo).data).hexdigest()

    citizen.post("/complaints", complaint(evidence_ids=[photo.json["id"]]))

    [(entry,)] = rows(database, "SELECT entry FROM case_ledger")
    assert json.loads(entry)["facts"]["evidence"] == [{"id": photo.json["id"], "stage": "before", "sha256": shown}]
    assert [verdict.breaches for verdict in verify_ledger(database, sealer=services.sealer)] == [()]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE evidence SET sha256 = decode(repeat('ab', 32), 'hex')",
        "UPDATE evidence SET attached_to = NULL, attached_at = NULL, position = NULL",
        "DELETE FROM evidence",
    ],
)
def test_a_photo_that_is_no_longer_the_one_of_the_ledger_is_found(
    callers: Callers, database: Database, owner_database: Database, services: Services, change
):
    citizen = callers.citizen()
    citizen.post("/complaints", complaint(evidence_ids=[photo_of(citizen)]))
    with owner_database.transaction() as session:
        session.connection().exec_driver_sql(change)

    [verdict] = verify_ledger(database, sealer=services.sealer)

    assert ["与台账不符" in breach for breach in verdict.breaches] == [True]


def test_a_photo_of_somebody_else_a_used_one_and_one_that_never_was_are_told_by_their_place(callers: Callers):
    citizen, stranger = callers.citizen(), callers.citizen()
    used, own = photo_of(citizen), photo_of(citizen)
    citizen.post("/complaints", complaint(evidence_ids=[used]))
    ids = [own, used, photo_of(stranger), str(uuid.uuid4()), own]

    refused = citizen.post("/complaints", complaint(evidence_ids=ids))

    assert (refused.status_code, refused.json["code"]) == (422, "evidence-not-attachable")
    assert set(refused.json["errors"]["json"]["evidence_ids"]) == {"1", "2", "3", "4"}
    assert citizen.post("/complaints", complaint(evidence_ids=[own])).status_code == 201


def test_a_photo_that_has_waited_a_day_is_the_sweepers_and_taken_no_more(callers: Callers, clock: HandClock):
    citizen = callers.citizen()
    photo = photo_of(citizen)
    clock.instant += timedelta(hours=24)

    refused = callers.again(citizen).post("/complaints", complaint(evidence_ids=[photo]))

    assert (refused.status_code, refused.json["code"]) == (422, "evidence-not-attachable")


def test_a_complaint_that_is_refused_leaves_its_photos_waiting(callers: Callers, database: Database):
    citizen = callers.citizen()
    photo = photo_of(citizen)

    refused = citizen.post("/complaints", complaint(evidence_ids=[photo, str(uuid.uuid4())]))

    assert refused.status_code == 422
    assert citizen.get(f"/evidence/{photo}").status_code == 200
    assert rows(database, "SELECT count(*) FROM command_case") == [(0,)]


def test_whoever_reports_cannot_show_what_was_done_about_it(callers: Callers):
    citizen = callers.citizen()

    refused = citizen.post("/complaints", complaint(evidence_ids=[photo_of(citizen, stage="after")]))

    assert (refused.status_code, refused.json["code"]) == (422, "evidence-not-attachable")


@pytest.mark.parametrize("ids", [["x"], [1], "abc", [None], [str(uuid.uuid4())] * 10])
def test_ids_of_the_wrong_shape_are_told_where_they_are_wrong(callers: Callers, ids):
    answer = callers.citizen().post("/complaints", complaint(evidence_ids=ids))

    assert (answer.status_code, answer.json["code"]) == (422, "validation-failed")
    assert "evidence_ids" in answer.json["errors"]["json"]


def test_once_attached_a_photo_is_read_through_its_complaint_alone_and_not_removed(callers: Callers):
    citizen = callers.citizen()
    photo = photo_of(citizen)
    citizen.post("/complaints", complaint(evidence_ids=[photo]))

    assert citizen.get(f"/evidence/{photo}").status_code == 404
    assert citizen.delete(f"/evidence/{photo}").status_code == 404


def test_a_desk_of_another_area_sees_no_photo_and_one_above_sees_it(callers: Callers):
    citizen = callers.citizen()
    filed = citizen.post("/complaints", complaint(evidence_ids=[photo_of(citizen)])).json["case_number"]

    assert callers.operator(("acceptor", HAIAN)).get(f"/cases/{filed}").status_code == 404
    assert len(callers.operator(("dispatcher", CITY)).get(f"/cases/{filed}").json["photos"]) == 1


def test_a_link_dies_when_its_reader_is_moved_to_another_centre(callers: Callers, owner_database: Database):
    citizen, desk = callers.citizen(), callers.operator(("acceptor", RUGAO))
    filed = citizen.post("/complaints", complaint(evidence_ids=[photo_of(citizen)])).json["case_number"]
    [photo] = desk.get(f"/cases/{filed}").json["photos"]
    assert desk.client.get(photo["full"]["href"]).status_code == 200

    with owner_database.transaction() as session:
        session.connection().exec_driver_sql(
            f"UPDATE role_binding SET centre_id = (SELECT id FROM centre WHERE code = '{HAIAN}') "
            f"WHERE person_id = '{desk.person_id}'"
        )

    assert desk.client.get(photo["full"]["href"]).status_code == 404


def test_an_erased_photo_is_shown_no_more_and_the_ledger_stays_whole(
    callers: Callers, database: Database, services: Services
):
    citizen = callers.citizen()
    filed = citizen.post("/complaints", complaint(evidence_ids=[photo_of(citizen, captured_at="2026-11-24T00:00:00Z")]))
    [photo] = citizen.get(f"/complaints/{filed.json['number']}").json["photos"]

    with database.transaction() as session:
        erase_photos_of(session, person_id=citizen.person_id)

    assert citizen.get(f"/complaints/{filed.json['number']}").json["photos"] == []
    assert citizen.client.get(photo["full"]["href"]).status_code == 404
    assert rows(database, "SELECT capture_sealed FROM evidence") == [(None,)]
    assert [verdict.breaches for verdict in verify_ledger(database, sealer=services.sealer)] == [()]


def test_a_citizen_without_a_photo_is_never_turned_away(callers: Callers):
    assert callers.citizen().post("/complaints", complaint()).status_code == 201
