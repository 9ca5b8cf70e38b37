"""Bring the stored city to what its files say."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from backend.kernel.clock import SHANGHAI
from backend.organization.queries.city import stored_rows
from backend.organization.rules.categories import Category, RequestType, Unit
from backend.organization.rules.city import CityRows
from backend.organization.rules.differences import Difference, difference
from backend.organization.rules.places import Boundary, Centre, Division, boundaries_after_load
from backend.organization.rules.sources.city import CitySource, rows_of
from backend.organization.rules.working_days import WorkdayOverride, after_load
from backend.organization.statements.city_rows import delete_rows, insert_rows, lock_city, update_rows, write_version
from backend.organization.use_cases.load_report import KindReport, LoadReport

log = logging.getLogger(__name__)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One kind of rows. ``retired`` ends a row that history refers to; a row of a kind without it is deleted."""

    name: str
    # Any: rows of whichever kind; a step never mixes two.
    rows: Difference[Any]
    retired: Callable[[Any], Any] | None
    note: str | None = None

    @property
    def report(self) -> KindReport:
        """Return what the step does in numbers."""
        return KindReport(
            name=self.name,
            added=len(self.rows.added),
            changed=len(self.rows.changed),
            retired=len(self.rows.unwanted),
            unchanged=self.rows.unchanged,
            note=self.note,
        )


def load_city(
    session: Session, *, source: CitySource, now: datetime, progress: Progress, is_dry_run: bool = False
) -> LoadReport:
    """Load the city; a second run changes nothing. A dry run reports the same and writes nothing.

    Needs the owner's session: the serving role may only read these tables. Rows that an operator supplied are not
    overwritten by the project's copy. Raises SourceRefused with file and line before anything is written.
    """
    progress("读取并检查城市数据文件……")
    wanted = rows_of(source)
    if not is_dry_run:
        lock_city(session)
    kinds = []
    for step in _steps(session, wanted, now.astimezone(SHANGHAI).date()):
        progress(step.report.line)
        kinds.append(step.report)
        if not is_dry_run:
            _write(session, step)
    report = LoadReport(kinds=tuple(kinds), version=None)
    if is_dry_run or not report.changes:
        return report
    return _renamed(session, report, now)


def _renamed(session: Session, report: LoadReport, now: datetime) -> LoadReport:
    version = uuid.uuid4()
    write_version(session, version=version, at=now)
    log.info("city loaded", extra={"city_version": str(version), "changes": report.changes})
    return replace(report, version=version)


def _steps(session: Session, wanted: CityRows, today: date) -> Iterator[_Step]:
    """Yield the kinds in the order of their references: what is referred to comes first."""

    def step(name: str, value: type, rows: Any, key: str, retired: Callable[[Any], Any] | None) -> _Step:  # noqa: ANN401 - as in _Step
        compared = difference(stored_rows(session, value), rows, key=attrgetter(key))
        return _Step(name=name, rows=compared, retired=retired)

    def ended(row: Any) -> Any:  # noqa: ANN401 - as in _Step
        return replace(row, valid_to=today)

    starts = {category.tree: category.valid_from for category in wanted.categories}

    def category_ended(row: Category) -> Category:
        # The old version holds until the new one of its tree does.
        return replace(row, valid_to=max(today, row.valid_from, starts.get(row.tree, today)))

    yield step("区划", Division, wanted.divisions, "id", lambda row: replace(ended(row), is_pickable=False))
    yield step("指挥中心", Centre, wanted.centres, "id", ended)
    boundaries, note = boundaries_after_load(stored_rows(session, Boundary), tuple(wanted.boundaries))
    yield replace(step("边界", Boundary, boundaries, "division_id", None), note=note)
    yield step("承办单位", Unit, wanted.units, "id", ended)
    yield step("事项类别", Category, wanted.categories, "id", category_ended)
    yield step("诉求类型", RequestType, wanted.request_types, "code", ended)
    stored_days = {row.day: row for row in stored_rows(session, WorkdayOverride)}
    workdays, kept_years = after_load(stored_days, tuple(wanted.workdays))
    note = f"{'、'.join(map(str, sorted(kept_years)))} 年由运维人员提供，保留" if kept_years else None
    yield replace(step("工作日历", WorkdayOverride, workdays, "day", None), note=note)


def _write(session: Session, step: _Step) -> None:
    insert_rows(session, step.rows.added)
    update_rows(session, step.rows.changed)
    if step.retired is None:
        delete_rows(session, step.rows.unwanted)
    else:
        update_rows(session, [step.retired(row) for row in step.rows.unwanted])
