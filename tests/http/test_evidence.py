"""Photos by HTTP: uploaded once, seen by their uploader while they wait, by links that end, and removed."""

from __future__ import annotations

import hashlib
import io
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from backend.infrastructure.database import Database
from mobile_api.services import Services
from tests.callers import API, Callers
from tests.photos import encoded, fetched, picture, upload


def rows(database: Database, question: str) -> list[tuple]:
    """Ask the database."""
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(question)]


def test_a_photo_is_kept_as_jpeg_with_a_thumbnail_and_shown_by_links(callers: Callers):
    citizen = callers.citizen()

    answer = upload(citizen, encoded(picture(1000, 700)), stage="during")

    assert answer.status_code == 201, answer.json
    assert (answer.json["stage"], answer.json["width"], answer.json["height"]) == ("during", 1000, 700)
    full, small = fetched(citizen, answer), fetched(citizen, answer, "thumbnail")
    assert (full.content_type, small.content_type) == ("image/jpeg", "image/webp")
    assert Image.open(io.BytesIO(full.data)).size == (1000, 700)
    assert Image.open(io.BytesIO(small.data)).size == (640, 448)


def test_a_file_comes_as_a_download_that_no_browser_runs_or_guesses_at(callers: Callers):
    citizen = callers.citizen()

    headers = fetched(citizen, upload(citizen, encoded(picture()))).headers

    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "private" in headers["Cache-Control"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_type_is_known_by_its_bytes_whatever_its_name(callers: Callers, kind):
    answer = upload(callers.citizen(), encoded(picture(), kind), name="holiday.exe")

    assert answer.status_code == 201, answer.json


def test_a_repeated_upload_is_one_photo_and_is_given_fresh_links(callers: Callers, database: Database):
    citizen, key, photo = callers.citizen(), str(uuid.uuid4()), encoded(picture())

    first = upload(citizen, photo, key=key)
    again = upload(citizen, photo, key=key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert fetched(citizen, again).data == fetched(citizen, first).data
    assert rows(database, "SELECT count(*) FROM evidence") == [(1,)]


def test_no_link_is_kept_with_the_stored_answer(callers: Callers, database: Database):
    answer = upload(callers.citizen(), encoded(picture()))

    [(stored,)] = rows(database, "SELECT receipt::text FROM idempotency_record")
    assert answer.json["id"] in stored
    assert answer.json["full"]["href"].rpartition("/")[2] not in stored


@pytest.mark.parametrize("change", [{"stage": "after"}, {"captured_at": "2026-11-24T08:00:00+08:00"}])
def test_a_key_with_another_photo_or_another_form_is_refused(callers: Callers, change):
    citizen, key, photo = callers.citizen(), str(uuid.uuid4()), encoded(picture())
    upload(citizen, photo, key=key)

    other_photo = upload(citizen, encoded(picture(40, 40)), key=key)
    other_form = upload(citizen, photo, key=key, **change)

    assert {other_photo.json["code"], other_form.json["code"]} == {"idempotency-key-reused"}


def test_an_upload_without_a_key_is_refused(callers: Callers):
    answer = upload(callers.citizen(), encoded(picture()), key=None)

    assert (answer.status_code, answer.json["code"]) == (400, "idempotency-key-missing")


def test_a_photo_whose_bytes_changed_on_the_way_is_refused(callers: Callers):
    photo = encoded(picture())

    right = upload(callers.citizen(), photo, sha256=hashlib.sha256(photo).hexdigest())
    wrong = upload(callers.citizen(), photo, sha256=hashlib.sha256(photo + b"x").hexdigest())

    assert right.status_code == 201
    assert (wrong.status_code, wrong.json["code"]) == (422, "photo-digest-mismatch")


@pytest.mark.parametrize(
    "form",
    [
        {"stage": "later"},
        {"surprise": "1"},
        {"captured_at": "yesterday"},
        {"captured_at": "2026-11-24T08:00:00"},
        {"capture_longitude": "120.5"},
        {"capture_longitude": "nan", "capture_latitude": "32", "capture_system": "WGS-84"},
        {"capture_longitude": "120.5", "capture_latitude": "91", "capture_system": "WGS-84"},
        {"capture_longitude": "120.5", "capture_latitude": "32", "capture_system": "火星"},
        {"sha256": "abc"},
    ],
    ids=str,
)
def test_a_form_of_the_wrong_shape_is_told_where_it_is_wrong(callers: Callers, form):
    answer = upload(callers.citizen(), encoded(picture()), **form)

    assert (answer.status_code, answer.json["code"]) == (422, "validation-failed")
    assert answer.json["errors"]["form"].keys() & {*form, "capture_latitude"}


def test_two_photos_in_one_form_are_refused(callers: Callers):
    citizen = callers.citizen()
    files = [(io.BytesIO(encoded(picture())), "a.jpg"), (io.BytesIO(encoded(picture())), "b.jpg")]

    answer = citizen.client.post(
        f"{API}/evidence",
        data={"stage": "before", "photo": files},
        headers={"Authorization": f"Bearer {citizen.token}", "Idempotency-Key": str(uuid.uuid4())},
    )

    assert (answer.status_code, answer.json["errors"]) == (422, {"form": {"photo": ["只能给出一次。"]}})


def test_a_text_in_the_place_of_the_photo_is_no_photo(callers: Callers):
    citizen = callers.citizen()

    answer = citizen.client.post(
        f"{API}/evidence",
        data={"stage": "before", "photo": "x"},
        content_type="multipart/form-data",
        headers={"Authorization": f"Bearer {citizen.token}", "Idempotency-Key": str(uuid.uuid4())},
    )

    assert (answer.status_code, answer.json["errors"]) == (422, {"form": {"photo": ["须为文件。"]}})


def test_a_photo_of_more_than_twenty_mebibytes_is_refused(callers: Callers):
    photo = encoded(picture()) + bytes(20 * 1024 * 1024)

    answer = upload(callers.citizen(), photo)

    assert (answer.status_code, answer.json["code"]) == (422, "photo-too-large")


def test_a_form_far_over_the_limit_is_refused_by_its_size(callers: Callers):
    answer = upload(callers.citizen(), bytes(22 * 1024 * 1024))

    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")


def test_the_limit_of_json_bodies_stays_what_it_is(callers: Callers):
    answer = callers.citizen().post("/complaints", {"title": "长" * 1_500_000})

    assert answer.status_code == 413


def test_a_waiting_photo_is_seen_and_removed_by_its_uploader_alone(callers: Callers):
    citizen, stranger = callers.citizen(), callers.citizen()
    photo = upload(citizen, encoded(picture()))
    path = f"/evidence/{photo.json['id']}"

    assert citizen.get(path).json["id"] == photo.json["id"]
    assert (stranger.get(path).status_code, stranger.get(path).json["code"]) == (404, "evidence-not-found")
    assert stranger.delete(path).status_code == 404
    assert citizen.delete(path).status_code == 204
    assert citizen.get(path).status_code == citizen.delete(path).status_code == 404
    assert fetched(citizen, photo).json["code"] == "evidence-link-refused"


def test_a_link_ends_after_five_minutes(callers: Callers, clock):
    citizen = callers.citizen()
    photo = upload(citizen, encoded(picture()))

    clock.instant += timedelta(minutes=4, seconds=50)
    assert fetched(citizen, photo).status_code == 200

    clock.instant += timedelta(seconds=20)
    assert (fetched(citizen, photo).status_code, fetched(citizen, photo).json["code"]) == (404, "evidence-link-refused")


def test_a_link_dies_with_the_session_of_its_reader(callers: Callers):
    citizen = callers.citizen()
    photo = upload(citizen, encoded(picture()))

    citizen.delete("/sessions/current")

    assert fetched(citizen, photo).status_code == 404


@pytest.mark.parametrize("place", [0, 17, 40, 60, 80, 100])
def test_a_link_that_was_changed_anywhere_leads_nowhere(callers: Callers, place):
    citizen = callers.citizen()
    href = upload(citizen, encoded(picture())).json["thumbnail"]["href"]
    start, _, token = href.rpartition("/")
    other = "A" if token[place] != "A" else "B"

    answer = citizen.client.get(f"{start}/{token[:place]}{other}{token[place + 1 :]}")

    assert (answer.status_code, answer.json["code"]) == (404, "evidence-link-refused")


@pytest.mark.parametrize("token", ["x", "A" * 103, "A" * 4000, "%00", "用户", "AAAA====", "-_" * 50])
def test_what_is_no_link_leads_nowhere(callers: Callers, token):
    answer = callers.nobody().client.get(f"{API}/evidence/files/{token}")

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_uploads_of_a_person_are_limited_in_a_day_whatever_became_of_them(callers: Callers, services: Services, app):
    limited = replace(services, settings=replace(services.settings, evidence_daily_quota=2))
    app.extensions["baitong-services"] = limited
    try:
        citizen, other = callers.citizen(), callers.citizen()
        codes = [upload(citizen, photo).status_code for photo in (encoded(picture()), encoded(picture())[:300])]
        third = upload(citizen, encoded(picture()))
        others = upload(other, encoded(picture()))
    finally:
        app.extensions["baitong-services"] = services

    assert codes == [201, 422]
    assert (third.status_code, third.json["code"]) == (429, "evidence-quota-reached")
    assert int(third.headers["Retry-After"]) > 86_000
    assert others.status_code == 201


def test_a_person_keeps_no_more_than_a_hundred_mebibytes_waiting(callers: Callers, owner_database: Database):
    citizen = callers.citizen()
    upload(citizen, encoded(picture()))
    with owner_database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE evidence SET byte_size = 104857600")

    answer = upload(citizen, encoded(picture()))

    assert (answer.status_code, answer.json["code"]) == (429, "evidence-quota-reached")
    assert "删除照片" in answer.json["detail"]


def test_an_operator_has_no_door_to_upload_by(callers: Callers):
    answer = upload(callers.operator(("acceptor", "320682")), encoded(picture()))

    assert (answer.status_code, answer.json["code"]) == (403, "permission-missing")
