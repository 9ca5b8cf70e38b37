"""From a new sign-in to the person's other devices: told once, not on the new one, and nobody's first is news."""

from __future__ import annotations

from backend.identity.actor import Actor, PersonKind
from backend.identity.use_cases.sessions import Device, Doors, begin_session
from backend.organization.queries.actors import actor_of
from backend.worker.event_reader import read_event
from tests.street import Street


def sign_in_again(street: Street, person: Actor, *, device_id: str = "new-phone-1", name: str | None = None) -> Actor:
    """Sign somebody in once more, as a use case does."""
    services, now = street.services, street.services.clock.now()
    with services.database.transaction() as session:
        signed_in = begin_session(
            session,
            doors=Doors(sealer=services.sealer, tokens=services.tokens),
            person_id=person.person_id,
            kind=PersonKind.CITIZEN,
            device=Device(id=device_id, name=name),
            now=now,
        )
        actor = actor_of(session, person_id=person.person_id, session_id=signed_in.session_id, now=now)
    assert actor is not None
    return actor


def test_the_other_devices_are_rung_and_the_inbox_says_what_happened(street: Street):
    person = street.person()
    street.phone(person, device_id="old-phone-1", address="address-of-old")

    sign_in_again(street, person, name="张三的新手机")
    street.work()

    [message] = street.inbox(person)
    [push] = street.fcm.received
    assert (message.kind, message.title) == ("session.begun", "新设备登录提醒")
    assert (message.number, message.case_number) == (None, None)
    assert (push.address, push.data["kind"], push.data["number"]) == ("address-of-old", "session.begun", "")
    assert push.data["notification_id"] == str(message.id)
    assert "张三" not in f"{push} {message.body}"


def test_the_new_device_is_not_rung_though_it_registered_before_the_message_went_out(street: Street):
    person = street.person()
    street.phone(person, device_id="old-phone-1", address="address-of-old")

    again = sign_in_again(street, person, device_id="new-phone-1")
    street.phone(again, device_id="push-id-of-its-own", address="address-of-new")
    street.work()

    assert [push.address for push in street.fcm.received] == ["address-of-old"]


def test_a_phone_that_signs_in_anew_is_not_told_of_itself_by_its_old_registration(street: Street):
    person = street.person()
    street.phone(person, device_id="same-phone-1", address="address-of-same")

    sign_in_again(street, person, device_id="same-phone-1")
    street.work()

    assert list(street.fcm.received) == []
    assert [message.kind for message in street.inbox(person)] == ["session.begun"]


def test_the_very_first_sign_in_is_nobodys_news(street: Street):
    person = street.person()
    street.phone(person)
    street.work()

    assert street.inbox(person) == []
    assert street.rows("SELECT * FROM outbox_event") == []


def test_a_device_that_was_signed_out_and_another_persons_are_not_rung(street: Street):
    person, other = street.person(), street.person()
    street.phone(other, device_id="phone-of-other", address="address-of-other")
    street.phone(person, device_id="old-phone-1", address="address-of-old")
    with street.services.database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE device_session SET ended_at = now(), end_reason = 'signed_out' WHERE id = %s",
            (person.session_id,),
        )

    sign_in_again(street, person)
    street.work()

    assert list(street.fcm.received) == []
    assert [delivery.result_code for delivery in street.deliveries()] == ["signed-out"]
    assert street.inbox(other) == []


def test_a_notice_that_is_told_twice_is_one_message(street: Street):
    person = street.person()
    sign_in_again(street, person)
    street.work()
    [event] = street.rows("SELECT id FROM outbox_event")

    [subscriber] = street.parts.subscriptions["session.begun"]
    with street.services.database.transaction() as session:
        subscriber.handler(session, read_event(session, event.id))

    assert len(street.inbox(person)) == 1


def test_the_event_holds_ids_alone(street: Street):
    person = street.person()

    sign_in_again(street, person, device_id="secret-device-id", name="张三的手机")

    [event] = street.rows("SELECT subject_id, payload FROM outbox_event")
    assert event.subject_id == person.person_id
    assert set(event.payload) == {"session_id"}
