"""`flask notifications preview`: every subscription in words, with samples that say so."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from backend.notifications.preview import everything_told, everything_untold
from backend.notifications.queries import wordings_on
from backend.notifications.subscriptions import (
    ON_FILED,
    REPORTERS_ON_MOVE,
    REPORTERS_UNTOLD,
    STAFF_ON_MOVE,
    STAFF_ON_URGE,
    STAFF_UNTOLD,
    MessageKind,
)
from mobile_api.cli.notifications import notifications
from mobile_api.cli.spoken import spoken
from mobile_api.services import Services, install
from tests.sign_in_desk import NOW, HandClock


@pytest.fixture
def runner(services: Services) -> FlaskCliRunner:
    app = Flask("commands")
    install(app.extensions, services)
    app.cli.add_command(spoken(notifications))
    return app.test_cli_runner()


def test_the_preview_shows_every_subscription_with_audience_and_words(runner: FlaskCliRunner, services: Services):
    with services.database.transaction() as session:
        told = list(everything_told(wordings_on(session, set(MessageKind), NOW.date())))

    shown = runner.invoke(args=["notifications", "preview"])

    assert shown.exit_code == 0
    # One of the sign-in notice, which no table of moves holds.
    expected = len(ON_FILED) + len(REPORTERS_ON_MOVE) + sum(map(len, STAFF_ON_MOVE.values())) + len(STAFF_ON_URGE) + 1
    assert len(told) == expected
    for one in told:
        assert all(text in shown.stdout for text in (one.cause, one.audience, one.kind, one.words.title))
        assert f"推送：{one.words.push_body}\n" in shown.stdout
        assert f"正文：{one.words.body}\n" in shown.stdout


def test_the_preview_shows_what_is_told_to_nobody_and_why(runner: FlaskCliRunner):
    shown = runner.invoke(args=["notifications", "preview"])

    untold = list(everything_untold())
    assert len(untold) == len(REPORTERS_UNTOLD) + len(STAFF_UNTOLD)
    assert all(one.reason in shown.stdout for one in untold)


def test_a_sample_says_that_it_is_one_and_looks_like_no_number(runner: FlaskCliRunner):
    shown = runner.invoke(args=["notifications", "preview"])

    assert "案件 〔示例：案件编号〕 已进入待受理队列" in shown.stdout
    assert "您的诉求 〔示例：诉求编号〕 已提交" in shown.stdout
    assert "{" not in shown.stdout


def test_the_columns_stand_below_each_other_in_a_terminal(runner: FlaskCliRunner):
    lines = runner.invoke(args=["notifications", "preview"]).stdout.splitlines()

    def place(line: str, text: str) -> int:
        before = line[: line.index(text)]
        return len(before) + sum(ord(sign) > 0x2E80 for sign in before)

    head = next(line for line in lines if line.startswith("事件"))
    rows = [line for line in lines if "case.to_accept" in line]
    assert len(rows) == 3
    assert {place(row, "case.to_accept") for row in rows} == {place(head, "消息种类")}


def test_on_a_day_without_wording_the_command_says_what_is_missing(runner: FlaskCliRunner, clock: HandClock):
    clock.instant = NOW.replace(year=2019)

    shown = runner.invoke(args=["notifications", "preview"])

    assert shown.exit_code == 1
    assert "flask rules load" in shown.stderr
    assert "task.to_verify" in shown.stderr
