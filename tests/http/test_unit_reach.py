"""What the staff of a unit see: the cases in their hands, in full where they must, and nothing of anybody else's."""

from __future__ import annotations

import pytest

from tests.callers import Caller, Callers
from tests.complaint_bodies import HAIAN, RUGAO
from tests.http.command_cast import LAMP_UNIT, Cast

OTHER_UNIT = "CGJ"
REASON = "联系诉求人约定上门时间"


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def phone_of_reporter(caller: Caller, number: str):
    """Ask for the phone of who reported a case."""
    return caller.post(f"/cases/{number}/reveals", {"fields": ["reporter_phone"], "reason": REASON}, key=None)


def numbers_of_tasks(caller: Caller, *, is_open: str = "true") -> list[str]:
    """Return the cases of somebody's tasks."""
    return [item["case"]["number"] for item in caller.get("/tasks", open=is_open, limit=100).json["items"]]


@pytest.mark.parametrize("role", ["liaison", "handler", "unit_leader"])
def test_a_unit_reads_the_case_in_its_hands_and_may_call_its_reporter(cast, role):
    _, number = cast.brought_to("handling")
    staff = cast.of(role)

    assert staff.get(f"/cases/{number}").json["case"]["number"] == number
    assert numbers_of_tasks(staff) == [number]
    assert phone_of_reporter(staff, number).json["reporters"][0]["phone"] == cast.reporter(number).phone


def test_the_record_of_such_a_reveal_names_the_role_in_the_unit(cast, callers):
    _, number = cast.brought_to("handling")
    phone_of_reporter(cast.of("handler"), number)

    marks = callers.operator(("auditor", RUGAO)).get(f"/cases/{number}/reveals").json["items"]

    assert [mark["role"] for mark in marks] == ["handler"]


def test_once_its_work_is_accepted_a_unit_still_reads_the_case_and_sees_nobody_in_full(cast):
    _, number = cast.brought_to("verifying")
    assert phone_of_reporter(cast.of("handler"), number).status_code == 200
    cast.bring(number, ("supervisor", "confirm_fixed"))

    assert cast.of("handler").get(f"/cases/{number}").status_code == 200
    assert numbers_of_tasks(cast.of("handler"), is_open="false") == [number]
    assert phone_of_reporter(cast.of("handler"), number).json["code"] == "case-not-found"


@pytest.mark.parametrize(("centre", "unit"), [(RUGAO, OTHER_UNIT), (HAIAN, LAMP_UNIT)], ids=["unit", "county"])
def test_another_unit_and_the_same_one_of_another_county_see_nothing(cast, callers, centre, unit):
    _, number = cast.brought_to("handling")
    stranger = callers.operator(("liaison", centre, unit), ("handler", centre, unit), ("unit_leader", centre, unit))

    assert numbers_of_tasks(stranger) == []
    for answer in (
        stranger.get(f"/cases/{number}"),
        phone_of_reporter(stranger, number),
        stranger.post(f"/cases/{number}/moves", {"action": "sign"}, if_match='"v4"'),
    ):
        assert answer.json["code"] == "case-not-found"


@pytest.mark.parametrize("role", ["acceptor", "duty_leader", "auditor"])
def test_a_desks_role_held_in_a_unit_gives_no_area(cast, callers, role):
    _, number = cast.filed()
    of_a_unit = callers.operator((role, RUGAO, OTHER_UNIT))

    for scope in ("own", "below"):
        assert of_a_unit.get("/cases", queue="to_accept", scope=scope, limit=100).json["items"] == []
    assert of_a_unit.get(f"/cases/{number}").json["code"] == "case-not-found"
    assert of_a_unit.get(f"/cases/{number}/ledger").json["code"] == "case-not-found"


@pytest.mark.parametrize("count", [1, 8])
def test_a_page_of_tasks_needs_as_many_statements_as_a_short_one(cast, statements, count):
    for _ in range(count):
        cast.brought_to("dispatched")
    liaison = cast.of("liaison")

    with statements.counting() as seen:
        assert len(numbers_of_tasks(liaison)) == count

    assert len(seen) == 4  # who asks, their tasks with the cases, the titles, and the city's version
