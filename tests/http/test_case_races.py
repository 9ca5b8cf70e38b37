"""Many at once: one wins, the others are told, and nothing happens twice."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from tests.callers import Caller
from tests.complaint_bodies import CITY, RUGAO, complaint


def test_of_twenty_operators_at_once_one_moves_the_case_and_the_others_are_told(callers, app):
    number = callers.citizen().post("/complaints", complaint()).json["case_number"]
    operators = [callers.operator(("acceptor", RUGAO)) for _ in range(20)]

    def act(operator: Caller) -> int:
        own = Caller(app.test_client(), operator.token)
        return own.post(f"/cases/{number}/moves", {"action": "accept"}, if_match='"v1"').status_code

    with ThreadPoolExecutor(10) as threads:
        statuses = list(threads.map(act, operators))

    assert sorted(statuses) == [201, *[412] * 19]
    assert callers.operator(("auditor", CITY)).get(f"/cases/{number}").json["case"]["version"] == 2


def test_of_fifty_parallel_filings_with_one_key_one_is_made(callers, app):
    citizen, key = callers.citizen(), str(uuid.uuid4())

    def file(_number: int) -> tuple[int, str | None]:
        answer = Caller(app.test_client(), citizen.token).post("/complaints", complaint(), key=key)
        return answer.status_code, answer.json.get("number")

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(file, range(50)))

    numbers = {number for status, number in answers if status == 201}
    assert len(numbers) == 1
    assert {status for status, _ in answers} <= {201, 409}
    assert len(citizen.get("/complaints").json["items"]) == 1


def test_of_eight_parallel_filings_before_the_last_place_of_the_quota_one_is_taken(callers, app, services):
    citizen = callers.citizen()
    for _ in range(services.settings.complaint_daily_quota - 1):
        assert citizen.post("/complaints", complaint()).status_code == 201

    def file(_number: int) -> int:
        return Caller(app.test_client(), citizen.token).post("/complaints", complaint()).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(file, range(8)))

    assert sorted(statuses) == [201, *[429] * 7]
