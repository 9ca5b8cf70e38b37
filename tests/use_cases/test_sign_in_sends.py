"""Tests of how often a sign-in code may be asked for: by phone, device, address and in total."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.identity import rules
from backend.identity.errors import CodesLimited
from backend.identity.use_cases.codes import CodeIssued
from tests.sign_in_desk import PHONE


def test_a_phone_gets_one_code_a_minute_five_an_hour_and_ten_a_day(desk):
    got_at_minute = []
    for minute in range(0, 24 * 60, 6):
        for second in (0, 59):
            if isinstance(desk.ask(device=uuid.uuid4().hex, address=None), CodeIssued):
                got_at_minute.append((minute, second))
            desk.clock.advance(seconds=59 - second)
        desk.clock.advance(minutes=5, seconds=1)

    assert got_at_minute == [(m, 0) for m in (0, 6, 12, 18, 24, 60, 66, 72, 78, 84)]


def test_who_asks_too_often_is_told_when_to_come_back_and_waits_no_longer_for_asking_on(desk):
    desk.ask()
    desk.clock.advance(seconds=20)

    waits = [desk.ask().retry_after_s for _ in range(3)]

    assert waits == [41, 41, 41]
    desk.clock.advance(seconds=40)
    assert isinstance(desk.ask(), CodeIssued)


def test_a_device_gets_ten_codes_an_hour_whatever_the_phone_and_address(desk):
    results = [desk.ask(f"+861381234{n:04}", address=f"203.0.113.{n}") for n in range(11)]

    assert [type(result) for result in results] == [CodeIssued] * 10 + [CodesLimited]
    assert isinstance(desk.ask("+8613812340099", device="another-device"), CodeIssued)


@pytest.mark.parametrize(("guard", "is_another_let_in"), [(rules.SOURCE_SENDS[0], True), (rules.TOTAL_SENDS[0], False)])
def test_an_address_and_all_together_get_only_so_many_codes_an_hour(desk, guard, is_another_let_in):
    desk.ask("+8613812340001", device="first-device")
    desk.within(
        lambda session: session.connection().exec_driver_sql(
            "UPDATE guard_counter SET count = %s WHERE guard = %s", (guard.limit - 1, guard.name)
        )
    )

    last = desk.ask("+8613812340002", device="second-device")
    refused = desk.ask("+8613812340003", device="third-device")
    another = desk.ask("+8613812340003", device="third-device", address="198.51.100.9")

    assert [type(last), type(refused)] == [CodeIssued, CodesLimited]
    assert isinstance(another, CodeIssued) is is_another_let_in


def test_who_is_refused_by_their_device_uses_up_nothing_of_the_phone(desk):
    for n in range(10):
        desk.ask(f"+861381234{n:04}")

    assert isinstance(desk.ask(PHONE), CodesLimited)
    assert isinstance(desk.ask(PHONE, device="another-device"), CodeIssued)


def test_of_many_asking_for_one_phone_at_once_one_is_sent_a_code(desk):
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda n: desk.ask(device=f"device-{n:04}"), range(8)))

    assert sorted(type(result).__name__ for result in results) == ["CodeIssued"] + ["CodesLimited"] * 7


def test_counters_hold_digests_and_no_subject(desk):
    desk.ask()

    subjects = {bytes(subject) for (subject,) in desk.rows("SELECT subject FROM guard_counter")}

    assert len(subjects) == 6
    assert all(len(subject) == 32 for subject in subjects)
