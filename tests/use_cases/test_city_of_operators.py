"""Tests of what an operator supplies in place of the project's own: boundaries, a grid, a year of the calendar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from backend.infrastructure.database import Database
from backend.kernel.calendar import DayStatus
from backend.organization.errors import SourceRefused
from backend.organization.models import WorkdayOverride as StoredWorkday
from backend.organization.queries.city import city_snapshot, stored_rows
from backend.organization.rules.places import GridCell
from backend.organization.rules.sources.city import CitySource
from backend.organization.rules.sources.lines import SourceFile
from backend.organization.rules.working_days import WorkdayOverride
from tests.city_loads import TODAY, changes_of, edited, load, operators_boundaries, stored
from tests.real_city import ROWS, SOURCE

DONGCHEN_TOWN = "320682103"


@pytest.fixture
def session(owner_database: Database) -> Iterator[Session]:
    """The template's city, as the owner; whatever a test does to it is undone."""
    with Session(owner_database.engine, expire_on_commit=False) as session:
        yield session


def operators_grid(*codes: str, valid_from: str = "2026-11-01", source: CitySource = SOURCE) -> CitySource:
    """Return the files with an operator's cells of one town, drawn as one square."""
    square = {"type": "Polygon", "coordinates": [[[120.5, 32.3], [120.6, 32.3], [120.6, 32.4], [120.5, 32.3]]]}
    features = [
        {"properties": {"code": code, "name": f"东陈{code}", "division": DONGCHEN_TOWN}, "geometry": square}
        for code in codes
    ]
    document = {"type": "FeatureCollection", "metadata": {"valid_from": valid_from}, "features": features}
    return replace(source, grid=SourceFile(name="grid.geojson", text=json.dumps(document)))


def test_an_operators_boundaries_replace_the_whole_set_and_its_tolerance(session):
    report = load(session, operators_boundaries())

    drawn = sum(cell.geometry is not None for cell in ROWS.grid_cells)
    assert changes_of(report) == {"边界": (0, 1, 6), "网格": (0, drawn, 0)}  # samples are cut from what holds
    assert city_snapshot(session).map.county_codes == ("320682",)
    assert city_snapshot(session).map.tolerance_m == 30


def test_an_operators_boundaries_are_not_overwritten_by_the_projects_copy(session):
    load(session, operators_boundaries())

    report = load(session)

    assert report.changes == 0
    assert "运维人员" in report.kinds[2].note
    assert city_snapshot(session).map.tolerance_m == 30


def test_an_operators_boundaries_give_way_to_better_ones_of_an_operator(session):
    load(session, operators_boundaries(30))

    load(session, operators_boundaries(5))

    assert city_snapshot(session).map.tolerance_m == 5


def test_a_year_of_the_calendar_that_an_operator_supplied_stays(session):
    notice = {
        "is_workday": True,
        "name": "通知",
        "status": DayStatus.OFFICIAL,
        "source": "国务院",
        "origin": "operator",
    }
    session.execute(text("DELETE FROM workday_override WHERE extract(year FROM day) = 2027"))
    session.execute(insert(StoredWorkday).values(day=date(2027, 1, 3), **notice))

    report = load(session)

    assert report.changes == 0
    assert report.kinds[6].note == "2027 年由运维人员提供，保留"
    assert [row.day for row in stored_rows(session, WorkdayOverride) if row.day.year == 2027] == [date(2027, 1, 3)]


def test_an_operators_grid_ends_every_sample_and_keeps_it_for_history(session):
    report = load(session, operators_grid("A-1", "A-2"))

    assert changes_of(report) == {"网格": (2, 0, len(ROWS.grid_cells))}
    assert sorted(city_snapshot(session).cells_by_code) == ["A-1", "A-2"]
    assert stored(session, GridCell, code=ROWS.grid_cells[0].code).valid_to == TODAY


def test_the_same_grid_again_changes_nothing_and_a_plain_load_leaves_it_alone(session):
    load(session, operators_grid("A-1", "A-2"))

    again, plain = load(session, operators_grid("A-1", "A-2")), load(session)

    assert (again.changes, plain.changes) == (0, 0)
    assert plain.kinds[7].note == "由运维人员提供，保留"
    assert sorted(city_snapshot(session).cells_by_code) == ["A-1", "A-2"]


def test_a_better_grid_of_an_operator_ends_the_cells_it_no_longer_names(session):
    load(session, operators_grid("A-1", "A-2"))

    report = load(session, operators_grid("A-2", "A-3"))

    assert changes_of(report) == {"网格": (1, 0, 1)}
    assert sorted(city_snapshot(session).cells_by_code) == ["A-2", "A-3"]


def test_a_grid_that_does_not_hold_yet_is_refused(session):
    with pytest.raises(SourceRefused, match="2026-11-25"):
        load(session, operators_grid("A-1", valid_from="2026-11-25"))

    assert len(stored_rows(session, GridCell)) == len(ROWS.grid_cells)


def test_samples_are_cut_from_an_operators_boundaries_and_stay_so(session):
    load(session, operators_boundaries())
    drawn = {cell.code: cell.geometry for cell in stored_rows(session, GridCell) if cell.geometry}

    report = load(session)

    assert report.changes == 0
    assert {code[:6] for code in drawn} == {"320682"}


def test_a_danger_word_that_the_file_no_longer_names_ends(session):
    report = load(session, edited("danger_words", "\nstampede,", "\ncrush,"))

    assert changes_of(report) == {"危险词": (1, 0, 1)}
    words = {word.code: word.valid_to for word in city_snapshot(session).danger_words}
    assert (words["stampede"], words["crush"]) == (TODAY, None)
