"""Tests of access: every token that is not ours, not for us or not alive is refused before anything is done."""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace

import pytest

from backend.infrastructure.tokens import TokenIssuer
from tests.callers import API
from tests.sign_in_desk import SignInDesk

RUBBISH = ["x", "a.b.c", "e30.e30.e30", "eyJhbGciOiJub25lIn0.e30.", "x" * 3000, "", "令牌".encode().decode("latin-1")]


def assert_refused(answer, code):
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.json["code"] == code
    assert answer.json["retryable"] is False
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Token x", "BearerX x"])
def test_without_a_bearer_token_sign_in_is_required(client, header):
    headers = {} if header is None else {"Authorization": header}

    assert_refused(client.get(f"{API}/me", headers=headers), "sign-in-required")


@pytest.mark.parametrize("token", RUBBISH, ids=lambda token: token[:12])
def test_rubbish_is_refused(client, token):
    assert_refused(client.get(f"{API}/me", headers={"Authorization": f"Bearer {token}"}), "token-refused")


def test_an_expired_token_is_refused(callers, clock):
    citizen = callers.citizen()
    clock.advance(minutes=9, seconds=59)
    in_time = citizen.get("/me")
    clock.advance(seconds=1)

    assert in_time.status_code == 200
    assert_refused(citizen.get("/me"), "token-refused")


@pytest.mark.parametrize("other", [{"token_audience": "another-api"}, {"token_issuer": "https://elsewhere.test"}])
def test_a_token_for_another_audience_or_of_another_issuer_is_refused_though_our_key_signed_it(
    callers, settings, clock, other
):
    citizen = callers.citizen()
    elsewhere = replace(settings, **other)
    issuer = TokenIssuer(
        elsewhere.token_private_key_pem, issuer=elsewhere.token_issuer, audience=elsewhere.token_audience
    )

    citizen.token = issuer.issue_access(citizen.person_id, uuid.uuid4(), clock.now())

    assert_refused(citizen.get("/me"), "token-refused")


def test_a_token_of_a_session_that_never_was_is_refused(callers, services, clock):
    citizen = callers.citizen()

    citizen.token = services.tokens.issue_access(citizen.person_id, uuid.uuid4(), clock.now())

    assert_refused(citizen.get("/me"), "session-ended")


def test_a_living_refresh_token_is_no_access_token(client, database, settings, clock):
    desk = replace(SignInDesk.opened(database, settings), clock=clock)
    refresh_token = desk.sign_in().refresh_token

    answer = client.get(f"{API}/me", headers={"Authorization": f"Bearer {refresh_token}"})

    assert_refused(answer, "token-refused")


def test_the_scheme_is_taken_in_either_case(callers, client):
    token = callers.citizen().token

    answers = [
        client.get(f"{API}/me", headers={"Authorization": f"{scheme} {token}"}) for scheme in ("bearer", "BEARER")
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_who_holds_the_permission_nowhere_is_refused_and_the_log_says_who(callers, caplog):
    caplog.set_level(logging.INFO)
    citizen = callers.citizen()

    answer = citizen.get("/cases")

    assert (answer.status_code, answer.json["code"]) == (403, "permission-missing")
    (line,) = [record for record in caplog.records if record.name == "baitong.request"]
    assert (line.status, line.person_id) == (403, str(citizen.person_id))


def test_a_token_in_the_address_or_the_body_counts_for_nothing(callers):
    citizen = callers.citizen()
    token, citizen.token = citizen.token, None

    assert_refused(citizen.get("/me", access_token=token), "sign-in-required")
