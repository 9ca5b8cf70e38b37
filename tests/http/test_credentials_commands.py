"""Tests of the commands for an operator who lost a password or a phone, and of the codes of development."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from backend.identity.errors import SignInRefused
from backend.identity.use_cases.sessions import SignedIn
from backend.infrastructure.settings import Environment
from mobile_api.cli.people import people
from mobile_api.cli.spoken import spoken
from mobile_api.services import install

LOGIN = "rugao.test"


def runner_over(services) -> FlaskCliRunner:
    app = Flask("commands")
    install(app.extensions, services)
    app.cli.add_command(spoken(people))
    return app.test_cli_runner()


@pytest.fixture
def runner(services) -> FlaskCliRunner:
    return runner_over(services)


@pytest.fixture
def password(desk) -> str:
    """The password of an operator who has signed in with a new app, a minute ago."""
    password = desk.hire(LOGIN).password
    assert isinstance(desk.try_password(LOGIN, password), SignedIn)
    desk.clock.advance(minutes=1)
    return password


def test_a_new_password_is_shown_once_ends_all_sessions_and_leaves_the_app_as_it_is(runner, desk, password, caplog):
    signed_in = desk.try_password(LOGIN, password)
    desk.clock.advance(minutes=1)

    given = runner.invoke(args=["people", "set-password", LOGIN])

    new = given.stdout.split()[3]
    assert given.exit_code == 0
    assert desk.actor(signed_in) is None
    assert isinstance(desk.try_password(LOGIN, password), SignInRefused)
    desk.clock.advance(minutes=1)
    assert isinstance(desk.try_password(LOGIN, new), SignedIn)
    [told] = [record for record in caplog.records if record.getMessage() == "password set"]
    assert told.sessions_ended == 2
    assert new not in str(told.__dict__)


def test_a_reset_second_factor_ends_all_sessions_and_is_enrolled_anew_at_the_next_sign_in(
    runner, desk, password, caplog
):
    signed_in, old = desk.try_password(LOGIN, password), desk.apps[LOGIN].secret

    reset = runner.invoke(args=["people", "reset-second-factor", LOGIN])

    assert reset.exit_code == 0
    assert desk.actor(signed_in) is None
    assert "second factor reset" in [record.getMessage() for record in caplog.records]
    assert desk.prove_password(LOGIN, password).enrolment is not None
    assert isinstance(desk.try_password(LOGIN, password), SignedIn)
    assert desk.apps[LOGIN].secret != old


def test_the_code_of_development_signs_in_as_the_app_would(runner, desk, password):
    challenge = desk.prove_password(LOGIN, password)

    shown = runner.invoke(args=["people", "code", LOGIN])

    assert isinstance(desk.try_factor(challenge, shown.stdout.strip()), SignedIn)


def test_a_code_that_was_used_is_not_shown_again_and_the_wait_for_the_next_is_told(runner, desk, password):
    shown = []
    for _ in range(3):
        answer = runner.invoke(args=["people", "code", LOGIN])
        shown.append(answer)
        if answer.exit_code == 0:
            desk.try_factor(desk.prove_password(LOGIN, password), answer.stdout.strip())

    assert [answer.exit_code for answer in shown] == [0, 0, 1]
    assert shown[0].stdout != shown[1].stdout
    assert "30 秒后再试" in shown[2].stderr


def test_who_has_no_app_has_no_code(runner, desk):
    desk.hire(LOGIN)

    shown = runner.invoke(args=["people", "code", LOGIN])

    assert (shown.exit_code, shown.stdout) == (1, "")


@pytest.mark.parametrize("command", ["set-password", "reset-second-factor", "code"])
def test_nobody_has_no_credentials(runner, command):
    refused = runner.invoke(args=["people", command, "nobody"])

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "person-unknown" in refused.stderr


def test_production_shows_no_code(services, password):
    in_production = replace(services, settings=replace(services.settings, environment=Environment.PRODUCTION))

    refused = runner_over(in_production).invoke(args=["people", "code", LOGIN])

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "生产环境" in refused.stderr
