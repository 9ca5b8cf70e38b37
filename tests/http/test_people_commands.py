"""Tests of `flask people` and `flask sms`: accounts made and disabled by hand, and the mailbox of development."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from backend.identity.errors import SignInRefused
from backend.identity.use_cases.sessions import SignedIn
from backend.infrastructure.fakes.sms_mailbox import SmsMailbox
from backend.infrastructure.settings import Environment
from backend.organization.use_cases.demo_people import DEMO_STAFF
from mobile_api.cli.people import people
from mobile_api.cli.sms import sms
from mobile_api.cli.spoken import spoken
from mobile_api.services import install
from tests.sign_in_desk import SignInDesk
from tests.totp import App

ADD = ["people", "add", "--login", "rugao.wang", "--name", "王小明", "--role", "acceptor", "--centre", "320682"]


def runner_over(services) -> FlaskCliRunner:
    app = Flask("commands")
    install(app.extensions, services)
    for group in (people, sms):
        app.cli.add_command(spoken(group))
    return app.test_cli_runner()


@pytest.fixture
def desk(database, settings, services) -> SignInDesk:
    return replace(SignInDesk.opened(database, settings), clock=services.clock)


@pytest.fixture
def cheap_services(services, desk):
    return replace(services, passwords=desk.passwords)


@pytest.fixture
def runner(cheap_services) -> FlaskCliRunner:
    return runner_over(cheap_services)


def test_an_added_operator_signs_in_with_the_password_shown_once(runner, desk):
    added = runner.invoke(args=ADD)

    account, password = added.stdout.split()[1], added.stdout.split()[3]
    signed_in = desk.try_password(account, password)
    assert (added.exit_code, account) == (0, "rugao.wang")
    assert [binding.centre_path for binding in desk.actor(signed_in).bindings] == ["320600/320682/"]


def test_a_disabled_operator_is_out_at_once_and_cannot_come_back(runner, desk):
    password = runner.invoke(args=ADD).stdout.split()[3]
    signed_in = desk.try_password("rugao.wang", password)

    disabled = runner.invoke(args=["people", "disable", "rugao.wang"])

    assert disabled.exit_code == 0
    assert desk.actor(signed_in) is None
    assert isinstance(desk.try_password("rugao.wang", password), SignInRefused)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([*ADD[:-1], "999999"], "centre-unknown"),
        ([*ADD[:3], "Wang Xiaoming", *ADD[4:]], "login-name-invalid"),
        (["people", "disable", "nobody"], "person-unknown"),
        ([*ADD[:7], "reporter", *ADD[8:]], "Invalid value for '--role'"),
    ],
)
def test_a_refused_command_says_why_and_changes_nothing(runner, desk, args, told):
    refused = runner.invoke(args=args)

    assert refused.exit_code != 0
    assert told in refused.stderr
    assert desk.rows("SELECT * FROM person") == []


def test_an_account_is_not_added_twice(runner, desk):
    runner.invoke(args=ADD)

    refused = runner.invoke(args=ADD)

    assert (refused.exit_code, "login-name-taken" in refused.stderr) == (1, True)


def test_the_list_of_operators_masks_their_names_and_tells_who_is_disabled(runner):
    runner.invoke(args=ADD)
    runner.invoke(args=[*ADD[:3], "aaa.second", *ADD[4:]])
    runner.invoke(args=["people", "disable", "rugao.wang"])

    listed = runner.invoke(args=["people", "list"])

    assert listed.stdout == "aaa.second\t王*\t启用\nrugao.wang\t王*\t停用\n"


def test_demo_accounts_are_written_once_to_a_file_of_the_owner_alone(runner, desk, tmp_path):
    target = tmp_path / "demo" / "accounts"

    first = runner.invoke(args=["people", "demo", "--to", str(target)])
    written = target.read_text()
    second = runner.invoke(args=["people", "demo", "--to", str(target)])

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert target.read_text() == written
    assert target.stat().st_mode & 0o777 == 0o600
    lines = [line.split("\t") for line in written.splitlines()]
    assert len(lines) == len(DEMO_STAFF)
    desk.apps = {login: App(secret) for login, *_, secret in lines}
    assert all(isinstance(desk.try_password(login, password), SignedIn) for login, password, *_ in lines)
    assert not [line for line in lines if line[1] in first.output or line[4] in first.output]


def test_production_makes_no_demo_accounts(cheap_services, desk):
    in_production = replace(
        cheap_services, settings=replace(cheap_services.settings, environment=Environment.PRODUCTION)
    )

    refused = runner_over(in_production).invoke(args=["people", "demo"])

    assert refused.exit_code == 1
    assert desk.rows("SELECT * FROM person") == []


def test_the_last_message_of_a_phone_is_shown_however_the_phone_is_typed(runner, settings):
    SmsMailbox(settings.sms_mailbox).send("+8613700000001", "您的登录验证码是 135790")

    shown = runner.invoke(args=["sms", "last", "137 0000 0001"])

    assert (shown.exit_code, shown.stdout) == (0, "您的登录验证码是 135790\n")


@pytest.mark.parametrize("phone", ["13700000002", "12345"])
def test_a_phone_without_messages_or_that_is_none_is_told_apart_from_a_message(runner, phone):
    shown = runner.invoke(args=["sms", "last", phone])

    assert (shown.exit_code, shown.stdout) == (1, "")


def test_without_a_mailbox_there_is_no_message(services):
    without = replace(services, settings=replace(services.settings, sms_mailbox=None))

    shown = runner_over(without).invoke(args=["sms", "last", "13700000001"])

    assert (shown.exit_code, shown.stdout) == (1, "")
