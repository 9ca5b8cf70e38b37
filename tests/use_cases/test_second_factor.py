"""Tests of an operator's second factor: enrolled once, each code taken once, and bound to device and time."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.identity.errors import SignInRefused
from backend.identity.use_cases.credentials import give_new_password, reset_second_factor
from backend.identity.use_cases.sessions import SignedIn
from tests.sign_in_desk import DEVICE, LOGIN, NOW, SignInDesk, every_row
from tests.totp import STEP_S, App, code_at


def person_id(desk: SignInDesk):
    return desk.rows("SELECT id FROM person")[0][0]


def code_of(desk: SignInDesk, *, steps: int = 0) -> str:
    return code_at(desk.apps[LOGIN].secret, desk.clock.now().timestamp() + steps * STEP_S)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_first_right_password_is_answered_with_a_secret_and_the_first_right_code_makes_it_count(desk, password):
    challenge = desk.prove_password(LOGIN, password)
    before = desk.rows("SELECT * FROM second_factor")
    code = code_at(challenge.enrolment.secret, NOW.timestamp())

    signed_in = desk.try_factor(challenge, code)

    assert before == []
    assert challenge.enrolment.otpauth_uri.startswith("otpauth://totp/")
    assert f"secret={challenge.enrolment.secret}" in challenge.enrolment.otpauth_uri
    assert desk.actor(signed_in).person_id == person_id(desk)
    assert desk.prove_password(LOGIN, password).enrolment is None


def test_a_secret_that_no_code_has_proved_does_not_count_and_the_next_one_is_another(desk, password):
    first = desk.prove_password(LOGIN, password)
    refused = desk.try_factor(first, wrong(code_at(first.enrolment.secret, NOW.timestamp())))
    second = desk.prove_password(LOGIN, password)

    assert isinstance(refused, SignInRefused)
    assert second.enrolment.secret != first.enrolment.secret
    assert desk.rows("SELECT * FROM second_factor") == []


def test_of_two_enrolments_at_once_the_first_to_be_proved_counts(desk, password):
    first, second = desk.prove_password(LOGIN, password), desk.prove_password(LOGIN, password)
    codes = [code_at(one.enrolment.secret, NOW.timestamp()) for one in (first, second)]

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(desk.try_factor, (first, second), codes))

    assert sorted(type(result).__name__ for result in results) == ["SignInRefused", "SignedIn"]
    assert desk.rows("SELECT count(*) FROM second_factor") == [(1,)]


def test_no_password_alone_begins_a_session_and_no_code_without_its_challenge(desk, enrolled):
    challenge = desk.prove_password(LOGIN, enrolled)
    made_up = type(challenge)(challenge="A" * 43, expires_at=challenge.expires_at, enrolment=None)

    assert not isinstance(challenge, SignedIn)
    assert isinstance(desk.try_factor(made_up, code_of(desk)), SignInRefused)
    assert desk.rows("SELECT count(*) FROM device_session") == [(1,)]


def test_a_right_code_after_a_wrong_password_is_refused_like_a_wrong_code_after_a_right_one(desk, enrolled):
    after_wrong = desk.try_factor(desk.prove_password(LOGIN, "wrong"), code_of(desk))
    after_right = desk.try_factor(desk.prove_password(LOGIN, enrolled), wrong(code_of(desk)))

    assert type(after_wrong) is type(after_right) is SignInRefused
    assert after_wrong.detail == after_right.detail


@pytest.mark.parametrize(
    ("login", "secret"), [(LOGIN, "wrong"), ("nobody.here", "wrong"), (LOGIN, None)], ids=["wrong", "nobody", "right"]
)
def test_the_first_step_looks_alike_whatever_it_was_given(desk, enrolled, login, secret):
    with desk.statements() as expected:
        right = desk.prove_password(LOGIN, enrolled)

    with desk.statements() as sent:
        challenge = desk.prove_password(login, secret or enrolled)

    assert sent == expected
    assert (challenge.enrolment, challenge.expires_at) == (right.enrolment, right.expires_at)
    assert len(challenge.challenge) == len(right.challenge) == 43


def test_the_second_step_asks_the_database_the_same_whether_the_password_was_wrong_or_the_code(desk, enrolled):
    decoy, real = desk.prove_password(LOGIN, "wrong"), desk.prove_password(LOGIN, enrolled)

    with desk.statements() as for_password:
        desk.try_factor(decoy, "000000")
    with desk.statements() as for_code:
        desk.try_factor(real, wrong(code_of(desk)))

    assert for_password == for_code


@pytest.mark.parametrize(("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_clock_of_the_phone_may_be_one_step_off(desk, enrolled, steps, is_taken):
    challenge = desk.prove_password(LOGIN, enrolled)

    result = desk.try_factor(challenge, code_of(desk, steps=steps))

    assert isinstance(result, SignedIn) is is_taken


def test_a_code_is_taken_once_and_none_that_is_older_than_it(desk, enrolled):
    code, older = code_of(desk), code_of(desk, steps=-1)
    assert isinstance(desk.try_factor(desk.prove_password(LOGIN, enrolled), code), SignedIn)

    for spent in (code, older):
        assert isinstance(desk.try_factor(desk.prove_password(LOGIN, enrolled), spent), SignInRefused)
    assert isinstance(desk.try_factor(desk.prove_password(LOGIN, enrolled), code_of(desk, steps=1)), SignedIn)


def test_the_code_that_proved_the_secret_is_spent_too(desk, password):
    challenge = desk.prove_password(LOGIN, password)
    code = code_at(challenge.enrolment.secret, NOW.timestamp())
    desk.try_factor(challenge, code)

    assert isinstance(desk.try_factor(desk.prove_password(LOGIN, password), code), SignInRefused)


def test_of_one_code_shown_by_many_at_once_one_is_taken(desk, enrolled):
    challenges = [desk.prove_password(LOGIN, enrolled) for _ in range(5)]
    code = code_of(desk)

    with ThreadPoolExecutor(5) as threads:
        results = list(threads.map(lambda one: desk.try_factor(one, code), challenges))

    assert sum(isinstance(result, SignedIn) for result in results) == 1


def test_a_challenge_is_of_use_once(desk, enrolled):
    challenge = desk.prove_password(LOGIN, enrolled)
    assert isinstance(desk.try_factor(challenge, code_of(desk)), SignedIn)

    assert isinstance(desk.try_factor(challenge, code_of(desk, steps=1)), SignInRefused)


def test_a_challenge_of_another_device_is_refused_and_stays_good_for_its_own(desk, enrolled):
    challenge = desk.prove_password(LOGIN, enrolled)

    stolen = desk.try_factor(challenge, code_of(desk), device="another-device")

    assert isinstance(stolen, SignInRefused)
    assert isinstance(desk.try_factor(challenge, code_of(desk), device=DEVICE), SignedIn)


@pytest.mark.parametrize(("seconds", "is_taken"), [(299, True), (300, False)])
def test_a_challenge_lives_five_minutes(desk, enrolled, seconds, is_taken):
    challenge = desk.prove_password(LOGIN, enrolled)

    desk.clock.advance(seconds=seconds)

    assert isinstance(desk.try_factor(challenge, code_of(desk)), SignedIn) is is_taken


def test_an_operator_who_is_disabled_between_the_steps_is_refused(desk, enrolled):
    challenge = desk.prove_password(LOGIN, enrolled)

    desk.disable(LOGIN)

    assert isinstance(desk.try_factor(challenge, code_of(desk)), SignInRefused)


@pytest.mark.parametrize("change", ["password", "second factor"])
def test_what_was_proved_by_the_old_credentials_ends_with_them(desk, enrolled, change):
    signed_in = desk.try_password(LOGIN, enrolled)
    challenge = desk.prove_password(LOGIN, enrolled)
    changes = {
        "password": lambda s: give_new_password(
            s, passwords=desk.passwords, person_id=person_id(desk), now=desk.clock.now()
        ),
        "second factor": lambda s: reset_second_factor(s, person_id=person_id(desk), now=desk.clock.now()),
    }

    desk.within(changes[change])

    assert desk.actor(signed_in) is None
    assert isinstance(desk.try_factor(challenge, code_of(desk, steps=1)), SignInRefused)
    reasons = desk.rows("SELECT DISTINCT end_reason FROM device_session")
    assert reasons == [("credentials_changed",)]


def test_a_new_password_that_is_set_while_the_old_one_is_being_judged_voids_its_challenge(desk, enrolled):
    with desk.database.transaction() as judging, ThreadPoolExecutor(1) as threads:
        challenge = desk.prove_password_within(judging, LOGIN, enrolled)
        setting = threads.submit(
            desk.within,
            lambda s: give_new_password(s, passwords=desk.passwords, person_id=person_id(desk), now=NOW),
        )
        desk.until_somebody_waits()
        judging.commit()
        setting.result(30)

    assert isinstance(desk.try_factor(challenge, code_of(desk)), SignInRefused)


def test_after_a_reset_the_next_right_password_enrols_anew_and_the_old_app_is_worth_nothing(desk, enrolled):
    old = App(desk.apps[LOGIN].secret)
    desk.within(lambda s: reset_second_factor(s, person_id=person_id(desk), now=desk.clock.now()))

    refused = desk.try_factor(desk.prove_password(LOGIN, enrolled), old.next_code(desk.clock.now().timestamp()))
    signed_in = desk.try_password(LOGIN, enrolled)

    assert isinstance(refused, SignInRefused)
    assert isinstance(signed_in, SignedIn)
    assert desk.apps[LOGIN].secret != old.secret


def test_secret_challenge_and_code_stand_in_no_row_and_no_log(desk, password, owner_database, caplog):
    caplog.set_level("DEBUG")
    before = every_row(owner_database)

    challenge = desk.prove_password(LOGIN, password)
    code = desk.code_for(LOGIN, challenge)
    desk.try_factor(challenge, code)

    written = every_row(owner_database) - before
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "second factor enrolled" in logged
    for secret in (challenge.challenge, challenge.enrolment.secret, code):
        forms = (secret, secret.encode().hex())
        assert not re.search(f"(?<![0-9a-f.]){secret}(?![0-9a-f])", logged)
        assert not [row for row in written if any(re.search(f"(?<![0-9a-f]){f}(?![0-9a-f])", row) for f in forms)]
        assert secret not in repr(challenge)
