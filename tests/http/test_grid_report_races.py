"""One report sent twenty times at once, as a phone does that hears no answer: one case, and one receipt for all."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from backend.cases.models import Case, LedgerEntry
from tests.callers import Caller
from tests.complaint_bodies import RUGAO
from tests.grid_bodies import grid_report, handled_report

THREADS = 20


def send(app, worker: Caller, body: dict, together: threading.Barrier) -> dict:
    """Send with keys of its own until there is an answer: a queue that is too long says to come again."""
    caller = Caller(app.test_client(), worker.token)
    together.wait()
    while (answer := caller.post("/grid-reports", body)).status_code == 503:
        assert answer.json["code"] == "database-busy"
    return {"status": answer.status_code, **answer.json}


def test_of_twenty_senders_of_one_report_with_twenty_keys_one_makes_the_case_and_all_get_its_receipt(
    callers, app, services
):
    worker = callers.operator(("grid_worker", RUGAO))
    body, together = handled_report(services, worker), threading.Barrier(THREADS)

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(lambda _: send(app, worker, body, together), range(THREADS)))

    assert answers == [answers[0]] * THREADS
    assert (answers[0]["status"], answers[0]["state"]) == (201, "feedback")
    with services.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1
        assert session.scalar(select(func.count()).select_from(LedgerEntry)) == 5


def test_of_twenty_senders_of_different_contents_under_one_client_id_one_is_taken(callers, app, services):
    worker = callers.operator(("grid_worker", RUGAO))
    body, together = grid_report(services.clock.now()), threading.Barrier(THREADS)

    def send_own(number: int) -> dict:
        return send(app, worker, {**body, "title": f"第 {number} 份"}, together)

    with ThreadPoolExecutor(THREADS) as threads:
        answers = list(threads.map(send_own, range(THREADS)))

    assert sorted(answer["status"] for answer in answers) == [201, *[409] * (THREADS - 1)]
    refused = {answer["code"] for answer in answers if answer["status"] == 409}
    assert refused == {"grid-report-client-id-reused"}
    assert len(worker.get("/grid-reports").json["items"]) == 1
