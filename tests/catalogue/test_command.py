"""Tests of `flask catalogue`, over the small catalogue of the worker's database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from mobile_api.cli import catalogue as commands
from mobile_api.cli.spoken import spoken
from mobile_api.composition import open_services
from mobile_api.services import install
from service_catalog.rules.checks import CHECKS
from tests.catalogue.sample import FEED, with_fields


@pytest.fixture
def runner(settings) -> FlaskCliRunner:
    """Runs a command as an operator does."""
    app = Flask("commands")
    install(app.extensions, open_services(settings))
    return app.test_cli_runner()


def broken_feed(_sources):
    """Return the sample with one row that promises more than the law allows."""
    return replace(FEED, services=(with_fields(FEED.services[0], promise_day=9_999), *FEED.services[1:]))


def test_a_check_of_our_own_data_prints_every_rule_with_none_broken(runner):
    result = runner.invoke(spoken(commands.catalogue), ["check"])

    assert result.exit_code == 0, result.output
    assert result.output.endswith(f"共 {len(FEED.services)} 行，违反规则 0 处。\n")
    assert all(check.name in result.output and check.text in result.output for check in CHECKS)


def test_a_check_of_broken_data_names_rule_and_row_and_fails(runner, monkeypatch):
    monkeypatch.setattr(commands, "sample_feed", broken_feed)

    result = runner.invoke(spoken(commands.catalogue), ["check"])

    assert result.exit_code == 1
    assert f"promise-within-statutory-time {FEED.services[0].code}" in result.output


def test_a_dry_run_tells_what_a_load_would_do_and_writes_nothing(runner, database):
    question = text("SELECT code, xmin::text FROM service ORDER BY code")
    with database.transaction() as session:
        before = session.execute(question).all()
    stored, wanted = {code for code, _ in before}, {row.code for row in FEED.services}

    result = runner.invoke(spoken(commands.catalogue), ["load", "--dry-run"])

    assert result.exit_code == 0, result.output
    counts = f"新增 {len(wanted - stored)}，变更 0，取消 {len(stored - wanted)}，未变 {len(stored & wanted)}"
    assert f"事项：{counts}" in result.output
    assert result.output.endswith("处，没有写入。\n")
    with database.transaction() as session:
        assert session.execute(question).all() == before


def test_a_load_of_broken_data_is_refused_in_one_line_and_the_version_in_force_stays(runner, database, monkeypatch):
    monkeypatch.setattr(commands, "sample_feed", broken_feed)

    result = runner.invoke(spoken(commands.catalogue), ["load"])

    assert result.exit_code == 1
    assert "promise-within-statutory-time" in result.output
    assert "(catalogue-feed-refused)" in result.output
    with database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM catalogue_version")) == 1
