"""From the inbox to the phone: what becomes of each answer of the provider, and whose phone is never rung."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.infrastructure.fakes import fcm
from backend.infrastructure.fakes.fcm import Answer, LoopbackFcm
from backend.infrastructure.push import PushNotConfigured
from backend.notifications.use_cases.devices import remove_device
from backend.worker.dead_letters import redo_all
from tests.street import Street

ADDRESS = "address-1"
# What becomes of a message whose every try is answered so: its status, its reason, and how often it was tried.
FATES = [
    (fcm.UNREGISTERED, "dropped", "unregistered", 1),
    (fcm.INVALID_ARGUMENT, "failed", "invalid-argument", 1),
    (fcm.SENDER_ID_MISMATCH, "failed", "sender-id-mismatch", 1),
    (fcm.QUOTA_EXCEEDED, "failed", "quota-exceeded", 6),
    (fcm.UNAVAILABLE, "failed", "unavailable", 6),
    (fcm.THIRD_PARTY_AUTH, "failed", "third-party-auth", 6),
]


def dead_pushes(street: Street) -> list[int]:
    """Return how often each dead letter was tried."""
    dead = "SELECT attempts FROM procrastinate_jobs WHERE status = 'failed' AND task_name = 'push'"
    return [row.attempts for row in street.rows(dead)]


def test_a_push_says_that_there_is_news_and_the_number_and_nothing_personal(street: Street):
    reporter = street.person()
    street.phone(reporter)

    street.file(reporter, number="NT2611240000033")
    street.work()

    [push] = street.fcm.received
    assert (push.title, push.body) == ("南通百通", "您的诉求已提交（NT2611240000033）")
    assert set(push.data) == {"message_id", "notification_id", "kind", "number", "occurred_at"}
    assert str(reporter.person_id) not in str(push)


def test_every_phone_of_a_person_is_rung(street: Street):
    reporter = street.person()
    street.phone(reporter, device_id="phone-0001", address="one")
    street.phone(reporter, device_id="phone-0002", address="two")

    street.file(reporter)
    street.work()

    assert {push.address for push in street.fcm.received} == {"one", "two"}


def test_six_errors_are_six_different_classes():
    assert {answer for answer, *_ in FATES} == set(fcm.SIX_ERRORS)


@pytest.mark.parametrize(
    ("answer", "status", "reason", "tries"), FATES, ids=lambda value: getattr(value, "error_code", None)
)
def test_what_becomes_of_a_message_that_is_always_answered_so(
    street: Street, answer: Answer, status: str, reason: str, tries: int
):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.fcm.script(ADDRESS, *[answer] * 10)

    street.file(reporter)
    street.work()

    [delivery] = street.deliveries()
    assert (delivery.status, delivery.result_code, delivery.tries) == (status, reason, tries)
    assert street.fcm.tries_of(ADDRESS) == tries
    assert dead_pushes(street) == ([] if status == "dropped" else [tries])
    assert len(street.inbox(reporter)) == 1


@pytest.mark.parametrize(
    "answer", [fcm.QUOTA_EXCEEDED, fcm.UNAVAILABLE, fcm.THIRD_PARTY_AUTH], ids=lambda a: a.error_code
)
def test_a_message_arrives_once_the_provider_is_well_again(street: Street, answer: Answer):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.fcm.script(ADDRESS, answer, answer)

    street.file(reporter)
    street.work()

    assert [push.address for push in street.fcm.received] == [ADDRESS]
    assert [(delivery.status, delivery.tries) for delivery in street.deliveries()] == [("sent", 3)]


def test_a_phone_whose_address_is_dead_is_forgotten(street: Street):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.fcm.script(ADDRESS, fcm.UNREGISTERED)

    street.file(reporter)
    street.file(reporter)
    street.work()

    assert street.rows("SELECT device_id FROM push_device") == []
    assert street.fcm.tries_of(ADDRESS) == 1


def test_a_message_is_not_tried_again_before_the_time_that_the_provider_asks_for(street: Street):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.fcm.script(ADDRESS, replace(fcm.QUOTA_EXCEEDED, retry_after="600"))
    street.file(reporter)

    street.work(time_scale=1.0)
    street.work(time_scale=1.0)

    waiting = "SELECT scheduled_at > now() + interval '9 minutes' FROM procrastinate_jobs WHERE status = 'todo'"
    assert street.fcm.tries_of(ADDRESS) == 1
    assert [tuple(row) for row in street.rows(f"{waiting} AND task_name = 'push'")] == [(True,)]


def test_a_503_that_was_delivered_all_the_same_gives_two_copies_with_one_id(street: Street):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.fcm.script(ADDRESS, replace(fcm.UNAVAILABLE, delivered=True))

    street.file(reporter)
    street.work()

    first, second = street.fcm.received
    assert first.data["message_id"] == second.data["message_id"]
    assert first.provider_message_id != second.provider_message_id


def test_a_token_endpoint_that_is_down_costs_a_try_and_no_message(street: Street):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.fcm.script_token_endpoint(Answer(status=503), Answer(status=503))

    street.file(reporter)
    street.work()

    assert street.fcm.token_tries == 3
    assert [(delivery.status, delivery.tries) for delivery in street.deliveries()] == [("sent", 3)]


def test_an_access_token_that_was_revoked_is_replaced(street: Street):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.file(reporter)
    street.work()
    street.fcm.revoke_access_tokens()

    street.file(reporter)
    street.work()

    assert len(street.fcm.received) == 2


def test_without_credentials_messages_wait_as_dead_letters_and_arrive_once_redone(street: Street, fcm: LoopbackFcm):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.file(reporter)
    bare = replace(street, provider=PushNotConfigured())

    bare.work()
    [before] = street.deliveries()
    with street.services.database.transaction() as session:
        redo_all(session)
    street.work()

    assert (before.status, before.result_code) == ("failed", "not-configured")
    assert [push.address for push in fcm.received] == [ADDRESS]
    assert [delivery.status for delivery in street.deliveries()] == ["sent"]
    assert dead_pushes(street) == []


def test_a_redone_dead_letter_has_all_of_its_tries_again(street: Street):
    reporter = street.person()
    street.phone(reporter, address=ADDRESS)
    street.fcm.script(ADDRESS, *[fcm.UNAVAILABLE] * 11)
    street.file(reporter)
    street.work()

    with street.services.database.transaction() as session:
        redo_all(session)
    street.work()

    assert street.fcm.tries_of(ADDRESS) == 12
    assert [(delivery.status, delivery.tries) for delivery in street.deliveries()] == [("sent", 12)]


def test_a_phone_taken_over_is_never_rung_for_the_old_owner(street: Street):
    old, new = street.person(), street.person()
    street.phone(old, device_id="phone-0001", address=ADDRESS)
    street.file(old)

    street.phone(new, device_id="phone-0001", address=ADDRESS)
    street.work()

    assert street.fcm.received == ()
    assert len(street.inbox(old)) == 1


def test_a_message_that_waits_while_the_phone_is_taken_over_is_dropped(street: Street):
    old, new = street.person(), street.person()
    street.phone(old, device_id="phone-0001", address=ADDRESS)
    street.file(old)
    street.work(outside_jobs={})

    street.phone(new, device_id="phone-0001", address="address-of-new")
    with street.services.database.transaction() as session:
        redo_all(session)
    street.work()

    assert street.fcm.received == ()
    assert [(d.status, d.result_code) for d in street.deliveries()] == [("dropped", "handed-over")]


def test_an_app_installed_anew_with_the_old_address_takes_the_address_along(street: Street):
    old, new = street.person(), street.person()
    street.phone(old, device_id="phone-0001", address=ADDRESS)

    street.phone(new, device_id="phone-0002", address=ADDRESS)
    street.file(old)
    street.file(new)
    street.work()

    assert [push.address for push in street.fcm.received] == [ADDRESS]
    assert [row.device_id for row in street.rows("SELECT device_id FROM push_device")] == ["phone-0002"]


def test_a_phone_that_was_removed_is_not_rung(street: Street):
    reporter = street.person()
    device_id = street.phone(reporter)
    street.file(reporter)
    with street.services.database.transaction() as session:
        remove_device(session, actor=reporter, device_id=device_id, now=street.services.clock.now())

    street.work()

    assert street.fcm.received == ()


def test_a_phone_whose_session_ended_is_not_rung(street: Street):
    reporter = street.person()
    street.phone(reporter)
    street.file(reporter)
    with street.services.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE device_session SET ended_at = now(), end_reason = 'signed_out'")

    street.work()

    assert street.fcm.received == ()
    assert [(d.status, d.result_code) for d in street.deliveries()] == [("dropped", "signed-out")]
