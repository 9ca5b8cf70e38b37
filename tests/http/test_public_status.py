"""How a complaint stands, asked without signing in: by number and query code, and by nothing less."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text
from stdnum.iso7064 import mod_37_2

from backend.complaints.query_codes import query_code_of
from backend.complaints.rules import NUMBER_TRIES, SOURCE_TRIES
from backend.data_protection.erasure import erase_person
from backend.infrastructure.grants import TABLES
from tests.callers import API, Callers
from tests.complaint_bodies import complaint
from tests.http.command_cast import CATKINS, STREET_LAMP, WAY_TO, Cast

WORDS = {
    "submitted": ("submitted", "已提交"),
    "supplement": ("incomplete", "等待补充材料"),
    "accepted": ("accepted", "已受理"),
    "dispatched": ("handling", "办理中"),
    "handling": ("handling", "办理中"),
    "feedback": ("checking", "核实中"),
    "verifying": ("checking", "核实中"),
    "callback": ("handled", "已处理，待评价"),
    "closed": ("closed", "已办结"),
    "rejected": ("rejected", "不予受理"),
    "cancelled": ("cancelled", "已撤销"),
}
WRONG = "22222222"


@dataclass
class Anybody:
    """Somebody who is not signed in, at an address."""

    client: object
    address: str = "198.51.100.7"

    def ask(self, number: str, code: str, **headers: str):
        return self.client.get(
            f"{API}/public/complaints/{number}",
            query_string={"code": code},
            headers=headers,
            environ_overrides={"REMOTE_ADDR": self.address},
        )


@pytest.fixture
def anybody(client) -> Anybody:
    return Anybody(client)


@pytest.fixture
def cast(callers: Callers) -> Cast:
    return Cast(callers)


@pytest.fixture
def filed(callers: Callers) -> dict:
    return callers.citizen().post("/complaints", complaint(category=STREET_LAMP)).json


def unknown_number() -> str:
    body = "NT250101000001"
    return body + mod_37_2.calc_check_digit(body)


def code_of(services, number: str) -> str:
    return query_code_of(number, services.sealer)


@pytest.mark.parametrize("state", sorted(WAY_TO))
def test_whoever_has_the_code_reads_the_coarse_state_in_a_citizens_words(cast, anybody, services, state):
    number, _ = cast.brought_to(state, category=CATKINS if state == "callback" else STREET_LAMP)

    answer = anybody.ask(number, code_of(services, number))

    assert answer.status_code == 200, answer.json
    assert (answer.json["state"], answer.json["state_name"]) == WORDS[state]
    assert (answer.json["ended_at"] is None) == (state not in {"closed", "rejected", "cancelled"})


def test_the_answer_holds_the_dates_and_nothing_that_tells_whose_it_is_or_about_what(cast, anybody, services, clock):
    number, case_number = cast.filed()
    filed_at = clock.now()
    clock.advance(minutes=9)
    cast.bring(case_number, ("acceptor", "accept"))

    told = anybody.ask(number, code_of(services, number)).json

    detail = cast.of("acceptor").get(f"/cases/{case_number}").json["case"]
    assert set(told) == {
        "number", "state", "state_name", "filed_at", "due_at", "due_is_provisional", "ended_at", "changed_at",
    }  # fmt: skip
    assert told["filed_at"] == filed_at.isoformat()
    assert told["changed_at"] == (filed_at + timedelta(minutes=9)).isoformat()
    assert told["due_at"] == detail["due_at"]
    assert case_number not in str(told)


def test_the_code_is_given_with_the_receipt_and_in_the_complaint_and_opens_in_either_case(callers, anybody):
    citizen = callers.citizen()
    receipt = citizen.post("/complaints", complaint()).json

    code = citizen.get(f"/complaints/{receipt['number']}").json["query_code"]

    assert code == receipt["query_code"]
    assert re.fullmatch("[2-9A-HJKMNP-TV-Z]{8}", code)
    assert anybody.ask(receipt["number"], code.lower()).status_code == 200


def test_a_repeated_filing_is_given_the_code_again_in_the_same_bytes_and_it_is_stored_nowhere(callers, services):
    citizen, key = callers.citizen(), "one-filing-of-somebody"
    first = citizen.post("/complaints", complaint(), key=key)
    citizen.get(f"/complaints/{first.json['number']}")

    again = citizen.post("/complaints", complaint(), key=key)

    assert (again.headers["Idempotent-Replayed"], again.get_data()) == ("true", first.get_data())
    assert first.headers["Content-Type"] == again.headers["Content-Type"]
    with services.database.transaction() as session:
        rows = {table: str(session.execute(text(f"SELECT * FROM {table}")).all()) for table in TABLES}
    assert [table for table, said in rows.items() if first.json["query_code"] in said] == []


def test_a_wrong_code_and_an_unknown_number_are_refused_in_the_very_same_way(filed, anybody, statements):
    refusals = []
    for number in (filed["number"], unknown_number()):
        with statements.counting() as counted:
            answer = anybody.ask(number, WRONG)
        told = {name: value for name, value in answer.json.items() if name != "trace_id"}
        headers = {name for name, _ in answer.headers}
        refusals.append((answer.status_code, told, headers, len(counted)))

    assert refusals[0] == refusals[1]
    assert (refusals[0][0], refusals[0][1]["code"]) == (404, "complaint-status-not-found")


def test_the_code_of_another_complaint_opens_nothing(callers, filed, anybody):
    other = callers.citizen().post("/complaints", complaint()).json

    assert anybody.ask(filed["number"], other["query_code"]).status_code == 404


@pytest.mark.parametrize("number", ["NT261124000000", "AJ250101000001P", "x", "NT２６１１２４０００００１X"])
def test_what_is_no_number_of_ours_is_not_found(anybody, number):
    answer = anybody.ask(number, WRONG)

    assert (answer.status_code, answer.json["code"]) == (404, "complaint-status-not-found")


@pytest.mark.parametrize("code", ["", "2222222", "222222222", "2222222O", "2222222u", "２２２２２２２２"])
def test_a_code_of_another_form_is_told_to_be_one_and_counts_as_no_try(filed, anybody, services, code):
    for _ in range(NUMBER_TRIES.limit + 1):
        answer = anybody.ask(filed["number"], code)

    assert answer.status_code == 422
    assert set(answer.json["errors"]["query"]) == {"code"}
    assert anybody.ask(filed["number"], filed["query_code"]).status_code == 200


def test_after_ten_wrong_codes_for_a_number_the_right_one_is_refused_from_everywhere_until_the_hour_is_over(
    filed, anybody, client, clock
):
    tries = [Anybody(client, f"198.51.100.{place}").ask(filed["number"], WRONG) for place in range(1, 11)]
    refused = [anybody.ask(filed["number"], code) for code in (WRONG, filed["query_code"])]
    clock.advance(minutes=59)
    still = anybody.ask(filed["number"], filed["query_code"])
    clock.advance(minutes=1)
    after = anybody.ask(filed["number"], filed["query_code"])

    assert {answer.status_code for answer in tries} == {404}
    assert {(one.status_code, one.json["code"]) for one in refused} == {(429, "complaint-status-tries-limited")}
    assert {3599, 3600, 3601} >= {int(one.headers["Retry-After"]) for one in refused}
    assert 59 <= int(still.headers["Retry-After"]) <= 61
    assert (still.status_code, after.status_code) == (429, 200)


def test_a_number_that_was_tried_too_often_keeps_no_other_number_waiting(callers, filed, anybody):
    for _ in range(NUMBER_TRIES.limit):
        anybody.ask(filed["number"], WRONG)

    other = callers.citizen().post("/complaints", complaint()).json

    assert anybody.ask(other["number"], other["query_code"]).status_code == 200


def test_an_address_that_tried_a_hundred_numbers_is_refused_and_others_are_not(filed, anybody, client, services):
    numbers = [f"NT2501{day:02}{serial:06}" for day in range(1, 5) for serial in range(27)]
    tries = [anybody.ask(number + mod_37_2.calc_check_digit(number), WRONG) for number in numbers[: SOURCE_TRIES.limit]]

    refused = anybody.ask(filed["number"], filed["query_code"])

    assert {answer.status_code for answer in tries} == {404}
    assert (refused.status_code, refused.json["code"]) == (429, "complaint-status-tries-limited")
    assert Anybody(client, "198.51.100.8").ask(filed["number"], filed["query_code"]).status_code == 200


def test_right_codes_are_never_counted(filed, anybody):
    answers = [anybody.ask(filed["number"], filed["query_code"]) for _ in range(NUMBER_TRIES.limit * 2)]

    assert {answer.status_code for answer in answers} == {200}


def test_a_right_code_needs_one_statement(filed, anybody, statements):
    with statements.counting() as counted:
        answer = anybody.ask(filed["number"], filed["query_code"])

    assert answer.status_code == 200
    assert len(counted) == 1, counted


def test_the_answer_may_be_kept_by_who_asked_and_is_asked_for_again_by_its_version(cast, anybody, services):
    number, case_number = cast.filed()
    code = code_of(services, number)
    first = anybody.ask(number, code)
    same = anybody.ask(number, code, **{"If-None-Match": first.headers["ETag"]})
    cast.bring(case_number, ("acceptor", "accept"))
    moved = anybody.ask(number, code, **{"If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"] == '"v1"'
    assert set(first.headers["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert (same.status_code, same.get_data(), same.headers["ETag"]) == (304, b"", '"v1"')
    assert (moved.status_code, moved.headers["ETag"], moved.json["state"]) == (200, '"v2"', "accepted")


def test_a_refusal_is_kept_by_nobody_and_a_wrong_code_is_no_304(filed, anybody):
    refused = anybody.ask(filed["number"], WRONG, **{"If-None-Match": '"v1"'})

    assert (refused.status_code, refused.headers["Cache-Control"]) == (404, "no-store")


def test_the_complaint_of_somebody_who_was_erased_is_as_none_at_all(cast, anybody, services, clock):
    number, _ = cast.brought_to("closed")
    code = code_of(services, number)
    assert anybody.ask(number, code).status_code == 200
    with services.database.transaction() as session:
        erase_person(session, person_id=cast.reporter(number).person_id, now=clock.now())

    answer, unknown = anybody.ask(number, code), anybody.ask(unknown_number(), WRONG)

    assert answer.status_code == 404
    assert answer.json | {"trace_id": ""} == unknown.json | {"trace_id": ""}
