"""Tests of an operator's sign-in over HTTP: two steps judged as one, lock, queue and disabling."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.infrastructure.passwords import PasswordHasher
from mobile_api.app import create_app
from tests.browser import DEVICE, FACTOR, Browser, assert_problem
from tests.totp import App


def test_an_operator_signs_in_for_the_first_time_by_password_and_a_new_app_and_then_by_both(browser, desk, clock):
    account = desk.hire("rugao.test")
    first = browser.try_password("rugao.test", account.password)
    app = App(first.json["enrolment"]["secret"])
    enrolled = browser.try_factor(first.json, app.next_code(clock.now().timestamp()))
    clock.advance(minutes=1)
    second = browser.try_password("rugao.test", account.password)
    signed_in = browser.try_factor(second.json, app.next_code(clock.now().timestamp()))

    assert (first.status_code, set(first.json)) == (201, {"challenge", "expires_at", "enrolment"})
    assert first.headers["Cache-Control"] == "no-store"
    assert first.json["enrolment"]["otpauth_uri"].startswith("otpauth://totp/")
    assert second.json["enrolment"] is None
    for answer in (enrolled, signed_in):
        assert answer.status_code == 201
        assert browser.me(answer.json).json["login_name"] == "rugao.test"


def test_the_first_step_answers_alike_and_only_the_second_refuses(browser, desk, clock):
    account = desk.hire("rugao.test")
    browser.sign_in_operator("rugao.test", account.password)
    clock.advance(minutes=1)

    firsts = [
        browser.try_password(login, password)
        for login, password in [("rugao.test", account.password), ("rugao.test", "wrong"), ("nobody.here", "wrong")]
    ]
    seconds = [browser.try_factor(first.json, "000000") for first in firsts]

    assert {first.status_code for first in firsts} == {201}
    assert len({(first.content_length, str(first.json["enrolment"])) for first in firsts}) == 1
    for refused in seconds:
        assert_problem(refused, 401, "sign-in-refused")
    assert len({(refused.json["detail"], refused.content_length) for refused in seconds}) == 1


def test_an_operator_is_locked_out_after_five_wrong_tries_as_nobody_is(browser, desk, clock):
    account = desk.hire("rugao.test")
    browser.sign_in_operator("rugao.test", account.password)
    clock.advance(minutes=1)

    for login in ["rugao.test", "nobody.here"] * 5:
        assert_problem(browser.try_factor(browser.try_password(login, "wrong").json, "000000"), 401, "sign-in-refused")
    locked = [browser.try_password(login, account.password) for login in ("rugao.test", "nobody.here")]

    for answer in locked:
        assert_problem(answer, 429, "sign-in-tries-limited")
        assert 0 < int(answer.headers["Retry-After"]) <= 901
    clock.advance(minutes=15)
    assert browser.sign_in_operator("rugao.test", account.password).status_code == 201


def test_an_operator_who_finds_the_passwords_busy_may_try_again(services, settings, desk, clock):
    account = desk.hire()
    busy = PasswordHasher(at_once=1, waiting=0, memory_kib=64)
    browser = Browser(create_app(replace(services, passwords=busy)).test_client(), settings, clock=clock)

    with busy._slot():
        refused = browser.try_password(account.login_name, account.password)

    assert_problem(refused, 503, "passwords-busy")
    assert browser.sign_in_operator(account.login_name, account.password).status_code == 201


def test_disabling_an_operator_holds_at_their_very_next_call(browser, desk, clock):
    account = desk.hire()
    tokens = browser.sign_in_operator(account.login_name, account.password).json
    assert browser.me(tokens).status_code == 200

    desk.disable(account.login_name)

    assert_problem(browser.me(tokens), 401, "session-ended")
    assert_problem(browser.refresh(tokens["refresh_token"]), 401, "refresh-token-refused")
    clock.advance(minutes=1)
    assert_problem(browser.sign_in_operator(account.login_name, account.password), 401, "sign-in-refused")


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "12345"},
        {"code": "１２３４５６"},
        {"code": 123456},
        {"challenge": "short"},
        {"challenge": "x" * 44},
        {"challenge": None},
        {"device": {"id": "short"}},
        {"device": None},
        {"surplus": 1},
    ],
    ids=str,
)
def test_a_second_step_of_the_wrong_shape_is_refused_and_counts_nothing(browser, desk, changes):
    account = desk.hire()
    challenge = browser.try_password(account.login_name, account.password).json

    refused = browser.post(FACTOR, {"challenge": challenge["challenge"], "code": "000000", "device": DEVICE} | changes)

    assert_problem(refused, 422, "validation-failed")
    assert desk.rows("SELECT tries FROM second_factor_challenge") == [(0,)]
