"""The way of a case as its staff hear of it: each in their own inbox, over HTTP, from the events of real moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend.infrastructure.outbox import OutboxEvent
from backend.notifications.handlers import InboxWriter
from backend.organization.models import RoleBinding
from backend.worker.event_reader import read_event
from mobile_api.services import Services
from mobile_api.worker_table import sweeps
from tests.callers import Caller, Callers
from tests.http.command_cast import CATKINS, WAY_TO, Cast
from tests.sign_in_desk import NOW, HandClock

ROLES = ("acceptor", "dispatcher", "liaison", "handler", "reviewer", "supervisor", "callback_agent")


@dataclass
class SlowCast(Cast):
    """People who do one thing after another: what happens at one instant is one deed."""

    clock: HandClock = field(kw_only=True)

    def move(self, *args: Any, **changes: Any) -> TestResponse:
        """Make a move, a second after the last."""
        self.clock.advance(seconds=1)
        return super().move(*args, **changes)


@pytest.fixture
def cast(callers: Callers, clock: HandClock) -> Cast:
    """The people of 如皋市's command system, all of them there before anything happens."""
    cast = SlowCast(callers, clock=clock)
    for role in ROLES:
        cast.of(role)
    return cast


def tell(services: Services) -> None:
    """Tell every event so far, those told before as well: once more changes nothing."""
    with services.database.transaction() as session:
        for event_id in session.scalars(select(OutboxEvent.id).order_by(OutboxEvent.id)).all():
            InboxWriter(services.clock).take_in(session, read_event(session, event_id))


def heard(caller: Caller, case_number: str) -> list[str]:
    """Return what somebody was told of a case, the first first; each message names the case and no complaint."""
    items = [one for one in caller.get("/notifications", limit=100).json["items"] if one["case_number"] == case_number]
    assert all(one["number"] is None for one in items)
    assert all(case_number in one["body"] for one in items)
    return [one["kind"] for one in reversed(items)]


def all_heard(cast: Cast, case_number: str) -> dict[str, list[str]]:
    """Return what everybody was told of a case, by role; who heard nothing is left out."""
    told = {role: heard(cast.of(role), case_number) for role in ROLES}
    return {role: kinds for role, kinds in told.items() if kinds}


def test_everybody_hears_of_a_case_when_it_becomes_their_work_and_of_no_move_of_their_own(
    services: Services, cast: Cast
):
    _, case_number = cast.brought_to("verifying")
    cast.bring(case_number, ("supervisor", "refute_fixed"), ("liaison", "sign"), ("handler", "report_back"))
    cast.bring(case_number, ("reviewer", "send_back"), ("handler", "report_back"))
    cast.bring(case_number, ("dispatcher", "order_verification"), ("supervisor", "flag_verification"))
    cast.bring(case_number, ("reviewer", "uphold_verification"))

    tell(services)
    tell(services)

    assert all_heard(cast, case_number) == {
        "acceptor": ["case.to_accept"],
        "dispatcher": ["case.to_dispatch", "case.doubtful"],
        "liaison": ["task.received", "task.refuted"],
        "handler": ["task.to_handle", "task.to_handle", "task.sent_back"],
        "reviewer": ["case.to_review", "case.to_review", "case.to_review", "case.doubtful"],
        "supervisor": ["task.to_verify", "task.to_verify"],
        "callback_agent": ["case.to_call_back"],
    }


def test_a_colleague_hears_of_it_and_the_mover_does_not(services: Services, cast: Cast, callers: Callers):
    colleague = callers.operator(("callback_agent", "320682"))
    numbers = cast.brought_to("callback", category=CATKINS)
    both = callers.operator(("reviewer", "320682"), ("callback_agent", "320682"))
    _, other = cast.brought_to("feedback", category=CATKINS)
    cast.hired["reviewer"] = both
    cast.bring(other, ("reviewer", "skip_verification"))

    tell(services)

    assert heard(colleague, numbers[1]) == ["case.to_call_back"]
    assert heard(colleague, other) == ["case.to_call_back"]
    assert heard(both, other) == ["case.to_review"]


def test_who_reported_the_handling_is_not_asked_to_verify_it_though_they_have_left_the_unit(
    services: Services, cast: Cast
):
    _, case_number = cast.brought_to("feedback")
    with services.database.transaction() as session:
        handler = session.scalars(
            select(RoleBinding).where(RoleBinding.person_id == cast.of("handler").person_id)
        ).one()
        handler.role, handler.unit_code = "supervisor", None
    cast.bring(case_number, ("dispatcher", "order_verification"))

    tell(services)

    assert "task.to_verify" not in heard(cast.of("handler"), case_number)
    assert heard(cast.of("supervisor"), case_number) == ["task.to_verify"]


def test_what_a_clock_signs_is_told_to_the_handlers(services: Services, cast: Cast, clock: HandClock):
    _, case_number = cast.brought_to("dispatched")
    clock.advance(days=3)

    assert sweeps(services)["stages"]() == 1
    tell(services)
    clock.instant = NOW  # access tokens live ten minutes

    assert all_heard(cast, case_number)["handler"] == ["task.to_handle"]


def test_a_case_that_comes_back_goes_to_the_unit_or_where_none_had_it_to_the_dispatchers(
    services: Services, cast: Cast, clock: HandClock
):
    number, case_number = cast.brought_to("callback", category=CATKINS)
    cast.bring(case_number, ("callback_agent", "close"))
    answered, answered_case = cast.brought_to("closed")
    for one in (number, answered):
        clock.advance(seconds=1)
        answer = cast.reporter(one).post(f"/complaints/{one}/reopenings", {"reason": "又坏了。"})
        assert answer.status_code == 200, answer.json

    tell(services)

    assert all_heard(cast, case_number)["liaison"] == ["task.received", "task.redone"]
    assert all_heard(cast, answered_case) == {"acceptor": ["case.to_accept"], "dispatcher": ["case.to_dispatch"]}


def test_staff_of_the_centre_above_hear_nothing_though_they_see_the_case(
    services: Services, cast: Cast, callers: Callers
):
    leaders = callers.operator(("acceptor", "320600"), ("dispatcher", "320600"), ("reviewer", "320600"))
    _, case_number = cast.filed()
    cast.bring(case_number, *WAY_TO["feedback"])

    tell(services)

    assert leaders.get(f"/cases/{case_number}").status_code == 200
    assert leaders.get("/notifications").json["items"] == []


@pytest.mark.parametrize(
    ("state", "role"),
    [
        ("submitted", "acceptor"),
        ("accepted", "dispatcher"),
        ("dispatched", "liaison"),
        ("handling", "handler"),
        ("feedback", "reviewer"),
        ("verifying", "supervisor"),
    ],
)
def test_an_urge_is_heard_by_whoever_has_the_case_and_by_nobody_else(services: Services, cast: Cast, state, role):
    number, case_number = cast.brought_to(state)
    cast.clock.advance(seconds=1)
    assert cast.reporter(number).post(f"/complaints/{number}/urges", {"text": None}).status_code == 201

    tell(services)
    tell(services)

    urged = {who: kinds.count("case.urged") for who, kinds in all_heard(cast, case_number).items()}
    assert {who: count for who, count in urged.items() if count} == {role: 1}
