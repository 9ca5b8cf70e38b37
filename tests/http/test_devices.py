"""The register of phones over HTTP."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend.kernel.ids import uuid7
from backend.notifications.models import Notification, PushDelivery, PushDevice
from backend.notifications.rules import LEASE
from mobile_api.services import Services
from tests.callers import Caller, Callers
from tests.sign_in_desk import HandClock

ADDRESS = "fid-that-nobody-may-learn"


def body(**changes: Any) -> dict[str, Any]:
    return {
        "platform": "android",
        "app_version": "1.4.0",
        "address": {"kind": "fcm_fid", "value": ADDRESS},
    } | changes


def register(caller: Caller, device_id: str = "phone-0001", **changes: Any) -> TestResponse:
    return caller.client.put(f"/api/v1/devices/{device_id}", json=body(**changes), headers=caller._headers())


def remove(caller: Caller, device_id: str = "phone-0001") -> TestResponse:
    return caller.client.delete(f"/api/v1/devices/{device_id}", headers=caller._headers())


def devices(services: Services) -> list[PushDevice]:
    with services.database.transaction() as session:
        return list(session.scalars(select(PushDevice).order_by(PushDevice.updated_at, PushDevice.device_id)))


def begin_sending(services: Services, owner: Caller, device_id: str) -> None:
    """Leave a message to the owner on its way to the phone."""
    now = services.clock.now()
    with services.database.transaction() as session:
        message = Notification(
            id=uuid7(),
            person_id=owner.person_id,
            event_id=uuid.uuid4(),
            kind="complaint.accepted",
            number="N",
            case_number="C",
            title="t",
            body="b",
            push_body="p",
            created_at=now,
        )
        session.add(message)
        session.flush()
        session.add(
            PushDelivery(
                id=uuid7(),
                notification_id=message.id,
                device_id=device_id,
                status="sending",
                tries=1,
                claimed_at=now,
            )
        )


def test_a_registered_phone_is_shown_without_its_address(services: Services, callers: Callers):
    answer = register(callers.citizen())

    assert answer.status_code == 200
    assert answer.json == {
        "device_id": "phone-0001",
        "platform": "android",
        "app_version": "1.4.0",
        "address_kind": "fcm_fid",
        "updated_at": "2026-11-24T08:00:00+00:00",
    }


def test_the_address_is_not_in_the_database(services: Services, callers: Callers):
    register(callers.citizen())

    [device] = devices(services)
    assert ADDRESS.encode() not in device.address_sealed
    assert device.address_digest != ADDRESS.encode()
    assert device.address_key_id == services.settings.personal_data_key_id


def test_registering_again_leaves_one_phone(services: Services, callers: Callers):
    citizen = callers.citizen()

    register(citizen)
    register(citizen, app_version="1.5.0")

    assert [device.app_version for device in devices(services)] == ["1.5.0"]


def test_a_phone_belongs_to_the_person_who_registered_it_last(services: Services, callers: Callers):
    first, second = callers.citizen(), callers.citizen()

    register(first)
    register(second)

    assert [device.person_id for device in devices(services)] == [second.person_id]
    assert remove(first).status_code == 404


def test_a_phone_that_is_receiving_its_owners_message_is_handed_over_a_little_later(
    services: Services, callers: Callers, clock: HandClock
):
    first, second = callers.citizen(), callers.citizen()
    register(first)
    begin_sending(services, first, "phone-0001")

    refused = register(second)
    clock.advance(seconds=LEASE / timedelta(seconds=1))
    taken = register(second)

    assert (refused.status_code, refused.json["code"], refused.json["retryable"]) == (409, "device-busy", True)
    assert int(refused.headers["Retry-After"]) > 0
    assert taken.status_code == 200


def test_the_phone_not_heard_of_longest_makes_room_for_the_eleventh(
    services: Services, callers: Callers, clock: HandClock
):
    citizen = callers.citizen()
    for number in range(11):
        register(citizen, f"phone-{number:04}", address={"kind": "fcm_fid", "value": f"address-{number}"})
        clock.advance(seconds=1)

    kept = [device.device_id for device in devices(services)]

    assert kept == [f"phone-{number:04}" for number in range(1, 11)]


def test_a_removed_phone_is_gone_and_removing_it_again_finds_none(services: Services, callers: Callers):
    citizen = callers.citizen()
    register(citizen)

    first, second = remove(citizen), remove(citizen)

    assert (first.status_code, second.status_code) == (204, 404)
    assert second.json["code"] == "device-not-found"
    assert devices(services) == []


@pytest.mark.parametrize(
    ("device_id", "changes", "code"),
    [
        ("short", {}, "device-id-refused"),
        ("x" * 65, {}, "device-id-refused"),
        ("phone 0001", {}, "device-id-refused"),
        ("phone-0001", {"platform": "windows"}, "validation-failed"),
        ("phone-0001", {"app_version": ""}, "validation-failed"),
        ("phone-0001", {"address": {"kind": "pigeon", "value": "x"}}, "validation-failed"),
        ("phone-0001", {"address": {"kind": "fcm_fid", "value": "x" * 1025}}, "validation-failed"),
        ("phone-0001", {"address": {"kind": "fcm_fid"}}, "validation-failed"),
        ("phone-0001", {"owner": "somebody"}, "validation-failed"),
    ],
)
def test_a_phone_of_a_wrong_form_is_refused(
    services: Services, callers: Callers, device_id: str, changes: dict[str, Any], code: str
):
    answer = register(callers.citizen(), device_id, **changes)

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert ADDRESS not in answer.text
    assert devices(services) == []


def test_nobody_registers_a_phone_without_signing_in(callers: Callers):
    assert register(callers.nobody()).status_code == 401
