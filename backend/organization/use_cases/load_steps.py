"""What a load of the city compares, kind by kind, in the order of their references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from backend.organization.errors import SourceRefused
from backend.organization.queries.city import stored_rows
from backend.organization.rules.categories import Category, RequestType, Unit
from backend.organization.rules.city import CityRows
from backend.organization.rules.danger import DangerWord
from backend.organization.rules.differences import Difference, difference
from backend.organization.rules.places import (
    Boundary,
    Centre,
    DataOrigin,
    Division,
    GridCell,
    boundaries_after_load,
    grid_after_load,
)
from backend.organization.rules.sources.grid import sample_cells
from backend.organization.rules.working_days import WorkdayOverride, after_load
from backend.organization.use_cases.load_report import KindReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
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


def steps_of(session: Session, wanted: CityRows, today: date) -> Iterator[Step]:
    """Yield the kinds: what is referred to comes first. Raises SourceRefused for a grid that does not hold yet."""

    def ended(row: Any) -> Any:  # noqa: ANN401 - as in Step
        return replace(row, valid_to=today)

    starts = {category.tree: category.valid_from for category in wanted.categories}

    def category_ended(row: Category) -> Category:
        # The old version holds until the new one of its tree does.
        return replace(row, valid_to=max(today, row.valid_from, starts.get(row.tree, today)))

    def once_held(row: Any) -> Any:  # noqa: ANN401 - as in Step
        # A row that had not begun to hold never did.
        return replace(row, valid_to=max(today, row.valid_from))

    yield _step(session, "区划", Division, wanted.divisions, retired=lambda row: replace(ended(row), is_pickable=False))
    yield _step(session, "指挥中心", Centre, wanted.centres, retired=ended)
    boundaries, note = boundaries_after_load(stored_rows(session, Boundary), tuple(wanted.boundaries))
    yield replace(_step(session, "边界", Boundary, boundaries, key="division_id"), note=note)
    yield _step(session, "承办单位", Unit, wanted.units, retired=ended)
    yield _step(session, "事项类别", Category, wanted.categories, retired=category_ended)
    yield _step(session, "诉求类型", RequestType, wanted.request_types, key="code", retired=ended)
    yield _calendar_step(session, wanted)
    cells, note = _grid(session, wanted, boundaries, today)
    yield replace(_step(session, "网格", GridCell, cells, retired=once_held), note=note)
    yield _step(session, "危险词", DangerWord, wanted.danger_words, retired=once_held)


def _step(
    session: Session,
    name: str,
    value: type,
    rows: Any,  # noqa: ANN401 - as in Step
    *,
    key: str = "id",
    retired: Callable[[Any], Any] | None = None,
) -> Step:
    return Step(name=name, rows=difference(stored_rows(session, value), rows, key=attrgetter(key)), retired=retired)


def _calendar_step(session: Session, wanted: CityRows) -> Step:
    stored_days = {row.day: row for row in stored_rows(session, WorkdayOverride)}
    workdays, kept_years = after_load(stored_days, tuple(wanted.workdays))
    note = f"{'、'.join(map(str, sorted(kept_years)))} 年由运维人员提供，保留" if kept_years else None
    return replace(_step(session, "工作日历", WorkdayOverride, workdays, key="day"), note=note)


def _grid(
    session: Session, wanted: CityRows, boundaries: Sequence[Boundary], today: date
) -> tuple[Sequence[GridCell], str | None]:
    """Return the cells that should be there. Samples are cut from the polygons that hold, whoever supplied those."""
    incoming = tuple(wanted.grid_cells)
    for cell in incoming:
        if cell.valid_from > today:
            raise SourceRefused(f"网格 {cell.code} 自 {cell.valid_from} 起有效：请到那一天再加载。")
    is_sample = all(cell.origin is DataOrigin.PROJECT for cell in incoming)
    if is_sample and {row.origin for row in boundaries} != {row.origin for row in wanted.boundaries}:
        incoming = sample_cells(tuple(wanted.divisions), boundaries)
    return grid_after_load(stored_rows(session, GridCell), incoming)
