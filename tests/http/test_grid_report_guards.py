"""What a grid report is asked for: each guard refuses alone, and what is not whole stays with the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.grid_reports.models import GridReport
from tests.callers import Caller, Callers
from tests.complaint_bodies import HAIAN, RUGAO, complaint
from tests.grid_bodies import CATKINS, HANDLED, grid_report, handled_report, whole_report
from tests.http.grid_cast import report, seen
from tests.ready_photos import ready_photo

TOWN = "320682103"


@pytest.fixture
def worker(callers: Callers, clock) -> Caller:
    """A grid worker of 如皋市."""
    return callers.operator(("grid_worker", RUGAO))


@pytest.mark.parametrize(
    "changes",
    [
        {"evidence_ids": []},
        {"location": None, "address": "海阳路 128 号"},
        {"description": "灯 不 亮 了 。"},
        {"division": HAIAN},
    ],
    ids=["no photo", "no position", "hardly a description", "in another county"],
)
def test_an_incomplete_report_is_taken_and_stays_with_the_desk(worker, services, changes):
    receipt = report(worker, whole_report(services, worker, **changes))

    assert receipt["state"] == "submitted"


def test_a_report_about_no_thing_at_a_place_is_whole_without_a_photo(worker, services):
    receipt = report(worker, grid_report(seen(services), category=CATKINS))

    assert receipt["state"] == "accepted"


@pytest.mark.parametrize(
    "changes",
    [{"title": "另一件事"}, {"handled": None}, {"evidence_ids": []}, {"captured_at": "2026-11-24T07:00:00Z"}],
    ids=["title", "not handled", "no photos", "seen at another time"],
)
def test_a_clients_id_that_comes_with_another_content_is_refused_and_changes_nothing(worker, services, changes):
    body = handled_report(services, worker)
    report(worker, body)

    answer = worker.post("/grid-reports", {**body, **changes})

    assert (answer.status_code, answer.json["code"]) == (409, "grid-report-client-id-reused")
    assert len(worker.get("/grid-reports").json["items"]) == 1


@pytest.mark.parametrize(
    ("offset", "status"),
    [
        (timedelta(minutes=5), 201),
        (timedelta(minutes=5, seconds=1), 422),
        (-timedelta(days=7), 201),
        (-timedelta(days=7, seconds=1), 422),
    ],
)
def test_what_was_seen_in_the_future_or_more_than_a_week_ago_is_refused(worker, services, offset, status):
    answer = worker.post("/grid-reports", grid_report(services.clock.now() + offset))

    assert answer.status_code == status
    if status == 422:
        assert answer.json["code"] == "grid-report-captured-at-refused"
        assert "captured_at" in answer.json["errors"]["json"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"category": {"tree": "12345", "code": "H999999"}}, "category-refused", "category"),
        ({"division": "320699"}, "division-refused", "division"),
        ({"location": None, "division": None, "address": "海阳路 8 号"}, "division-refused", "division"),
        ({"location": None}, "place-refused", "address"),
        ({"location": {"longitude": 116.4, "latitude": 39.9, "system": "WGS-84"}}, "place-refused", "location"),
        (
            {"location": {"longitude": 116.4, "latitude": 39.9, "system": "WGS-84"}, "division": None},
            "place-refused",
            "location",
        ),
        ({"evidence_ids": ["0192f000-0000-7000-8000-000000000001"]}, "evidence-not-attachable", "evidence_ids"),
        ({"handled": {**HANDLED, "public_answer": "已修好。"}}, "case-feedback-incomplete", "handled"),
        ({"handled": {**HANDLED, "is_solved": False}}, "validation-failed", "handled"),
        ({"handled": HANDLED, "description": "灯不亮。"}, "grid-report-incomplete", "description"),
        ({"handled": HANDLED, "division": HAIAN}, "grid-report-incomplete", "division"),
        (
            {"handled": HANDLED, "location": None, "address": "海阳路 8 号"},
            "grid-report-incomplete",
            "location",
        ),
        ({"handled": HANDLED, "evidence_ids": []}, "grid-report-incomplete", "evidence_ids"),
    ],
)
def test_each_guard_refuses_alone_and_keeps_nothing(worker, services, changes, code, field):
    answer = worker.post("/grid-reports", whole_report(services, worker, **changes))

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert list(answer.json["errors"]["json"]) == [field]
    assert worker.get("/grid-reports").json["items"] == []
    with services.database.transaction() as session:
        assert session.scalars(select(GridReport)).all() == []


def test_what_was_put_right_at_a_place_needs_the_photo_of_after(worker, services):
    answer = worker.post("/grid-reports", whole_report(services, worker, handled=HANDLED))

    assert (answer.status_code, answer.json["code"]) == (422, "case-after-photo-required")


def test_a_photo_of_after_belongs_to_no_report_of_what_is_still_there(worker, services):
    after = ready_photo(services, worker.person_id, stage="after")

    answer = worker.post("/grid-reports", grid_report(seen(services), evidence_ids=[after]))

    assert answer.json["code"] == "evidence-not-attachable"


def test_a_photo_that_cannot_be_attached_is_told_by_its_place_in_the_request(worker, services):
    photos = [ready_photo(services, worker.person_id, stage=stage) for stage in ("after", "before")]
    photos.insert(1, "0192f000-0000-7000-8000-000000000001")

    answer = worker.post("/grid-reports", handled_report(services, worker, evidence_ids=photos))

    assert list(answer.json["errors"]["json"]["evidence_ids"]) == ["1"]


def test_a_grid_worker_has_a_larger_quota_than_a_citizen_and_is_told_when_to_come_again(worker, services, app):
    settings = services.settings
    assert settings.grid_report_daily_quota > settings.complaint_daily_quota
    app.extensions["baitong-services"] = replace(services, settings=replace(settings, grid_report_daily_quota=2))
    try:
        bodies = [grid_report(seen(services)) for _ in range(3)]
        first, _ = (report(worker, body) for body in bodies[:2])
        answer = worker.post("/grid-reports", bodies[2])
        again = report(worker, bodies[0])
    finally:
        app.extensions["baitong-services"] = services

    assert (answer.status_code, answer.json["code"]) == (429, "grid-report-quota-reached")
    assert answer.headers["Retry-After"] == "86400"
    assert again == first


@pytest.mark.parametrize("role", ["acceptor", "supervisor", "handler", "auditor"])
def test_nobody_but_a_grid_worker_reports_from_the_grid(callers, services, clock, role):
    other = callers.operator((role, RUGAO))

    assert other.post("/grid-reports", grid_report(seen(services))).status_code == 403
    assert other.get("/grid-reports").status_code == 403


def test_a_citizen_does_not_report_from_the_grid_and_a_grid_worker_files_no_complaint(callers, worker, services):
    assert callers.citizen().post("/grid-reports", grid_report(seen(services))).status_code == 403
    assert worker.post("/complaints", complaint()).status_code == 403
