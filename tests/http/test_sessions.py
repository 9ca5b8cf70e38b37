"""Tests of sign-in over HTTP: the way of a citizen and of an operator, and refusals that keep what they counted."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text

from backend.identity.rules import SOURCE_SENDS
from mobile_api.app import create_app
from tests.browser import CODES, DEVICE, OPERATOR, OTHER_PHONE, PHONE, REFRESH, SESSIONS, Browser, assert_problem


def wrong(code: str, step: int = 1) -> str:
    return f"{(int(code) + step) % 1_000_000:06}"


def test_a_citizen_signs_in_by_the_code_on_their_phone_refreshes_and_signs_out(browser, clock):
    asked = browser.ask()
    signed_in = browser.try_code(asked.json, browser.code_of())
    tokens = signed_in.json

    assert (asked.status_code, set(asked.json)) == (201, {"challenge_id", "expires_at"})
    assert signed_in.status_code == 201
    assert tokens["token_type"] == "Bearer"
    assert (datetime.fromisoformat(tokens["access_expires_at"]) - clock.now()).total_seconds() == 600
    assert signed_in.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in signed_in.headers
    assert browser.me(tokens).json["phone"] == "138****5678"

    refreshed = browser.refresh(tokens["refresh_token"])
    assert (refreshed.status_code, refreshed.json["session_id"]) == (200, tokens["session_id"])
    assert browser.me(refreshed.json).status_code == 200

    assert browser.sign_out(refreshed.json).status_code == 204
    assert_problem(browser.me(refreshed.json), 401, "session-ended")
    assert_problem(browser.me(tokens), 401, "session-ended")
    assert_problem(browser.refresh(refreshed.json["refresh_token"]), 401, "refresh-token-refused")


def test_asking_for_a_code_answers_alike_whether_or_not_the_phone_is_known(browser, clock, statements):
    browser.sign_in(PHONE)
    clock.advance(hours=2)

    with statements.counting() as for_known:
        known = browser.ask(PHONE)
    with statements.counting() as for_unknown:
        unknown = browser.ask(OTHER_PHONE)

    assert for_known == for_unknown
    assert for_known
    assert (known.status_code, set(known.json)) == (unknown.status_code, set(unknown.json))
    assert known.json["expires_at"] == unknown.json["expires_at"]
    assert list(known.headers.keys()) == list(unknown.headers.keys())
    assert known.content_length == unknown.content_length


def test_a_code_is_sent_only_after_its_row_is_committed(services, settings, owner_database):
    rows_seen = []

    class WatchingSms:
        def send(self, phone: str, message: str) -> None:
            with owner_database.transaction() as session:
                rows_seen.append(
                    (phone, "验证码" in message, session.scalar(text("SELECT count(*) FROM sign_in_code")))
                )

    client = create_app(replace(services, sms=WatchingSms())).test_client()

    Browser(client, settings).ask()

    assert rows_seen == [("+8613812345678", True, 1)]


def test_a_code_that_cannot_be_sent_is_told_as_503_and_counted_and_nothing_personal_is_logged(
    services, settings, desk, caplog
):
    class AwaySms:
        def send(self, phone: str, message: str) -> None:
            raise ConnectionError(f"{phone} {message}")

    caplog.set_level(logging.DEBUG)
    behind_the_door = replace(services, sms=type(services.sms)(AwaySms()))
    browser = Browser(create_app(behind_the_door).test_client(), settings)

    answer = browser.ask()

    assert_problem(answer, 503, "sms-not-sent")
    assert answer.json["retryable"] is True
    assert int(answer.headers["Retry-After"]) > 0
    assert desk.rows("SELECT count(*) FROM sign_in_code") == [(1,)]
    assert_problem(browser.ask(), 429, "sign-in-codes-limited")
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "sms not sent" in logged
    assert PHONE not in logged
    assert "验证码是" not in logged


def test_a_refused_code_is_counted_though_it_is_refused_and_the_sixth_is_refused_from_wherever_it_comes(
    client, settings, browser, clock
):
    challenge = browser.ask().json
    code = browser.code_of()
    for step in range(1, 6):
        somewhere = Browser(client, settings, address=f"198.51.100.{step}")
        assert_problem(somewhere.try_code(challenge, wrong(code, step)), 401, "sign-in-code-refused")

    same_challenge = browser.try_code(challenge, code)
    clock.advance(seconds=61)
    elsewhere = Browser(client, settings, address="192.0.2.1")
    new_challenge = elsewhere.ask(device_id="another-device").json
    limited = elsewhere.try_code(new_challenge, elsewhere.code_of())

    assert_problem(same_challenge, 401, "sign-in-code-refused")
    assert_problem(limited, 429, "sign-in-tries-limited")
    assert 0 < int(limited.headers["Retry-After"]) <= 901


def test_too_many_codes_are_refused_with_the_time_to_wait_and_nothing_is_sent(browser, settings):
    browser.ask()
    sent = settings.sms_mailbox.read_text()

    refused = browser.ask()

    assert_problem(refused, 429, "sign-in-codes-limited")
    assert refused.headers["Retry-After"] == "61"
    assert settings.sms_mailbox.read_text() == sent


def test_a_forged_forwarding_header_does_not_open_the_limit_of_its_address(browser, owner_database):
    browser.ask("13812340001", device_id="first-device")
    guard = SOURCE_SENDS[0]
    with owner_database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE guard_counter SET count = %s WHERE guard = %s", (guard.limit, guard.name)
        )

    refused = browser.ask("13812340002", device_id="second-device", **{"X-Forwarded-For": "192.0.2.99"})

    assert_problem(refused, 429, "sign-in-codes-limited")


def test_a_reused_refresh_token_ends_the_session_though_its_answer_is_a_refusal(browser, clock):
    first = browser.sign_in()
    second = browser.refresh(first["refresh_token"]).json
    assert browser.refresh(first["refresh_token"]).json["refresh_token"] == second["refresh_token"]
    clock.advance(seconds=31)

    assert_problem(browser.refresh(first["refresh_token"]), 401, "refresh-token-refused")

    assert_problem(browser.me(second), 401, "session-ended")
    assert_problem(browser.refresh(second["refresh_token"]), 401, "refresh-token-refused")


def test_nothing_personal_and_no_secret_is_logged_by_a_whole_visit(browser, desk, caplog):
    caplog.set_level(logging.DEBUG)
    account = desk.hire()
    caplog.clear()

    tokens = browser.sign_in()
    code = browser.code_of()
    browser.me(tokens)
    refreshed = browser.refresh(tokens["refresh_token"]).json
    browser.try_password(account.login_name, "wrong password")
    operator = browser.sign_in_operator(account.login_name, account.password).json
    browser.sign_out(refreshed)
    browser.post(SESSIONS, {"phone": PHONE, "code": "12345x", "surplus": "张三"})

    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert len([record for record in caplog.records if record.name == "baitong.request"]) == 9
    secrets = [PHONE, "张三", "203.0.113.7", account.login_name, account.password, "wrong password", code]
    for pair in (tokens, refreshed, operator):
        secrets += [pair["access_token"], pair["refresh_token"]]
    for secret in secrets:
        assert not re.search(f"(?<![0-9a-f.]){re.escape(secret)}(?![0-9a-f])", logged)


def test_a_phone_that_is_none_is_told_so_without_being_repeated(browser):
    answer = browser.ask("12345678901")

    assert_problem(answer, 422, "phone-invalid")
    assert b"12345678901" not in answer.data


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (CODES, {}),
        (CODES, {"phone": PHONE}),
        (CODES, {"phone": PHONE, "device_id": "short"}),
        (CODES, {"phone": PHONE, "device_id": "device-of-a-test", "surplus": 1}),
        (CODES, {"phone": 13812345678, "device_id": "device-of-a-test"}),
        (CODES, {"phone": "1" * 21, "device_id": "device-of-a-test"}),
        (CODES, {"phone": "138\x00", "device_id": "device-of-a-test"}),
        (CODES, {"phone": PHONE, "device_id": "device of a test"}),
        (SESSIONS, {"challenge_id": "1", "phone": PHONE, "code": "123456", "device": DEVICE}),
        (SESSIONS, {"challenge_id": "0" * 32, "phone": PHONE, "code": "12345", "device": DEVICE}),
        (SESSIONS, {"challenge_id": "0" * 32, "phone": PHONE, "code": "１２３４５６", "device": DEVICE}),
        (SESSIONS, {"challenge_id": "0" * 32, "phone": PHONE, "code": "123456", "device": {"id": "x" * 65}}),
        (OPERATOR, {"login_name": "a" * 33, "password": "x", "device_id": "device-of-a-test"}),
        (OPERATOR, {"login_name": "abc", "password": "x" * 129, "device_id": "device-of-a-test"}),
        (OPERATOR, {"login_name": ["abc"], "password": {"$ne": ""}, "device_id": "device-of-a-test"}),
        (REFRESH, {"refresh_token": "x" * 65}),
        (REFRESH, {"refresh_token": None}),
        (REFRESH, []),
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_and_counts_nothing(browser, desk, path, body):
    assert_problem(browser.post(path, body), 422, "validation-failed")
    assert desk.rows("SELECT * FROM guard_counter") == []


@pytest.mark.parametrize("path", [CODES, OPERATOR, REFRESH])
def test_sign_in_cannot_be_read(client, path):
    assert_problem(client.get(path), 405, "method-not-allowed")
