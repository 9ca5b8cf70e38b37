"""Tests of how often an operator may try: passwords and codes are counted together, and the sixth is refused."""

from __future__ import annotations

from backend.identity.errors import SignInRefused, TriesLimited
from backend.identity.use_cases.sessions import SignedIn
from tests.sign_in_desk import LOGIN, SignInDesk
from tests.totp import code_at


def code_of(desk: SignInDesk) -> str:
    return code_at(desk.apps[LOGIN].secret, desk.clock.now().timestamp())


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_who_mistypes_the_code_may_type_the_next_one_without_the_password(desk, enrolled):
    challenge = desk.prove_password(LOGIN, enrolled)
    for _ in range(4):
        assert isinstance(desk.try_factor(challenge, wrong(code_of(desk))), SignInRefused)

    assert isinstance(desk.try_factor(challenge, code_of(desk)), SignedIn)


def test_the_sixth_try_is_refused_with_the_right_password_and_the_right_code(desk, enrolled):
    challenge = desk.prove_password(LOGIN, enrolled)
    for _ in range(5):
        desk.try_factor(challenge, wrong(code_of(desk)))

    sixth = desk.try_factor(challenge, code_of(desk))
    anew = desk.prove_password(LOGIN, enrolled)

    assert not isinstance(sixth, SignedIn)
    assert isinstance(anew, TriesLimited)
    assert 0 < anew.retry_after_s <= 15 * 60 + 1


def test_passwords_and_codes_are_counted_together(desk, enrolled):
    for _ in range(3):
        desk.try_factor(desk.prove_password(LOGIN, "wrong"), "000000")
    challenge = desk.prove_password(LOGIN, enrolled)
    for _ in range(2):
        assert isinstance(desk.try_factor(challenge, wrong(code_of(desk))), SignInRefused)

    limited = desk.try_factor(challenge, code_of(desk))

    assert isinstance(limited, TriesLimited)
    assert isinstance(desk.prove_password(LOGIN, enrolled), TriesLimited)


def test_challenges_gathered_before_the_lock_give_no_more_than_five_codes_in_all(desk, enrolled):
    challenges = [desk.prove_password(LOGIN, enrolled) for _ in range(6)]

    judged = [
        isinstance(desk.try_factor(one, wrong(code_of(desk))), SignInRefused)
        for _ in range(2)
        for one in challenges
        if not isinstance(one, TriesLimited)
    ]

    assert isinstance(challenges[5], TriesLimited)
    assert judged == [True] * 5 + [False] * 5
