"""Tests of sign-in codes: how they are kept, what they are bound to, and how often they may be tried."""

from __future__ import annotations

import hashlib
import logging
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.identity.errors import CodeRefused, PhoneInvalid, TriesLimited
from backend.identity.use_cases.codes import CodeIssued, code_digest
from backend.identity.use_cases.sessions import SignedIn
from tests.sign_in_desk import OTHER_PHONE, PHONE, code_of, every_row, wrong_code


def test_a_code_is_six_random_digits_and_is_told_to_its_phone_alone(desk):
    issued = [desk.ask(f"+861381234{n:04}", device=f"device-{n:04}") for n in range(8)]

    assert all(re.fullmatch(r"\d{6}", code_of(one)) for one in issued)
    assert len({code_of(one) for one in issued}) > 1
    assert [one.phone for one in issued] == [f"+861381234{n:04}" for n in range(8)]
    assert code_of(issued[0]) not in repr(issued[0])
    assert "1381234" not in repr(issued[0])


def test_no_row_of_the_database_holds_the_code_or_the_phone(desk, owner_database):
    before = every_row(owner_database)

    issued = desk.ask()
    written = every_row(owner_database) - before
    desk.try_code(issued)
    written |= every_row(owner_database) - before

    assert len(written) >= 8
    for secret in (code_of(issued), PHONE, PHONE.removeprefix("+86")):
        shown = (secret, secret.encode().hex())
        assert not [row for row in written if any(re.search(f"(?<![0-9a-f]){form}(?![0-9a-f])", row) for form in shown)]


def test_nothing_personal_is_logged_while_codes_are_asked_for_and_tried(desk, caplog):
    caplog.set_level(logging.DEBUG)

    issued = desk.ask()
    desk.ask()
    desk.try_code(issued, wrong_code(issued))
    desk.try_code(issued)

    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "sign-in refused" in logged
    for secret in (code_of(issued), wrong_code(issued), PHONE.removeprefix("+86"), "203.0.113.7", "张三"):
        assert not re.search(f"(?<![0-9a-f.]){secret}(?![0-9a-f])", logged)


def test_asking_takes_the_same_statements_and_shows_the_same_fields_whether_or_not_the_phone_is_known(desk):
    desk.sign_in(PHONE)
    desk.clock.advance(hours=2)

    with desk.statements() as for_known:
        known = desk.ask(PHONE)
    with desk.statements() as for_unknown:
        unknown = desk.ask(OTHER_PHONE, device="another-device", address="198.51.100.9")

    assert for_known == for_unknown
    assert (type(known), known.expires_at) == (type(unknown), unknown.expires_at)
    assert not [statement for statement in for_known if "person" in statement]


def test_a_wrong_code_takes_the_same_statements_whether_or_not_the_phone_is_known(desk):
    desk.sign_in(PHONE)
    desk.clock.advance(hours=2)
    known, unknown = desk.ask(PHONE), desk.ask(OTHER_PHONE)

    with desk.statements() as for_known:
        refused_known = desk.try_code(known, wrong_code(known))
    with desk.statements() as for_unknown:
        refused_unknown = desk.try_code(unknown, wrong_code(unknown))

    assert for_known == for_unknown
    assert type(refused_known) is type(refused_unknown) is CodeRefused
    assert refused_known.detail == refused_unknown.detail


def test_a_phone_that_is_none_is_refused_and_counts_nothing(desk):
    with pytest.raises(PhoneInvalid):
        desk.ask("12345")

    assert desk.rows("SELECT * FROM guard_counter") == []


def test_a_code_works_until_the_last_second_of_its_five_minutes(desk):
    issued = desk.ask()

    desk.clock.advance(minutes=4, seconds=59)

    assert isinstance(desk.try_code(issued), SignedIn)


def test_a_code_is_refused_from_the_end_of_its_five_minutes(desk):
    issued = desk.ask()

    desk.clock.advance(minutes=5)

    assert isinstance(desk.try_code(issued), CodeRefused)


def test_a_code_works_once(desk):
    issued = desk.ask()
    desk.try_code(issued)

    assert isinstance(desk.try_code(issued), CodeRefused)


def test_of_twenty_tries_of_the_right_code_at_once_one_signs_in(desk):
    issued = desk.ask()

    with ThreadPoolExecutor(12) as threads:
        results = list(threads.map(lambda _: desk.try_code(issued), range(20)))

    assert sum(isinstance(result, SignedIn) for result in results) == 1
    assert desk.rows("SELECT count(*) FROM device_session") == [(1,)]


def test_a_code_works_for_no_other_phone_and_tries_with_one_use_up_nothing(desk):
    issued, other = desk.ask(PHONE), desk.ask(OTHER_PHONE)

    for _ in range(6):
        assert isinstance(desk.try_code(issued, phone=OTHER_PHONE), CodeRefused)
    assert isinstance(desk.try_code(other, code_of(issued)), CodeRefused) or code_of(issued) == code_of(other)
    assert isinstance(desk.try_code(issued), SignedIn)


def test_a_code_works_for_no_other_challenge_of_the_same_phone(desk):
    first = desk.ask()
    desk.clock.advance(seconds=61)
    second = desk.ask()

    refused = desk.try_code(second, code_of(first))

    assert isinstance(refused, CodeRefused) or code_of(first) == code_of(second)


def test_a_code_of_another_purpose_does_not_sign_in(desk, sealed_for_another_purpose):
    issued = desk.ask()

    sealed_for_another_purpose(issued)

    assert isinstance(desk.try_code(issued), CodeRefused)


@pytest.fixture
def sealed_for_another_purpose(desk, owner_database):
    def change(issued: CodeIssued) -> None:
        digest = desk.sealer.keyed_digest(
            f"{issued.challenge_id}:{issued.phone}:{code_of(issued)}", purpose="phone-change-code"
        )
        with owner_database.transaction() as session:
            session.connection().exec_driver_sql("UPDATE sign_in_code SET code_digest = %s", (digest,))

    return change


def test_what_is_kept_of_a_code_is_bound_to_its_challenge_its_phone_and_a_key(desk):
    challenge, other_challenge = uuid.uuid4(), uuid.uuid4()
    tries = [(challenge, PHONE, "123456"), (other_challenge, PHONE, "123456"), (challenge, OTHER_PHONE, "123456")]

    digests = {code_digest(desk.sealer, challenge_id=c, phone=p, code=code) for c, p, code in tries}

    assert len(digests) == 3
    assert not any(hashlib.sha256(f"{c}:{p}:{code}".encode()).digest() in digests for c, p, code in tries)


def test_a_challenge_that_was_never_sent_is_refused_and_locks_nobody_out(desk):
    issued = desk.ask()
    unknown = CodeIssued(challenge_id=uuid.uuid4(), expires_at=issued.expires_at, phone=PHONE, text=issued.text)

    for _ in range(10):
        assert isinstance(desk.try_code(unknown), CodeRefused)

    assert isinstance(desk.try_code(issued), SignedIn)


def test_the_fifth_try_may_be_right(desk):
    issued = desk.ask()
    for step in range(1, 5):
        assert isinstance(desk.try_code(issued, wrong_code(issued, step)), CodeRefused)

    assert isinstance(desk.try_code(issued), SignedIn)


def test_the_sixth_try_of_a_code_is_refused_though_it_is_right_and_from_another_device(desk):
    issued = desk.ask()
    for step in range(1, 6):
        desk.try_code(issued, wrong_code(issued, step), device=f"device-{step:04}")

    assert not isinstance(desk.try_code(issued, device="another-device"), SignedIn)


def test_the_sixth_try_for_a_phone_is_refused_though_it_is_right_and_of_a_new_challenge(desk):
    first = desk.ask()
    for step in range(1, 4):
        desk.try_code(first, wrong_code(first, step))
    desk.clock.advance(seconds=61)
    second = desk.ask(device="another-device", address="198.51.100.9")
    for step in range(1, 3):
        desk.try_code(second, wrong_code(second, step))
    desk.clock.advance(seconds=61)
    third = desk.ask(device="third-device", address="198.51.100.10")

    for issued in (second, third):
        refused = desk.try_code(issued)
        assert isinstance(refused, TriesLimited)
        assert 0 < refused.retry_after_s <= 15 * 60


def test_of_twenty_wrong_tries_at_once_five_are_counted_and_the_right_one_comes_too_late(desk):
    issued = desk.ask()

    with ThreadPoolExecutor(12) as threads:
        results = list(threads.map(lambda n: desk.try_code(issued, wrong_code(issued, n)), range(1, 21)))

    assert not any(isinstance(result, SignedIn) for result in results)
    assert desk.rows("SELECT tries FROM sign_in_code") == [(5,)]
    assert desk.rows("SELECT count FROM guard_counter WHERE guard = 'try_phone'") == [(5,)]
    assert not isinstance(desk.try_code(issued), SignedIn)


def test_a_phone_is_free_again_after_fifteen_quiet_minutes(desk):
    first = desk.ask()
    for step in range(1, 6):
        desk.try_code(first, wrong_code(first, step))

    desk.clock.advance(minutes=15)

    assert isinstance(desk.try_code(desk.ask()), SignedIn)


def test_signing_in_forgives_the_failed_tries_of_the_phone(desk):
    for _ in range(2):
        issued = desk.ask()
        for step in range(1, 5):
            assert isinstance(desk.try_code(issued, wrong_code(issued, step)), CodeRefused)
        assert isinstance(desk.try_code(issued), SignedIn)
        desk.clock.advance(seconds=61)
