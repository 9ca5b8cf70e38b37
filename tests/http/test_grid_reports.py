"""Reports of grid workers over HTTP: taken once, put right on the spot, and seen by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.cases.models import Case, CaseTask
from backend.cases.numbering import is_number
from tests.callers import Caller, Callers
from tests.complaint_bodies import HAIAN, RUGAO, complaint
from tests.grid_bodies import ANSWER, grid_report, handled_report, whole_report
from tests.http.command_cast import LAMP_UNIT
from tests.http.grid_cast import breaches, ledger_of, report, seen, tell
from tests.ready_photos import ready_photo

TOWN = "320682103"


@pytest.fixture
def worker(callers: Callers, clock) -> Caller:
    """A grid worker of 如皋市."""
    return callers.operator(("grid_worker", RUGAO))


@pytest.fixture
def acceptor(callers: Callers) -> Caller:
    """Somebody at the county's desk."""
    return callers.operator(("acceptor", RUGAO))


def test_a_whole_report_opens_a_case_that_the_system_accepts_at_once(worker, services):
    receipt = report(worker, whole_report(services, worker))

    assert is_number(receipt["number"], "WG")
    assert receipt["state"] == "accepted"
    entries = ledger_of(services, receipt["case_number"])
    assert [(entry["transition"], entry["actor"]["role"]) for entry in entries] == [
        ("T01", "grid_worker"),
        ("T08", "system"),
    ]
    assert entries[0]["actor"]["centre_id"] == entries[1]["actor"]["centre_id"]
    assert entries[0]["actor"]["person_id"] == str(worker.person_id)
    assert breaches(services, receipt["case_number"]) == []


def test_what_was_put_right_on_the_spot_stands_in_feedback_each_step_in_the_ledger(worker, acceptor, services):
    receipt = report(worker, handled_report(services, worker))

    assert receipt["state"] == "feedback"
    entries = ledger_of(services, receipt["case_number"])
    assert [(entry["transition"], entry["actor"]["role"]) for entry in entries] == [
        ("T01", "grid_worker"),
        ("T08", "system"),
        ("T09", "grid_worker"),
        ("T11", "grid_worker"),
        ("T19", "grid_worker"),
    ]
    detail = acceptor.get(f"/cases/{receipt['case_number']}").json
    assert detail["answer"] == ANSWER
    assert breaches(services, receipt["case_number"]) == []


def test_the_photos_of_what_was_put_right_are_shown_in_the_order_of_its_moves(worker, acceptor, services):
    photos = [ready_photo(services, worker.person_id, stage=stage) for stage in ("after", "before", "before")]
    receipt = report(worker, handled_report(services, worker, evidence_ids=photos))

    shown = acceptor.get(f"/cases/{receipt['case_number']}").json["photos"]
    assert [photo["id"] for photo in shown] == [photos[1], photos[2], photos[0]]


def test_the_main_task_of_what_was_put_right_is_the_proposed_units_done_by_the_finder(worker, services):
    receipt = report(worker, handled_report(services, worker))

    with services.database.transaction() as session:
        case_id = select(Case.id).where(Case.number == receipt["case_number"]).scalar_subquery()
        (task,) = session.scalars(select(CaseTask).where(CaseTask.case_id == case_id)).all()
        told = (task.kind, task.unit_code, task.status, task.rule, task.done_by_person_id, task.is_auto_signed)
    assert told == ("lead", LAMP_UNIT, "done", "finder", worker.person_id, False)


def test_a_report_from_a_bad_network_that_comes_three_times_is_one_case_with_one_receipt(worker, services, clock):
    body = handled_report(services, worker)
    first = report(worker, body)

    receipts = []
    for _ in range(2):
        clock.advance(minutes=3)
        receipts.append(report(worker, body))

    assert receipts == [first, first]
    assert [line["number"] for line in worker.get("/grid-reports").json["items"]] == [first["number"]]


def test_a_repeat_gets_its_receipt_when_what_it_tells_has_become_too_old_to_report(worker, callers, services, clock):
    body = whole_report(services, worker)
    first = report(worker, body)
    clock.advance(hours=7 * 24 + 1)

    assert report(callers.again(worker), body) == first


def test_a_repeat_gets_the_receipt_as_it_was_given_whatever_became_of_the_case_since(worker, acceptor, services):
    body = whole_report(services, worker, evidence_ids=[])
    first = report(worker, body)
    acceptor.post(f"/cases/{first['case_number']}/moves", {"action": "accept"}, if_match='"v1"')

    assert report(worker, body) == first
    (line,) = worker.get("/grid-reports").json["items"]
    assert (line["state"], line["state_name"]) == ("accepted", "已受理·待派遣")


def test_the_same_content_spelled_otherwise_is_the_same_report(worker, services):
    body = grid_report(seen(services), address=None)
    first = report(worker, body)
    in_shanghai = (seen(services) + timedelta(hours=8)).replace(tzinfo=None).isoformat() + "+08:00"

    again = dict(reversed(body.items())) | {"captured_at": in_shanghai, "address": None, "title": f" {body['title']} "}

    assert report(worker, again) == first


def test_two_workers_phones_may_have_made_the_same_id(worker, callers, services):
    other = callers.operator(("grid_worker", RUGAO))
    body = grid_report(seen(services))

    assert report(worker, body)["case_number"] != report(other, body)["case_number"]


def test_reports_that_arrive_late_and_out_of_order_give_the_same_list(callers, services, clock):
    lists = []
    for order in ([0, 1, 2, 3], [3, 1, 1, 0, 2, 3, 0]):
        worker = callers.operator(("grid_worker", RUGAO))
        bodies = [
            grid_report(services.clock.now() - timedelta(hours=30 * age), title=f"第 {age} 件") for age in range(4)
        ]
        for place in order:
            report(worker, bodies[place])
        items = worker.get("/grid-reports").json["items"]
        lists.append([(item["title"], item["captured_at"], item["state"], item["due_at"]) for item in items])

    assert lists[0] == lists[1]
    assert [title for title, *_ in lists[0]] == [f"第 {age} 件" for age in range(4)]


def test_a_position_is_kept_without_a_consent_because_it_is_the_things_not_the_persons(worker, acceptor, services):
    receipt = report(worker, whole_report(services, worker))

    location = acceptor.get(f"/cases/{receipt['case_number']}").json["location"]
    assert (location["longitude_wgs84"], location["latitude_wgs84"]) == (120.5734, 32.3708)


def test_without_a_division_the_position_proposes_its_county_and_no_sample_cell_decides(worker, services):
    receipt = report(worker, whole_report(services, worker, division=None))

    (line,) = worker.get("/grid-reports").json["items"]
    assert line["division"]["code"] == RUGAO
    assert receipt["state"] == "accepted"


def test_a_town_worker_reports_what_the_county_handles(callers, services):
    worker = callers.operator(("grid_worker", TOWN))

    assert report(worker, whole_report(services, worker, division=TOWN))["state"] == "accepted"


@pytest.mark.parametrize("division", [RUGAO, HAIAN])
def test_a_worker_of_two_counties_reports_by_the_role_of_the_place(callers, services, clock, division):
    worker = callers.operator(("grid_worker", HAIAN), ("grid_worker", RUGAO))

    receipt = report(worker, whole_report(services, worker, division=division))

    entries = ledger_of(services, receipt["case_number"])
    assert receipt["state"] == "accepted"
    assert entries[0]["actor"]["centre_id"] == entries[0]["facts"]["owner_centre_id"]


def test_the_desk_sees_who_reported_masked_and_in_full_where_there_is_anything_to_see(worker, acceptor, services):
    number = report(worker, whole_report(services, worker))["case_number"]

    (shown,) = acceptor.get(f"/cases/{number}").json["reporters"]
    body = {"fields": ["reporter_name", "reporter_phone"], "reason": "电话核实准确的位置"}
    revealed = acceptor.post(f"/cases/{number}/reveals", body, key=None)

    assert (shown["channel"], shown["identity_shown"], shown["name"]) == ("grid", "named", "测*")
    assert revealed.status_code == 200, revealed.json
    assert revealed.json["reporters"][0]["name"] == "测试员"


def test_a_report_is_no_complaint_and_its_reporter_gets_no_words_for_citizens(worker, callers, services):
    receipt = report(worker, handled_report(services, worker))
    citizen = callers.citizen()
    assert citizen.post("/complaints", complaint()).status_code == 201

    tell(services)

    assert worker.get("/complaints").status_code == 403
    assert citizen.get(f"/complaints/{receipt['number']}").status_code == 404
    assert worker.get("/notifications").json["items"] == []
    assert len(citizen.get("/notifications").json["items"]) == 1


def test_the_list_is_ones_own_page_by_page_seen_last_first(worker, callers, services):
    for age in range(5):
        report(worker, grid_report(services.clock.now() - timedelta(hours=age), title=f"第 {age} 件"))
    report(callers.operator(("grid_worker", RUGAO)), grid_report(seen(services), title="别人的"))

    titles, cursor = [], None
    while cursor is not None or not titles:
        page = worker.get("/grid-reports", limit=2, **({"cursor": cursor} if cursor else {})).json
        titles += [line["title"] for line in page["items"]]
        cursor = page["next_cursor"]

    assert titles == [f"第 {age} 件" for age in range(5)]


def test_a_long_list_needs_as_many_statements_as_a_short_one(worker, services, statements):
    counts = []
    for more in (1, 19):
        for _ in range(more):
            report(worker, grid_report(seen(services)))
        with statements.counting() as counted:
            worker.get("/grid-reports")
        counts.append(len(counted))

    # Who asks, which version of the city holds, the reports with their cases, the titles.
    assert counts == [4, 4]
