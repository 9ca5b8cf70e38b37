"""Tests of sessions: refresh tokens that rotate, the grace for lost answers, and every way in which a session ends."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from backend.identity.errors import RefreshRefused
from backend.identity.rules import REFRESH_GRACE
from backend.identity.use_cases.people import disable_person
from backend.identity.use_cases.sessions import SignedIn, end_session, refresh_session
from tests.sign_in_desk import NOW, OTHER_PHONE, SignInDesk

LIVE_TOKENS = "SELECT session_id, count(*) FROM refresh_token WHERE used_at IS NULL GROUP BY session_id"


def end_reasons(desk: SignInDesk) -> list[str | None]:
    return [reason for (reason,) in desk.rows("SELECT end_reason FROM device_session ORDER BY created_at")]


def test_a_refresh_gives_a_new_pair_of_the_same_session(desk):
    first = desk.sign_in()
    desk.clock.advance(minutes=9)

    second = desk.refresh(first.refresh_token)

    assert second.session_id == first.session_id
    assert second.refresh_token != first.refresh_token
    assert second.access_expires_at == desk.clock.now() + timedelta(minutes=10)
    assert desk.actor(second).person_id == desk.actor(first).person_id


def test_refresh_tokens_are_kept_as_digests_and_are_not_printed(desk):
    first = desk.sign_in()
    second = desk.refresh(first.refresh_token)

    kept = {bytes(digest) for (digest,) in desk.rows("SELECT token_digest FROM refresh_token")}

    assert kept == {hashlib.sha256(one.refresh_token.encode()).digest() for one in (first, second)}
    assert len(first.refresh_token) == len(second.refresh_token) == 43
    assert first.refresh_token not in repr(first)
    assert first.access_token not in repr(first)


def test_a_spent_token_gives_the_same_successor_until_the_end_of_the_grace(desk):
    first = desk.sign_in()
    second = desk.refresh(first.refresh_token)

    desk.clock.advance(seconds=29.9)
    again = desk.refresh(first.refresh_token)

    assert (again.refresh_token, again.refresh_expires_at) == (second.refresh_token, second.refresh_expires_at)
    assert desk.actor(again) is not None
    assert timedelta(seconds=30) == REFRESH_GRACE


def test_a_repeated_refresh_does_not_make_the_grace_longer(desk):
    first = desk.sign_in()
    desk.refresh(first.refresh_token)
    desk.clock.advance(seconds=20)
    desk.refresh(first.refresh_token)

    desk.clock.advance(seconds=10)

    assert isinstance(desk.refresh(first.refresh_token), RefreshRefused)


def test_a_token_spent_before_the_grace_ends_the_whole_family(desk):
    first = desk.sign_in()
    second = desk.refresh(first.refresh_token)
    third = desk.refresh(second.refresh_token)
    desk.clock.advance(seconds=30)

    assert isinstance(desk.refresh(first.refresh_token), RefreshRefused)

    assert end_reasons(desk) == ["token_reused"]
    assert all(isinstance(desk.refresh(one.refresh_token), RefreshRefused) for one in (first, second, third))
    assert desk.actor(third) is None


def test_a_reuse_ends_no_other_session_of_the_person(desk):
    stolen, other = desk.sign_in(), desk.sign_in()
    desk.refresh(stolen.refresh_token)
    desk.clock.advance(minutes=1)

    desk.refresh(stolen.refresh_token)

    assert end_reasons(desk) == ["token_reused", None]
    assert isinstance(desk.refresh(other.refresh_token), SignedIn)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "令牌"])
def test_an_unknown_refresh_token_is_refused(desk, token):
    desk.sign_in()

    assert isinstance(desk.refresh(token), RefreshRefused)


def test_an_access_token_is_no_refresh_token(desk):
    assert isinstance(desk.refresh(desk.sign_in().access_token), RefreshRefused)


def test_a_session_left_unused_for_thirty_days_is_over(desk):
    used, unused = desk.sign_in(), desk.sign_in(OTHER_PHONE)
    desk.clock.advance(days=29)
    used = desk.refresh(used.refresh_token)
    desk.clock.advance(days=1)

    assert isinstance(desk.refresh(used.refresh_token), SignedIn)
    assert isinstance(desk.refresh(unused.refresh_token), RefreshRefused)
    assert end_reasons(desk) == [None, None]


def test_a_session_is_over_after_ninety_days_however_often_it_is_refreshed(desk):
    signed_in = desk.sign_in()
    began_at = desk.clock.now()
    while desk.clock.now() < began_at + timedelta(days=80):
        desk.clock.advance(days=20)
        signed_in = desk.refresh(signed_in.refresh_token)
    assert signed_in.refresh_expires_at == began_at + timedelta(days=90)
    desk.clock.advance(days=10, seconds=-1)
    last = desk.refresh(signed_in.refresh_token)

    desk.clock.advance(seconds=1)

    assert isinstance(last, SignedIn)
    assert desk.actor(last) is None
    assert isinstance(desk.refresh(last.refresh_token), RefreshRefused)


def test_the_grace_does_not_outlive_the_session(desk):
    signed_in = desk.sign_in()
    for _ in range(4):
        desk.clock.advance(days=22)
        signed_in = desk.refresh(signed_in.refresh_token)
    desk.clock.advance(days=2, seconds=-10)
    assert isinstance(desk.refresh(signed_in.refresh_token), SignedIn)

    desk.clock.advance(seconds=10)

    assert isinstance(desk.refresh(signed_in.refresh_token), RefreshRefused)


def test_a_session_of_an_operator_ends_after_half_an_hour_unused_and_after_twelve_hours(desk):
    account = desk.hire()
    unused = desk.try_password(account.login_name, account.password)
    used = desk.try_password(account.login_name, account.password)

    for _ in range(12 * 60 // 20 - 1):
        desk.clock.advance(minutes=20)
        used = desk.refresh(used.refresh_token)
        assert isinstance(used, SignedIn)

    assert unused.refresh_expires_at == NOW + timedelta(minutes=30)
    assert used.refresh_expires_at == NOW + timedelta(hours=12)
    desk.clock.advance(minutes=20)
    assert isinstance(desk.refresh(used.refresh_token), RefreshRefused)


def test_twenty_refreshes_at_once_for_each_of_ten_users_sign_nobody_out_and_leave_one_live_token_each(desk):
    users = [desk.sign_in(f"+861381234{n:04}") for n in range(10)]

    for _ in range(3):
        with ThreadPoolExecutor(12) as threads:
            answers = list(threads.map(lambda user: (user, desk.refresh(user.refresh_token)), users * 20))
        assert all(isinstance(answer, SignedIn) for _, answer in answers)
        successors = {(user.session_id, answer.refresh_token) for user, answer in answers}
        assert len(successors) == 10
        users = [next(answer for user, answer in answers if user is one) for one in users]
        desk.clock.advance(minutes=9)

    assert sorted(desk.rows(LIVE_TOKENS)) == sorted((user.session_id, 1) for user in users)
    assert end_reasons(desk) == [None] * 10
    assert desk.rows("SELECT count(*) FROM refresh_token") == [(40,)]


def test_a_thief_and_the_owner_at_once_leave_no_living_session(desk):
    for _ in range(5):
        stolen = desk.sign_in()
        live = desk.refresh(stolen.refresh_token)
        desk.clock.advance(minutes=5)

        with ThreadPoolExecutor(2) as threads:
            results = list(threads.map(desk.refresh, [stolen.refresh_token, live.refresh_token]))

        assert isinstance(results[0], RefreshRefused)
        assert desk.actor(live) is None
        latest = results[1] if isinstance(results[1], SignedIn) else live
        assert isinstance(desk.refresh(latest.refresh_token), RefreshRefused)
    assert end_reasons(desk) == ["token_reused"] * 5


@pytest.mark.parametrize("ending", ["reuse", "sign out", "disabling"])
def test_a_refresh_that_waits_for_the_end_of_its_session_is_refused_and_does_not_revive_it(desk, ending):
    stolen = desk.sign_in()
    live = desk.refresh(stolen.refresh_token)
    desk.clock.advance(minutes=5)
    actor, now = desk.actor(live), desk.clock.now()
    endings = {
        "reuse": lambda s: refresh_session(s, doors=desk.doors, refresh_token=stolen.refresh_token, now=now),
        "sign out": lambda s: end_session(s, actor=actor, now=now),
        "disabling": lambda s: disable_person(s, person_id=actor.person_id, now=now),
    }

    with ThreadPoolExecutor(1) as threads:
        with desk.database.transaction() as session:
            endings[ending](session)
            waiting = threads.submit(desk.refresh, live.refresh_token)
            desk.until_somebody_waits()
        refused = waiting.result(30)

    assert isinstance(refused, RefreshRefused)
    assert desk.actor(live) is None
    assert desk.rows("SELECT count(*) FROM device_session WHERE ended_at IS NULL") == [(0,)]


def test_signing_out_ends_the_session_at_the_very_next_call_and_no_other(desk):
    leaving, staying = desk.sign_in(), desk.sign_in()

    desk.sign_out(leaving)

    assert desk.actor(leaving) is None
    assert isinstance(desk.refresh(leaving.refresh_token), RefreshRefused)
    assert desk.actor(staying) is not None
    assert end_reasons(desk) == ["signed_out", None]
