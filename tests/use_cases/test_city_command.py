"""Tests of `flask city load`, on the worker's database."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from backend.infrastructure.database import Database
from backend.infrastructure.settings import Settings
from backend.organization.queries.city import city_snapshot
from mobile_api.cli.city import city
from mobile_api.cli.spoken import spoken
from mobile_api.composition import open_services
from mobile_api.services import install


def runner(settings: Settings) -> FlaskCliRunner:
    app = Flask("commands")
    install(app.extensions, open_services(settings))
    return app.test_cli_runner()


@pytest.fixture
def version(database: Database):
    """Reads the version of the city that is stored now."""

    def read():
        with database.transaction() as session:
            return city_snapshot(session).version

    return read


def test_a_loaded_city_is_loaded_again_without_any_change(settings, version):
    before = version()

    result = runner(settings).invoke(spoken(city), ["load"])

    assert result.exit_code == 0, result.output
    assert "区划：新增 0，变更 0，停用 0，未变" in result.output
    assert result.output.endswith("城市数据没有变化。\n")
    assert version() == before


def test_a_dry_run_with_an_operators_boundaries_says_what_would_change_and_changes_nothing(settings, version, tmp_path):
    before = version()
    file = tmp_path / "surveyed.geojson"
    file.write_text(
        '{"type": "FeatureCollection", "features": [{"properties": {"code": "320682"}, "geometry": '
        '{"type": "Polygon", "coordinates": [[[120.0, 32.0], [121.0, 32.0], [121.0, 33.0], [120.0, 32.0]]]}}]}'
    )

    result = runner(settings).invoke(spoken(city), ["load", "--dry-run", "--boundaries", str(file)])

    assert result.exit_code == 0, result.output
    assert "边界：新增 0，变更 1，停用 6，未变 0" in result.output
    assert result.output.endswith("行，没有写入。\n")
    assert version() == before


def test_a_bad_file_fails_the_command_with_file_and_line_and_keeps_the_city(settings, version, tmp_path):
    before = version()
    file = tmp_path / "surveyed.geojson"
    file.write_text('{"type": "FeatureCollection",\n"features": [\n}')

    result = runner(settings).invoke(spoken(city), ["load", "--boundaries", str(file)])

    assert result.exit_code == 1
    assert "surveyed.geojson:3: 不是合格的 JSON" in result.output
    assert "(city-source-refused)" in result.output
    assert version() == before


def test_a_load_without_the_owners_url_says_what_is_missing(settings):
    result = runner(replace(settings, database_owner_url=None)).invoke(spoken(city), ["load"])

    assert result.exit_code == 1
    assert "DATABASE_OWNER_URL" in result.output
