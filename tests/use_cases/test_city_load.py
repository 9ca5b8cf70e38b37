"""Tests of loading the city into a real database. Each works as the owner in a transaction that is undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from backend.infrastructure.database import Database
from backend.kernel.calendar import DayStatus
from backend.organization.errors import CityNotLoaded, SourceRefused
from backend.organization.models import WorkdayOverride as StoredWorkday
from backend.organization.queries.city import city_snapshot, stored_rows
from backend.organization.rules.categories import Category, RequestType, Unit
from backend.organization.rules.places import Boundary, Centre, DataOrigin, Division
from backend.organization.rules.sources.city import CitySource
from backend.organization.rules.sources.lines import SourceFile
from backend.organization.rules.working_days import WorkdayOverride
from backend.organization.use_cases.load_city import load_city
from backend.organization.use_cases.load_report import LoadReport
from tests.real_city import ROWS, SOURCE

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
TABLES = ("boundary", "centre", "division", "unit", "category", "request_type", "workday_override", "city_version")
KINDS = (Division, Centre, Boundary, Unit, Category, RequestType, WorkdayOverride)


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


def load(session: Session, source: CitySource = SOURCE, *, now: datetime = NOW, is_dry_run: bool = False) -> LoadReport:
    return load_city(session, source=source, now=now, progress=lambda _line: None, is_dry_run=is_dry_run)


def changes_of(report: LoadReport) -> dict[str, tuple[int, int, int]]:
    """Return what was added, changed and retired, of the kinds where something was."""
    counts = {kind.name: (kind.added, kind.changed, kind.retired) for kind in report.kinds}
    return {name: count for name, count in counts.items() if any(count)}


def without_line(name: str, beginning: str) -> CitySource:
    file = getattr(SOURCE, name)
    lines = file.text.splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(beginning)]
    assert len(kept) < len(lines)
    return replace(SOURCE, **{name: SourceFile(name=file.name, text="".join(kept))})


def edited(name: str, before: str, after: str, source: CitySource = SOURCE) -> CitySource:
    file = getattr(source, name)
    assert before in file.text
    return replace(source, **{name: SourceFile(name=file.name, text=file.text.replace(before, after))})


def everything(session: Session) -> dict[type, list[object]]:
    return {kind: sorted(stored_rows(session, kind), key=repr) for kind in KINDS}


def stored(session: Session, kind: type, **wanted: object):
    return next(
        row for row in stored_rows(session, kind) if all(getattr(row, name) == cell for name, cell in wanted.items())
    )


def operators_boundaries(tolerance_m: int = 30) -> CitySource:
    square = {"type": "Polygon", "coordinates": [[[120.0, 32.0], [121.0, 32.0], [121.0, 33.0], [120.0, 32.0]]]}
    document = {
        "type": "FeatureCollection",
        "metadata": {"tolerance_m": tolerance_m},
        "features": [{"properties": {"code": "320682"}, "geometry": square}],
    }
    file = SourceFile(name="surveyed.geojson", text=json.dumps(document))
    return replace(SOURCE, boundaries=file, boundaries_origin=DataOrigin.OPERATOR)


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
    assert changes_of(report) == {"区划": (1, villages_moved, 1), "指挥中心": (1, 0, 1)}
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


def test_an_operators_boundaries_replace_the_whole_set_and_its_tolerance(session):
    report = load(session, operators_boundaries())

    assert changes_of(report) == {"边界": (0, 1, 6)}
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
