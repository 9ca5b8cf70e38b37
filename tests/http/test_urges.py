"""A reporter urges: once a day, while somebody else must act; the desk sees it, and no state changes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.callers import Caller, Callers
from tests.complaint_bodies import complaint
from tests.http.command_cast import STREET_LAMP, WAY_TO, Cast

WAITING = ["submitted", "accepted", "dispatched", "handling", "feedback", "verifying"]
OTHERS = sorted(set(WAY_TO) - set(WAITING))


@pytest.fixture
def cast(callers: Callers) -> Cast:
    return Cast(callers)


def urge(cast: Cast, number: str, words: str | None = None):
    return cast.reporter(number).post(f"/complaints/{number}/urges", {"text": words} if words else {})


def prepared(cast: Cast, state: str) -> tuple[str, str]:
    category = {} if state != "callback" else {"category": {"tree": "12345", "code": "H040303"}}
    return cast.brought_to(state, **category)


@pytest.mark.parametrize("state", WAITING)
def test_a_reporter_urges_while_somebody_else_must_act_and_the_case_stays_where_it_is(cast, state):
    number, case_number = prepared(cast, state)
    before = cast.of("auditor").get(f"/cases/{case_number}").json["case"]

    answer = urge(cast, number)

    after = cast.of("auditor").get(f"/cases/{case_number}").json["case"]
    assert answer.status_code == 201, answer.json
    assert (answer.json["number"], answer.json["state"]) == (number, state)
    assert after == before | {"version": before["version"] + 1}


@pytest.mark.parametrize("state", OTHERS)
def test_nobody_is_urged_where_the_reporter_must_act_or_nobody_must(cast, state):
    number, _ = prepared(cast, state)

    answer = urge(cast, number)

    assert (answer.status_code, answer.json["code"]) == (409, "case-transition-not-allowed")
    assert answer.json["errors"] == {"state": state, "action": "urge"}
    assert "urge" not in cast.reporter(number).get(f"/complaints/{number}").json["possible_actions"]


def test_a_second_urge_on_the_same_day_of_shanghai_is_refused_with_the_time_from_when_it_is_possible(cast, clock):
    number, _ = cast.filed()
    clock.instant = datetime(2026, 11, 24, 15, 59, 0, tzinfo=UTC)  # 23:59 in Shanghai
    cast.reporters[number] = cast.callers.again(cast.reporter(number))
    first = urge(cast, number)

    second = urge(cast, number)
    offered = cast.reporter(number).get(f"/complaints/{number}").json["possible_actions"]
    clock.advance(minutes=1)
    next_day = urge(cast, number)

    assert (first.status_code, next_day.status_code) == (201, 201)
    assert (second.status_code, second.json["code"]) == (409, "case-urged-today")
    assert datetime.fromisoformat(second.json["errors"]["possible_from"]) == datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert int(second.headers["Retry-After"]) == 61
    assert "urge" not in offered


def test_an_urge_late_in_the_evening_and_one_of_the_same_utc_day_in_the_morning_are_of_two_days(cast, clock):
    number, _ = cast.filed()
    clock.instant = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    cast.reporters[number] = cast.callers.again(cast.reporter(number))

    first = urge(cast, number)
    clock.advance(hours=1)
    cast.reporters[number] = cast.callers.again(cast.reporter(number))

    assert [first.status_code, urge(cast, number).status_code] == [201, 201]


def test_of_twenty_urges_at_once_one_is_taken(cast, app, services):
    number, case_number = cast.filed()
    token = cast.reporter(number).token

    def tap(_finger: int) -> tuple[int, str | None]:
        answer = Caller(app.test_client(), token).post(f"/complaints/{number}/urges", {})
        return answer.status_code, answer.json.get("code")

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(tap, range(20)))

    assert sorted(answers, key=str) == [(201, None), *[(409, "case-urged-today")] * 19]
    assert len(cast.of("auditor").get(f"/cases/{case_number}").json["urges"]) == 1
    assert events(services, case_number) == [("case.urged", "submitted")]


def events(services, case_number: str) -> list[tuple[str, str]]:
    with services.database.transaction() as session:
        rows = session.execute(text("SELECT name, payload FROM outbox_event ORDER BY id")).all()
    told = [(name, body if isinstance(body, dict) else json.loads(body)) for name, body in rows]
    return [(name, body["state"]) for name, body in told if name == "case.urged" and body["case_number"] == case_number]


def test_the_desk_sees_when_and_how_often_and_with_which_words_a_case_was_urged_masked(cast, clock):
    number, case_number = cast.filed()
    first_at = clock.now()
    urge(cast, number, "请打 13812345678 找我，晚上太黑。")
    clock.advance(days=1)
    cast.hired.clear()
    cast.reporters[number] = cast.callers.again(cast.reporter(number))
    urge(cast, number)

    urges = cast.of("auditor").get(f"/cases/{case_number}").json["urges"]

    assert [one["text"] for one in urges] == ["请打 138****5678 找我，晚上太黑。", None]
    assert [one["number"] for one in urges] == [number, number]
    assert [datetime.fromisoformat(one["urged_at"]) for one in urges] == [first_at, first_at + timedelta(days=1)]


def test_an_urge_is_told_in_the_timeline_in_words_and_in_the_ledger_by_name_without_its_text(cast):
    number, case_number = cast.filed()
    urge(cast, number, "催办标记甲")

    step = cast.reporter(number).get(f"/complaints/{number}/timeline").json["items"][-1]
    entry = cast.of("auditor").get(f"/cases/{case_number}/ledger").json["items"][-1]

    assert (step["title"], step["state"]) == ("已催办", "submitted")
    assert (entry["transition"], entry["action_name"], entry["role"]) == ("U01", "催办", "reporter")
    assert set(entry["digests"]) == {"urge_text"}


def test_whoever_saw_the_case_before_an_urge_must_look_again_before_moving_it(cast):
    number, case_number = cast.filed()
    seen = cast.version(case_number)
    urge(cast, number)

    stale = cast.move("acceptor", case_number, "accept", version=seen)

    assert (stale.status_code, stale.json["code"]) == (412, "case-changed")


def test_the_complaint_of_somebody_else_cannot_be_urged_nor_can_operators_urge(cast, callers):
    number, _ = cast.filed()

    other = callers.citizen().post(f"/complaints/{number}/urges", {})
    operator = cast.of("acceptor").post(f"/complaints/{number}/urges", {})

    assert (other.status_code, other.json["code"]) == (404, "complaint-not-found")
    assert (operator.status_code, operator.json["code"]) == (403, "permission-missing")


def test_an_urge_whose_answer_was_lost_is_answered_again_and_counts_once(cast):
    number, case_number = cast.filed()
    reporter, key = cast.reporter(number), "one-tap-of-a-button"

    first = reporter.post(f"/complaints/{number}/urges", {}, key=key)
    again = reporter.post(f"/complaints/{number}/urges", {}, key=key)

    assert (again.status_code, again.get_data()) == (201, first.get_data())
    assert len(cast.of("auditor").get(f"/cases/{case_number}").json["urges"]) == 1


def test_two_complaints_of_one_person_are_urged_each_by_itself(callers: Callers):
    citizen = callers.citizen()
    numbers = [citizen.post("/complaints", complaint(category=STREET_LAMP)).json["number"] for _ in range(2)]

    assert [citizen.post(f"/complaints/{number}/urges", {}).status_code for number in numbers] == [201, 201]
