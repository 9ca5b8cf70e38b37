"""Tests of the rules of sign-in: the limits that the requirements name, typed here again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.identity import rules
from backend.identity.actor import PersonKind


def test_a_code_has_six_digits_and_lives_five_minutes_and_five_tries():
    assert rules.CODE_DIGITS >= 6
    assert timedelta(minutes=1) <= rules.CODE_LIFE <= timedelta(minutes=5)
    assert rules.CODE_TRIES <= 5
    assert rules.PHONE_TRIES.limit <= 5


def test_the_tries_of_a_phone_outlive_the_life_of_a_code():
    assert rules.PHONE_TRIES.window > rules.CODE_LIFE
    assert rules.PHONE_TRIES.restarts


def test_an_account_is_locked_after_five_failed_tries():
    assert rules.LOGIN_TRIES.limit == 5
    assert rules.LOGIN_TRIES.restarts


def test_the_message_says_the_code_and_how_long_it_lives():
    text = rules.CODE_TEXT.format(code="012345")

    assert "012345" in text
    assert f"{rules.CODE_LIFE.seconds // 60} 分钟" in text


def test_every_guard_has_a_name_of_its_own_so_that_no_two_count_together():
    guards = [
        *rules.SOURCE_SENDS,
        *rules.DEVICE_SENDS,
        *rules.PHONE_SENDS,
        *rules.TOTAL_SENDS,
        rules.PHONE_TRIES,
        rules.LOGIN_TRIES,
    ]

    assert len({guard.name for guard in guards}) == len(guards)
    assert all(guard.limit > 0 and guard.window > timedelta() for guard in guards)


def test_the_grace_of_a_spent_refresh_token_is_thirty_seconds_at_most():
    assert timedelta() < rules.REFRESH_GRACE <= timedelta(seconds=30)


@pytest.mark.parametrize("kind", list(PersonKind))
def test_every_kind_of_person_has_an_absolute_life_longer_than_its_idle_one(kind):
    life = rules.SESSION_LIVES[kind]

    assert rules.REFRESH_GRACE < life.idle < life.absolute


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        (None, "unknown"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("203.0.113.7:443", "unknown"),
    ],
)
def test_a_source_is_an_ipv4_address_or_the_network_of_one_ipv6_site(address, source):
    assert rules.source_of(address) == source


@pytest.mark.parametrize("name", ["abc", "rugao.acceptor", "a-1_b", "a" * 32])
def test_a_login_name_of_the_right_form_is_taken(name):
    assert rules.LOGIN_NAME.fullmatch(name)


@pytest.mark.parametrize(
    "name", ["", "ab", "a" * 33, "1abc", ".abc", "Abc", "张三三", "a bc", "abc\n", "abc'--", "ａbc"]
)
def test_a_login_name_of_another_form_is_refused(name):
    assert rules.LOGIN_NAME.fullmatch(name) is None
