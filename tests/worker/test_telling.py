"""From a committed event to the inbox: told once, in order, or not at all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from backend.infrastructure import outbox
from backend.kernel.clock import SystemClock
from backend.kernel.events import Event
from backend.kernel.ids import uuid7
from backend.notifications.handlers import InboxWriter
from backend.worker.tasks import Tasks
from tests.street import Street, filed


class Undone(Exception):
    """The change is taken back."""


def test_an_event_of_a_transaction_that_is_rolled_back_leaves_neither_row_nor_job(street: Street):
    reporter = street.person()

    with suppress(Undone), street.services.database.transaction() as session:
        outbox.record(session, filed(reporter, now=street.services.clock.now()))
        raise Undone

    assert street.rows("SELECT id FROM outbox_event") == []
    assert street.rows("SELECT id FROM procrastinate_jobs") == []


def test_a_filed_complaint_is_in_the_reporters_inbox_and_on_their_phone(street: Street):
    reporter = street.person()
    street.phone(reporter, address="address-of-reporter")

    street.file(reporter, number="NT2611240000017")
    street.work()

    [message] = street.inbox(reporter)
    [push] = street.fcm.received
    assert (message.kind, message.number, message.title) == ("complaint.received", "NT2611240000017", "诉求已提交")
    assert push.address == "address-of-reporter"
    assert push.data["notification_id"] == str(message.id)
    assert [delivery.status for delivery in street.deliveries()] == ["sent"]


def test_an_event_that_is_relayed_twice_is_told_once(street: Street):
    reporter = street.person()
    event = street.file(reporter)
    tasks = Tasks(database=street.services.database, clock=SystemClock(), subscriptions=street.parts.subscriptions)

    tasks.relay(str(event.event_id))
    tasks.relay(str(event.event_id))
    street.work()

    assert len(street.inbox(reporter)) == 1
    assert len(street.rows("SELECT id FROM procrastinate_jobs WHERE task_name = 'deliver'")) == 1


def test_a_message_is_in_the_inbox_once_however_often_the_handler_runs(street: Street):
    reporter = street.person()
    street.phone(reporter)
    event = filed(reporter, now=street.services.clock.now())

    for _ in range(3):
        with street.services.database.transaction() as session:
            InboxWriter(SystemClock()).take_in(session, event)

    assert len(street.inbox(reporter)) == 1
    assert len(street.deliveries()) == 1


def test_a_move_is_told_to_everyone_who_reported_the_case_under_their_own_number(street: Street):
    first, second, stranger = street.person(), street.person(), street.person()
    case = street.case_of(first, second)

    street.move(case, "T08")
    street.work()

    numbers = [street.inbox(first)[0].number, street.inbox(second)[0].number]
    assert len(set(numbers)) == 2
    assert all(message.case_number == case.number for message in (*street.inbox(first), *street.inbox(second)))
    assert street.inbox(stranger) == []


def test_a_move_that_is_nobodys_news_tells_nobody(street: Street):
    reporter = street.person()

    street.move(street.case_of(reporter), "T01")
    street.work()

    assert street.inbox(reporter) == []


def test_the_events_of_one_case_are_told_in_their_order(street: Street):
    reporter = street.person()
    case = street.case_of(reporter)
    moves = ["T08", "T05", "T06", "T31"] * 5

    for transition in moves:
        street.move(case, transition)
    street.work()

    kinds = {"T08": "accepted", "T05": "answered", "T06": "rejected", "T31": "withdrawn"}
    assert [message.kind for message in street.inbox(reporter)] == [f"complaint.{kinds[move]}" for move in moves]


def test_an_event_that_only_a_newer_release_knows_waits_for_its_worker(street: Street):
    @dataclass(frozen=True, slots=True, kw_only=True)
    class CaseSplit(Event):
        name: ClassVar[str] = "case.split"

    street.happen(CaseSplit(event_id=uuid7(), occurred_at=street.services.clock.now(), subject_id=uuid7()))
    street.work()

    assert street.rows("SELECT subscriber FROM event_receipt") == []
    assert street.rows("SELECT task_name, attempts FROM procrastinate_jobs WHERE status = 'failed'") == [("relay", 6)]


def test_an_event_of_a_day_without_wording_becomes_a_dead_letter_and_is_not_told_in_wrong_words(street: Street):
    reporter = street.person()

    street.happen(filed(reporter, now=datetime(2019, 12, 31, 12, tzinfo=UTC)))
    street.work()

    assert street.inbox(reporter) == []
    assert street.rows("SELECT task_name, attempts FROM procrastinate_jobs WHERE status = 'failed'") == [("deliver", 6)]


def test_the_jobs_arguments_hold_ids_only(street: Street):
    reporter = street.person()
    street.phone(reporter, address="the-address-is-a-secret")

    street.file(reporter, number="NT2611240000025")
    street.work()

    arguments = [row.args for row in street.rows("SELECT args FROM procrastinate_jobs WHERE queue_name <> 'upkeep'")]
    assert {name for args in arguments for name in args} == {"event_id", "subscriber", "delivery_id"}
    assert "the-address-is-a-secret" not in str(arguments)
    assert str(reporter.person_id) not in str(arguments)
    assert "NT2611240000025" not in str(arguments)
