"""Stages that run out go on by themselves: at their due and not before, each case once, none kept by another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from mobile_api.worker_table import sweeps
from tests.callers import Callers
from tests.http.command_cast import CATKINS, Cast

INSTANT = timedelta(microseconds=1)
# From which state, of which kind, the clock leads where; typed from workflow 1.3 and 1.5.
RUN_OUT = [
    ("supplement", {}, "submitted"),
    ("supplement", {"request_type": "ZX"}, "cancelled"),
    ("dispatched", {}, "handling"),
    ("feedback", {}, "verifying"),
    ("feedback", {"category": CATKINS}, "callback"),
    ("callback", {"category": CATKINS}, "closed"),
]


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


@pytest.fixture
def sweep(services) -> Callable[[], int]:
    """Let every stage that is over go on; tells how many did."""
    return sweeps(services)["stages"]


def row_of(cast: Cast, number: str):
    """Return what is stored of a case."""
    with cast.callers.services.database.transaction() as session:
        return session.execute(text("SELECT * FROM command_case WHERE number = :number"), {"number": number}).one()


def detail_of(cast: Cast, number: str) -> dict:
    """Return a case as a desk that has just signed in reads it."""
    cast.hired.clear()  # an access token lives ten minutes
    return cast.of("acceptor").get(f"/cases/{number}").json


@pytest.mark.parametrize(("state", "kind", "target"), RUN_OUT, ids=[f"{row[0]}-{row[2]}" for row in RUN_OUT])
def test_a_stage_goes_on_at_its_due_and_not_before(cast, clock, sweep, state, kind, target):
    _, number = cast.brought_to(state, **kind)
    due: datetime = row_of(cast, number).stage_due_at

    clock.instant = due - INSTANT
    assert sweep() == 0
    assert row_of(cast, number).state == state
    clock.instant = due
    assert sweep() == 1

    assert row_of(cast, number).state == target


def test_a_unit_that_did_not_sign_is_shown_as_signed_by_the_clock(cast, clock, sweep):
    _, number = cast.brought_to("dispatched")

    clock.instant = row_of(cast, number).stage_due_at
    sweep()

    [task] = detail_of(cast, number)["tasks"]
    assert (task["status"], task["is_auto_signed"]) == ("signed", True)


def test_a_case_that_nobody_called_back_about_ends_with_nothing_known(cast, clock, sweep):
    _, number = cast.brought_to("callback", category=CATKINS)

    clock.instant = row_of(cast, number).stage_due_at
    sweep()

    assert detail_of(cast, number)["outcome"] == {
        "is_contacted": False,
        "is_solved": None,
        "is_satisfied": None,
        "is_true": None,
    }


def test_the_entry_of_such_a_move_names_the_system_and_nobody(cast, clock, sweep):
    _, number = cast.brought_to("dispatched")

    clock.instant = row_of(cast, number).stage_due_at
    sweep()

    cast.hired.clear()
    last = cast.of("acceptor").get(f"/cases/{number}/ledger").json["items"][-1]
    assert (last["transition"], last["role"]) == ("T11", "system")


def test_while_its_reporter_is_asked_the_clock_of_the_whole_stands_still(cast, clock, sweep):
    number, case_number = cast.brought_to("supplement")
    before = row_of(cast, case_number)

    clock.advance(minutes=5)
    cast.reporter(number).post(f"/complaints/{number}/supplements", {"text": "在菜场东门往南第三根灯杆。"})

    after = row_of(cast, case_number)
    # Filed at 16:00 in Shanghai: five minutes of opening time stood still, and a day's unit shows whole days.
    assert after.due_exact_at - before.due_exact_at >= timedelta(minutes=5)
    assert after.due_at >= before.due_at
    assert (after.paused_at, len(after.pauses)) == (None, 1)


def test_one_that_cannot_be_moved_keeps_no_other_waiting(cast, clock, sweep, owner_database):
    poisoned, whole = cast.brought_to("dispatched")[1], cast.brought_to("dispatched")[1]
    with owner_database.transaction() as session:
        # A version of the workflow that nobody knows.
        session.execute(
            text("UPDATE command_case SET workflow_version = 99, stage_due_at = stage_due_at - interval '1 hour'"
                 " WHERE number = :number"), {"number": poisoned},
        )  # fmt: skip

    clock.instant = row_of(cast, whole).stage_due_at
    assert sweep() == 1

    assert (row_of(cast, poisoned).state, row_of(cast, whole).state) == ("dispatched", "handling")


def test_of_many_sweeps_at_once_each_case_is_moved_by_one(cast, clock, sweep):
    numbers = [cast.brought_to("dispatched")[1] for _ in range(6)]
    clock.instant = max(row_of(cast, number).stage_due_at for number in numbers)

    with ThreadPoolExecutor(6) as threads:
        moved = list(threads.map(lambda _: sweep(), range(6)))

    assert sum(moved) == len(numbers)
    assert {row_of(cast, number).version for number in numbers} == {4}


def test_after_a_long_stop_every_stage_that_ran_out_is_caught_up_with(cast, clock, sweep):
    numbers = [cast.brought_to("feedback", category=CATKINS)[1] for _ in range(3)]

    clock.advance(days=40)
    made = [sweep(), sweep(), sweep()]

    # The clock of the callback begins when the stage does, and not when it should have begun.
    assert made == [3, 0, 0]
    clock.advance(days=10)
    assert sweep() == 3
    assert {row_of(cast, number).state for number in numbers} == {"closed"}
