"""Tests of loading the city into a real database. Each works as the owner in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from backend.infrastructure.database import Database
from backend.organization.errors import CityNotLoaded, SourceRefused
from backend.organization.queries.city import city_snapshot, stored_rows
from backend.organization.rules.categories import Category, RequestType, Unit
from backend.organization.rules.danger import DangerWord
from backend.organization.rules.places import Boundary, Centre, Division, GridCell
from backend.organization.rules.working_days import WorkdayOverride
from backend.organization.use_cases.load_city import load_city
from tests.city_loads import NOW, TODAY, changes_of, edited, load, stored, without_line
from tests.real_city import ROWS, SOURCE

TABLES = (
    "grid_cell", "danger_word", "boundary", "centre", "division", "unit", "category", "request_type",
    "workday_override", "city_version",
)  # fmt: skip
KINDS = (Division, Centre, Boundary, Unit, Category, RequestType, WorkdayOverride, GridCell, DangerWord)


@pytest.fixture
def session(owner_database: Database) -> Iterator[Session]:
    """The template's city, as the owner; whatever a test does to it is undone."""
    with Session(owner_database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def bare_session(session: Session) -> Session:
    """The same without any city."""
    for table in TABLES:
        session.execute(text(f"DELETE FROM {table}"))
    return session


def everything(session: Session) -> dict[type, list[object]]:
    return {kind: sorted(stored_rows(session, kind), key=repr) for kind in KINDS}


def test_the_first_load_stores_exactly_what_the_files_say(bare_session):
    report = load(bare_session)

    assert sum(kind.added for kind in report.kinds) == report.changes
    assert everything(bare_session) == {
        Division: sorted(ROWS.divisions, key=repr),
        Centre: sorted(ROWS.centres, key=repr),
        Boundary: sorted(ROWS.boundaries, key=repr),
        Unit: sorted(ROWS.units, key=repr),
        Category: sorted(ROWS.categories, key=repr),
        RequestType: sorted(ROWS.request_types, key=repr),
        WorkdayOverride: sorted(ROWS.workdays, key=repr),
        GridCell: sorted(ROWS.grid_cells, key=repr),
        DangerWord: sorted(ROWS.danger_words, key=repr),
    }
    assert city_snapshot(bare_session).version == report.version


def test_the_template_of_all_tests_holds_the_city_and_a_second_load_changes_nothing(session):
    before, version = everything(session), city_snapshot(session).version

    report = load(session)

    assert (report.changes, report.version) == (0, None)
    assert everything(session) == before
    assert city_snapshot(session).version == version


def test_a_dry_run_reports_what_a_load_would_do_and_writes_nothing(bare_session):
    would = load(bare_session, is_dry_run=True)

    assert not any(everything(bare_session).values())
    assert would.version is None
    assert changes_of(would) == changes_of(load(bare_session))


def test_a_dry_run_writes_no_version_where_a_city_is_loaded(session):
    version = city_snapshot(session).version

    report = load(session, edited("units", "城市管理局", "城市管理和综合执法局"), is_dry_run=True)

    assert changes_of(report) == {"承办单位": (0, 1, 0)}
    assert city_snapshot(session).version == version


def test_a_changed_row_is_changed_alone_and_gives_the_city_another_version(session):
    version = city_snapshot(session).version

    report = load(session, edited("units", "CGJ,城市管理局", "CGJ,城市管理和综合执法局"))

    assert changes_of(report) == {"承办单位": (0, 1, 0)}
    assert stored(session, Unit, code="CGJ").name == "城市管理和综合执法局"
    assert report.version is not None
    assert city_snapshot(session).version == report.version != version


def test_a_town_that_the_file_no_longer_holds_is_retired_with_its_centre_and_kept_for_history(session):
    source = edited("divisions", "320682103,", "320682199,")

    report = load(session, source)

    villages_moved = report.kinds[0].changed
    assert villages_moved > 0
    changes = changes_of(report)
    added, _redrawn, retired = changes.pop("网格")
    assert (added, retired) == (0, 0)  # the samples are cut anew: its villages come last among the county's
    assert changes == {"区划": (1, villages_moved, 1), "指挥中心": (1, 0, 1)}
    old = stored(session, Division, code="320682103")
    assert (old.valid_to, old.is_pickable) == (TODAY, False)
    assert stored(session, Centre, code="320682103").valid_to == TODAY
    assert load(session, source).changes == 0


def test_a_town_that_comes_back_is_in_force_again(session):
    load(session, edited("divisions", "320682103,", "320682199,"))

    load(session)

    town = stored(session, Division, code="320682103")
    assert (town.valid_to, town.is_pickable) == (None, True)
    assert stored(session, Centre, code="320682103").valid_to is None


def test_the_day_on_which_a_row_ends_is_shanghais(session):
    late_evening_in_utc = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)

    load(session, without_line("request_types", "QT,"), now=late_evening_in_utc)

    assert stored(session, RequestType, code="QT").valid_to == date(2026, 11, 25)


def test_a_new_version_of_a_tree_begins_the_day_the_old_one_ends(session):
    source = edited("category_trees", "12345,2024,2021-01-01", "12345,2027,2027-01-01")

    report = load(session, source)

    leaves = report.kinds[4].added
    assert changes_of(report) == {"事项类别": (leaves, 0, leaves)}
    city = city_snapshot(session)
    assert city.category("12345", "H030404", date(2026, 12, 31)).version == "2024"
    assert city.category("12345", "H030404", date(2027, 1, 1)).version == "2027"


def test_a_bad_row_is_refused_with_file_and_line_before_anything_is_written(bare_session):
    source = edited("workdays", "2026-10-01,0", "2026-10-01,maybe")

    with pytest.raises(SourceRefused, match=r"workday_overrides_cn\.csv:\d+: "):
        load(bare_session, source)

    assert not any(everything(bare_session).values())
    with pytest.raises(CityNotLoaded):
        city_snapshot(bare_session)


def test_a_day_that_is_no_longer_an_exception_is_removed(session):
    report = load(session, without_line("workdays", "2023-01-02,"))

    assert changes_of(report) == {"工作日历": (0, 0, 1)}


def test_the_load_tells_its_progress_kind_by_kind(session):
    lines = []

    load_city(session, source=SOURCE, now=NOW, progress=lines.append)

    assert lines[0].startswith("读取")
    assert [line.split("：")[0] for line in lines[1:]] == [
        "区划",
        "指挥中心",
        "边界",
        "承办单位",
        "事项类别",
        "诉求类型",
        "工作日历",
        "网格",
        "危险词",
    ]


def test_two_loads_at_once_wait_for_each_other_and_readers_do_not(session, owner_database, database):
    load(session)

    with owner_database.transaction() as other:
        other.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            load(other)
        other.rollback()
    with database.transaction() as reader:
        assert city_snapshot(reader).root.code == "320600"


@pytest.mark.parametrize("table", TABLES)
def test_the_serving_role_reads_the_city_and_cannot_change_it(database, table):
    with database.transaction() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) > 0

    with pytest.raises(ProgrammingError, match="permission denied"), database.transaction() as session:
        session.execute(text(f"DELETE FROM {table}"))


def test_a_city_is_read_once_a_version(session):
    first = city_snapshot(session)

    assert city_snapshot(session) is first

    load(session, edited("units", "CGJ,城市管理局", "CGJ,城市管理和综合执法局"))
    assert city_snapshot(session).units_by_code["CGJ"].name == "城市管理和综合执法局"
