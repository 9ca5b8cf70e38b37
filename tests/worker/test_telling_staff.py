"""A case that enters a queue or a task list is told to those whose work it becomes, and to nobody else (ADR 0033)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest

from backend.cases.models import Case
from backend.kernel.events import CaseMoved, Event
from backend.kernel.ids import uuid7
from tests.command_street import CITY, HAIAN, HOUSING_UNIT, LAMP_UNIT, ROAD_UNIT, RUCHENG, RUGAO, CommandStreet
from tests.statements import StatementCounter

# Typed from the workflow: whose work the state is (1.2), and what they are told.
TOLD = [
    ("T03", "submitted", "acceptor", "case.to_accept"),
    ("T04", "submitted", "acceptor", "case.to_accept"),
    ("T08", "accepted", "dispatcher", "case.to_dispatch"),
    ("T09", "dispatched", "liaison", "task.received"),
    ("T11", "handling", "handler", "task.to_handle"),
    ("T19", "feedback", "reviewer", "case.to_review"),
    ("T20", "handling", "handler", "task.sent_back"),
    ("T21", "verifying", "supervisor", "task.to_verify"),
    ("T21", "verifying", "grid_worker", "task.to_verify"),
    ("T22", "callback", "callback_agent", "case.to_call_back"),
    ("T23", "callback", "callback_agent", "case.to_call_back"),
    ("T23a", "verifying", "reviewer", "case.doubtful"),
    ("T23a", "verifying", "dispatcher", "case.doubtful"),
    ("T23b", "callback", "callback_agent", "case.to_call_back"),
    ("T24", "dispatched", "liaison", "task.refuted"),
    ("T24", "accepted", "dispatcher", "case.to_dispatch"),
    ("T26", "dispatched", "liaison", "task.redone"),
    ("T26", "accepted", "dispatcher", "case.to_dispatch"),
    ("T28", "dispatched", "liaison", "task.redone"),
    ("T28", "accepted", "dispatcher", "case.to_dispatch"),
]
UNTOLD = [
    ("T01", "submitted"),
    ("T04", "cancelled"),
    ("T05", "closed"),
    ("T06", "rejected"),
    ("T25", "closed"),
    ("T31", "cancelled"),
]
OF_A_UNIT = {"liaison", "handler"}
ROLES = sorted({role for _, _, role, _ in TOLD} | {"agent", "unit_leader", "duty_leader", "auditor"})


def unit_of(role: str) -> str | None:
    return LAMP_UNIT if role in OF_A_UNIT | {"unit_leader"} else None


def at_every_stage(command: CommandStreet) -> Case:
    """Return a case of the county with a main task and a verification, so that every audience has one to be of."""
    case = command.case()
    command.task(case, "lead", LAMP_UNIT)
    command.task(case, "verification")
    return case


@pytest.mark.parametrize(("transition", "state", "role", "kind"), TOLD)
def test_those_whose_work_it_becomes_are_told_and_no_other_role(
    command: CommandStreet, transition: str, state: str, role: str, kind: str
):
    for one in ROLES:
        command.staff(one, RUGAO, unit_of(one), name=one)

    command.take_in(command.moved(at_every_stage(command), transition, state))

    alike = {one for row in TOLD if (*row[:2], row[3]) == (transition, state, kind) for one in row[2:3]}
    assert role in alike
    assert command.told() == {one: [kind] for one in alike}


@pytest.mark.parametrize(("transition", "state", "role", "kind"), TOLD)
def test_nobody_of_another_centre_or_unit_or_time_is_told(
    command: CommandStreet, transition: str, state: str, role: str, kind: str
):
    unit = unit_of(role)
    for centre in (CITY, HAIAN, RUCHENG):
        command.staff(role, centre, unit)
    command.staff(role, RUGAO, ROAD_UNIT if unit else LAMP_UNIT, name="of another unit")
    command.staff(role, RUGAO, unit, until=timedelta(), name="gone")
    command.staff(role, RUGAO, unit, since=timedelta(days=1), name="to come")
    command.staff(role, RUGAO, unit, disabled=True, name="disabled")
    if unit:
        command.staff(role, RUGAO, name="of no unit")

    command.take_in(command.moved(at_every_stage(command), transition, state))

    assert command.told() == {}


@pytest.mark.parametrize(("transition", "state", "role", "kind"), TOLD)
def test_whoever_made_the_move_is_left_out(command: CommandStreet, transition: str, state: str, role: str, kind: str):
    mover = command.staff(role, RUGAO, unit_of(role), name="mover")
    command.staff(role, RUGAO, unit_of(role), name="colleague")

    command.take_in(command.moved(at_every_stage(command), transition, state, by=mover))

    assert command.told() == {"colleague": [kind]}


@pytest.mark.parametrize(("transition", "state", "role", "kind"), TOLD)
def test_an_event_that_is_told_again_tells_nobody_twice_and_nobody_new(
    command: CommandStreet, transition: str, state: str, role: str, kind: str
):
    command.staff(role, RUGAO, unit_of(role), name="there")
    event = command.moved(at_every_stage(command), transition, state)
    command.take_in(event)

    command.staff(role, RUGAO, unit_of(role), since=timedelta(seconds=1), name="new")
    for _ in range(2):
        command.take_in(event)

    assert command.told() == {"there": [kind]}


@pytest.mark.parametrize(("transition", "state"), UNTOLD)
def test_a_move_that_brings_nobody_any_work_tells_no_member_of_staff(
    command: CommandStreet, transition: str, state: str
):
    for role in ROLES:
        command.staff(role, RUGAO, unit_of(role))

    command.take_in(command.moved(at_every_stage(command), transition, state))

    assert command.told() == {}


def test_a_filed_case_is_told_to_the_acceptors_of_its_centre_and_to_its_reporter(command: CommandStreet):
    reporter = command.street.person()
    for centre in (RUGAO, CITY, HAIAN, RUCHENG):
        command.staff("acceptor", centre)
    command.staff("dispatcher")

    command.take_in(command.filed(command.case(), reporter.person_id))

    assert command.told() == {"acceptor 320682": ["case.to_accept"]}
    assert [message.kind for message in command.street.inbox(reporter)] == ["complaint.received"]


def test_an_acceptor_who_files_gets_the_receipt_alone(command: CommandStreet):
    acceptor = command.staff("acceptor", name="both")

    command.take_in(command.filed(command.case(), acceptor))

    assert command.told() == {"both": ["complaint.received"]}


def test_an_assisting_unit_is_told_that_it_assists_and_not_when_the_case_comes_back(command: CommandStreet):
    command.staff("liaison", RUGAO, LAMP_UNIT, name="lead")
    command.staff("liaison", RUGAO, ROAD_UNIT, name="assists")
    command.staff("liaison", RUGAO, HOUSING_UNIT, name="assisted before")
    case = command.case()
    command.task(case, "lead", LAMP_UNIT)
    command.task(case, "assist", ROAD_UNIT)
    command.task(case, "assist", HOUSING_UNIT, at=command.at - timedelta(days=1))

    command.take_in(command.moved(case, "T09", "dispatched"))
    command.take_in(command.moved(case, "T26", "dispatched"))

    assert command.told() == {"lead": ["task.received", "task.redone"], "assists": ["task.assisting"]}


def test_a_liaison_of_both_units_is_told_once_and_of_the_main_task(command: CommandStreet):
    liaison = command.staff("liaison", RUGAO, LAMP_UNIT, name="of both")
    command.bind(liaison, "liaison", RUGAO, ROAD_UNIT)
    case = command.case()
    command.task(case, "lead", LAMP_UNIT)
    command.task(case, "assist", ROAD_UNIT)

    command.take_in(command.moved(case, "T09", "dispatched"))

    assert command.told() == {"of both": ["task.received"]}


def test_a_case_that_its_centre_handles_itself_is_told_to_the_liaisons_of_no_unit(command: CommandStreet):
    command.staff("liaison", RUGAO, name="of the centre")
    command.staff("liaison", RUGAO, LAMP_UNIT, name="of a unit")
    case = command.case()
    command.task(case, "lead")

    command.take_in(command.moved(case, "T09", "dispatched"))

    assert command.told() == {"of the centre": ["task.received"]}


def test_a_dispatch_that_is_told_late_is_told_to_the_unit_that_had_it_then(command: CommandStreet):
    command.staff("liaison", RUGAO, LAMP_UNIT, name="then")
    command.staff("liaison", RUGAO, ROAD_UNIT, name="since")
    case = command.case()
    command.task(case, "lead", LAMP_UNIT, status="returned")
    command.task(case, "lead", ROAD_UNIT, at=command.at + timedelta(hours=1))

    command.take_in(command.moved(case, "T09", "dispatched"))

    assert command.told() == {"then": ["task.received"]}


def test_whoever_left_between_the_move_and_its_telling_is_not_told(command: CommandStreet):
    command.staff("reviewer", name="left", until=timedelta(microseconds=1))

    command.take_in(command.moved(command.case(), "T19", "feedback"))

    assert command.told() == {}


def test_a_message_to_staff_names_the_case_and_rings_those_who_have_a_phone(command: CommandStreet):
    liaison = command.staff("liaison", RUGAO, LAMP_UNIT, name="with a phone")
    command.staff("liaison", RUGAO, LAMP_UNIT, name="without")
    command.street.phone(command.signed_in(liaison), address="address-of-liaison")
    case = command.case()
    command.task(case, "lead", LAMP_UNIT)

    command.street.happen(command.moved(case, "T09", "dispatched"))
    command.street.work()

    rows = command.street.rows("SELECT number, case_number, title, body, push_body FROM notification")
    assert {(row.number, row.case_number) for row in rows} == {(None, case.number)}
    [push] = command.street.fcm.received
    assert (push.address, push.body) == ("address-of-liaison", f"有新任务待签收（{case.number}）")
    assert (push.data["kind"], push.data["number"]) == ("task.received", "")
    assert [delivery.status for delivery in command.street.deliveries()] == ["sent"]


def test_an_event_of_before_it_named_its_mover_is_told_all_the_same(command: CommandStreet):
    @dataclass(frozen=True, slots=True, kw_only=True)
    class CaseMovedOfBefore(Event):
        name: ClassVar[str] = CaseMoved.name
        case_number: str
        transition: str = "T08"
        from_state: str = "submitted"
        to_state: str = "accepted"

    command.staff("dispatcher", name="dispatcher")
    case = command.case()

    command.street.happen(
        CaseMovedOfBefore(event_id=uuid7(), occurred_at=command.at, subject_id=case.id, case_number=case.number)
    )
    command.street.work()

    assert command.told() == {"dispatcher": ["case.to_dispatch"]}


@pytest.mark.parametrize("audience", [1, 60])
def test_telling_takes_as_many_statements_for_sixty_as_for_one(command: CommandStreet, audience: int):
    for number in range(audience):
        liaison = command.staff("liaison", RUGAO, LAMP_UNIT)
        command.street.phone(command.signed_in(liaison), device_id=f"phone-{number:04}", address=f"address-{number}")
    case = command.case()
    command.task(case, "lead", LAMP_UNIT)
    counter = StatementCounter(command.street.services.database.engine)

    with counter.counting() as seen:
        command.take_in(command.moved(case, "T09", "dispatched"))
    counter.stop()

    # Wording, reporters, liaisons, assistants, inbox rows, phones, deliveries.
    assert len(seen) == 7
    for table in ("notification", "push_delivery", "procrastinate_jobs WHERE task_name = 'push'"):
        [rows] = command.street.rows(f"SELECT count(*) AS all, count(DISTINCT cmin::text) AS statements FROM {table}")
        assert (rows.all, rows.statements) == (audience, 1), table


def test_what_a_case_passes_through_at_one_instant_is_nobodys_news_but_where_it_comes_to_stand(command: CommandStreet):
    command.staff("acceptor", name="acceptor")
    command.staff("dispatcher", name="dispatcher")
    case, reporter = command.case(), command.street.person()

    command.street.happen(command.filed(case, reporter.person_id))
    command.street.happen(command.moved(case, "T08", "accepted"))
    command.street.work()

    assert command.told() == {"dispatcher": ["case.to_dispatch"]}
    assert [message.kind for message in command.street.inbox(reporter)] == ["complaint.received"]
