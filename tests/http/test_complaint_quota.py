"""Tests of how many complaints one person may file: the limit, and the wait that its refusal names."""

from __future__ import annotations

from tests.callers import Callers
from tests.complaint_bodies import complaint


def test_nobody_files_more_in_a_day_than_the_quota(callers: Callers, services, clock):
    citizen, other = callers.citizen(), callers.citizen()
    for _ in range(services.settings.complaint_daily_quota):
        assert citizen.post("/complaints", complaint()).status_code == 201

    refused = citizen.post("/complaints", complaint())

    assert (refused.status_code, refused.json["code"]) == (429, "complaint-quota-reached")
    assert refused.json["retryable"] is True
    assert other.post("/complaints", complaint()).status_code == 201


def test_who_waits_as_long_as_the_refusal_says_may_file_one_more_and_then_waits_again(
    callers: Callers, services, clock
):
    citizen = callers.citizen()
    quota = services.settings.complaint_daily_quota
    for _ in range(quota):
        assert citizen.post("/complaints", complaint()).status_code == 201
        clock.advance(seconds=10)

    wait_s = int(citizen.post("/complaints", complaint()).headers["Retry-After"])
    answers = []
    for pause_s in (wait_s - 1, 1, 0):
        clock.advance(seconds=pause_s)
        answers.append(callers.again(citizen).post("/complaints", complaint()))

    # The first complaint leaves the 24 hours first, and the second ten seconds later.
    assert wait_s == 24 * 3600 - quota * 10
    assert [answer.status_code for answer in answers] == [429, 201, 429]
    assert [answers[n].headers["Retry-After"] for n in (0, 2)] == ["1", "10"]
