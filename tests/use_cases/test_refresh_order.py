"""Tests of the grace by order: only the token that was spent last is repeated, every older one is reuse."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.identity.errors import RefreshRefused
from backend.identity.use_cases.sessions import SignedIn


def test_a_token_whose_successor_is_spent_too_is_reuse_though_the_grace_is_not_over(desk):
    first = desk.sign_in()
    desk.clock.advance(seconds=1)
    second = desk.refresh(first.refresh_token)
    desk.clock.advance(seconds=1)
    third = desk.refresh(second.refresh_token)
    desk.clock.advance(seconds=1)

    assert isinstance(desk.refresh(first.refresh_token), RefreshRefused)

    assert desk.rows("SELECT end_reason FROM device_session") == [("token_reused",)]
    assert isinstance(desk.refresh(third.refresh_token), RefreshRefused)
    assert desk.actor(third) is None


def test_the_token_spent_last_is_repeated_however_many_were_spent_before_it(desk):
    signed_in = desk.sign_in()
    for _ in range(4):
        desk.clock.advance(minutes=9)
        spent, signed_in = signed_in, desk.refresh(signed_in.refresh_token)

    desk.clock.advance(seconds=29)
    again = desk.refresh(spent.refresh_token)

    assert again.refresh_token == signed_in.refresh_token
    assert isinstance(desk.refresh(again.refresh_token), SignedIn)


@pytest.mark.parametrize(("seconds", "is_repeated"), [(29.999, True), (30, False), (30.001, False)])
def test_the_grace_is_over_at_the_thirtieth_second(desk, seconds, is_repeated):
    first = desk.sign_in()
    desk.refresh(first.refresh_token)

    desk.clock.advance(seconds=seconds)

    assert isinstance(desk.refresh(first.refresh_token), SignedIn) is is_repeated


def test_an_old_token_that_waits_for_the_rotation_of_its_successor_sees_that_it_is_old(desk):
    """The danger: what waited for a lock must not judge by what it saw before."""
    first = desk.sign_in()
    desk.clock.advance(seconds=1)
    second = desk.refresh(first.refresh_token)
    desk.clock.advance(seconds=1)

    with ThreadPoolExecutor(1) as threads:
        with desk.database.transaction() as session:
            third = desk.refresh_within(session, second.refresh_token)
            waiting = threads.submit(desk.refresh, first.refresh_token)
            desk.until_somebody_waits()
        refused = waiting.result(30)

    assert isinstance(third, SignedIn)
    assert isinstance(refused, RefreshRefused)
    assert desk.rows("SELECT end_reason FROM device_session") == [("token_reused",)]
