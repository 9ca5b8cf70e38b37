"""Tests of an operator's sign-in over HTTP: lock, queue and disabling."""

from __future__ import annotations

from dataclasses import replace

from backend.infrastructure.passwords import PasswordHasher
from mobile_api.app import create_app
from tests.browser import Browser, assert_problem


def test_an_operator_signs_in_and_is_locked_out_after_five_wrong_passwords(browser, desk):
    account = desk.hire("rugao.test")
    signed_in = browser.try_password("rugao.test", account.password)
    assert browser.me(signed_in.json).json["login_name"] == "rugao.test"

    refusals = [browser.try_password(login, "wrong") for login in ["rugao.test", "nobody.here"] * 5]
    locked = [browser.try_password(login, account.password) for login in ("rugao.test", "nobody.here")]

    for refusal in refusals:
        assert_problem(refusal, 401, "sign-in-password-refused")
    for answer in locked:
        assert_problem(answer, 429, "sign-in-tries-limited")
    assert len({(r.json["detail"], r.content_length) for r in refusals}) == 1


def test_an_operator_who_finds_the_passwords_busy_may_try_again(services, settings, desk):
    account = desk.hire()
    busy = PasswordHasher(at_once=1, waiting=0, memory_kib=64)
    browser = Browser(create_app(replace(services, passwords=busy)).test_client(), settings)

    with busy._slot():
        refused = browser.try_password(account.login_name, account.password)

    assert_problem(refused, 503, "passwords-busy")
    assert browser.try_password(account.login_name, account.password).status_code == 201


def test_disabling_an_operator_holds_at_their_very_next_call(browser, desk, app):
    account = desk.hire()
    tokens = browser.try_password(account.login_name, account.password).json
    assert browser.me(tokens).status_code == 200

    desk.disable(account.login_name)

    assert_problem(browser.me(tokens), 401, "session-ended")
    assert_problem(browser.refresh(tokens["refresh_token"]), 401, "refresh-token-refused")
    assert_problem(browser.try_password(account.login_name, account.password), 401, "sign-in-password-refused")
