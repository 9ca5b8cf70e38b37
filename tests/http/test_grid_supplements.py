"""A grid worker is told what a report lacks, adds it, and the case goes on; nobody else can."""

from __future__ import annotations

import pytest

from tests.callers import Caller, Callers
from tests.complaint_bodies import RUGAO
from tests.grid_bodies import grid_report
from tests.http.command_cast import Cast
from tests.http.grid_cast import breaches, ledger_of, report, seen, tell
from tests.ready_photos import ready_photo

TEXT = {"text": "灯杆编号 0317，在菜场东门往南第三根。"}


@pytest.fixture
def worker(callers: Callers, clock) -> Caller:
    """A grid worker of 如皋市."""
    return callers.operator(("grid_worker", RUGAO))


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def incomplete(cast: Cast, worker: Caller) -> dict:
    """Send a report without a photo, of which the desk asks for a photo and the address; return its receipt."""
    receipt = report(worker, grid_report(seen(cast.callers.services)))
    asked = cast.move("acceptor", receipt["case_number"], "request_supplement", missing=["photo", "address"])
    assert asked.status_code == 201
    return receipt


def test_the_list_says_what_a_report_lacks_while_it_waits_for_it(cast, worker):
    incomplete(cast, worker)

    (line,) = worker.get("/grid-reports").json["items"]

    assert line["state"] == "supplement"
    assert line["missing"] == [{"code": "address", "name": "详细地址"}, {"code": "photo", "name": "现场照片"}]


def test_whoever_reported_adds_words_and_a_photo_and_the_case_is_at_the_desk_again(cast, worker, services):
    receipt = incomplete(cast, worker)
    photo = ready_photo(services, worker.person_id, stage="before")

    answer = worker.post(f"/grid-reports/{receipt['number']}/supplements", {**TEXT, "evidence_ids": [photo]})

    assert (answer.status_code, answer.json["state"]) == (200, "submitted")
    entry = ledger_of(services, receipt["case_number"])[-1]
    assert (entry["transition"], entry["actor"]["role"]) == ("T03", "grid_worker")
    assert entry["actor"]["person_id"] == str(worker.person_id)
    assert entry["actor"]["centre_id"] is not None
    detail = cast.of("acceptor").get(f"/cases/{receipt['case_number']}").json
    assert detail["supplement"] == TEXT["text"]
    assert [one["id"] for one in detail["photos"]] == [str(photo)]
    assert worker.get("/grid-reports").json["items"][0]["missing"] == []
    assert breaches(services, receipt["case_number"]) == []


def test_a_supplement_whose_answer_was_lost_is_sent_again_and_taken_once(cast, worker, services):
    receipt = incomplete(cast, worker)
    path, key = f"/grid-reports/{receipt['number']}/supplements", "supplement-0001"

    answers = [worker.post(path, TEXT, key=key) for _ in range(2)]

    assert [one.json for one in answers] == [answers[0].json] * 2
    assert [entry["transition"] for entry in ledger_of(services, receipt["case_number"])] == ["T01", "T02", "T03"]


def test_nothing_is_added_to_what_nobody_asked_for(cast, worker):
    receipt = report(worker, grid_report(seen(cast.callers.services)))

    answer = worker.post(f"/grid-reports/{receipt['number']}/supplements", TEXT)

    assert (answer.status_code, answer.json["code"]) == (409, "case-transition-not-allowed")


@pytest.mark.parametrize("number", ["", "WG261125000042X", "WG\u0000"], ids=["a colleague's", "none", "malformed"])
def test_a_colleagues_report_is_as_none_at_all(cast, worker, callers, number):
    receipt = incomplete(cast, worker)
    colleague = callers.operator(("grid_worker", RUGAO))

    answer = colleague.post(f"/grid-reports/{number or receipt['number']}/supplements", TEXT)

    assert (answer.status_code, answer.json["code"]) == (404, "grid-report-not-found")


def test_the_finder_is_told_that_something_lacks_and_no_colleague_is(cast, worker, callers, services):
    colleague = callers.operator(("grid_worker", RUGAO))
    receipt = incomplete(cast, worker)

    tell(services)

    (notice,) = worker.get("/notifications").json["items"]
    assert (notice["kind"], notice["case_number"]) == ("grid_report.incomplete", receipt["case_number"])
    assert colleague.get("/notifications").json["items"] == []


def test_a_citizens_complaint_that_lacks_something_is_no_grid_workers_news(cast, worker, services):
    _, number = cast.filed()
    cast.bring(number, ("acceptor", "request_supplement"))

    tell(services)

    assert worker.get("/notifications").json["items"] == []


def test_a_list_with_reports_that_wait_takes_as_many_statements_for_two_as_for_one(cast, worker, statements):
    counts = []
    for _ in range(2):
        incomplete(cast, worker)
        with statements.counting() as counted:
            worker.get("/grid-reports")
        counts.append(len(counted))

    assert counts[0] == counts[1]
