"""The rows of the working calendar, and which of them win when two sources speak of one year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.kernel.calendar import DayOverride, DayStatus, WorkingCalendar
from backend.organization.rules.places import DataOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkdayOverride:
    """A holiday or a make-up working day, with its name and where it was read."""

    day: date
    is_workday: bool
    name: str
    status: DayStatus
    source: str
    origin: DataOrigin


def calendar_of(rows: Iterable[WorkdayOverride]) -> WorkingCalendar:
    """Return the working calendar that the rows make."""
    return WorkingCalendar.from_overrides(
        DayOverride(day=row.day, is_workday=row.is_workday, status=row.status) for row in rows
    )


def official_years(rows: Iterable[WorkdayOverride]) -> frozenset[int]:
    """Return the years whose notice is out."""
    return calendar_of(rows).official_years


def after_load(
    stored: Mapping[date, WorkdayOverride], incoming: Sequence[WorkdayOverride]
) -> tuple[list[WorkdayOverride], frozenset[int]]:
    """Return the rows that should be there after the project's copy is loaded, and the years it left alone.

    A year that an operator imported is the operator's: the copy is older than the notice.
    """
    kept_years = frozenset(day.year for day, row in stored.items() if row.origin is DataOrigin.OPERATOR)
    kept = [row for day, row in stored.items() if day.year in kept_years]
    return kept + [row for row in incoming if row.day.year not in kept_years], kept_years


def after_import(stored: Mapping[date, WorkdayOverride], incoming: Sequence[WorkdayOverride]) -> list[WorkdayOverride]:
    """Return the rows that should be there after an operator's file.

    A year whose 1 January is in the file is replaced as a whole, because every notice names that day; of other years
    (a notice may move days of the December before) only the days of the file change.
    """
    replaced = {row.day.year for row in incoming if (row.day.month, row.day.day) == (1, 1)}
    kept = {day: row for day, row in stored.items() if day.year not in replaced}
    return list((kept | {row.day: row for row in incoming}).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """What an import makes of the calendar: days by what happens to them, and years by how sure they are."""

    added: tuple[WorkdayOverride, ...]
    changed: tuple[tuple[WorkdayOverride, WorkdayOverride], ...]
    removed: tuple[WorkdayOverride, ...]
    became_official: frozenset[int]
    no_longer_official: frozenset[int]

    @property
    def is_nothing(self) -> bool:
        """Tell whether the calendar stays as it is."""
        return not (self.added or self.changed or self.removed)


def change_between(stored: Iterable[WorkdayOverride], wanted: Iterable[WorkdayOverride]) -> CalendarChange:
    """Return what has to change, days in their order."""
    before, after = ({row.day: row for row in sorted(rows, key=lambda one: one.day)} for rows in (stored, wanted))
    official_before, official_after = official_years(before.values()), official_years(after.values())
    return CalendarChange(
        added=tuple(row for day, row in after.items() if day not in before),
        changed=tuple((before[day], row) for day, row in after.items() if day in before and before[day] != row),
        removed=tuple(row for day, row in before.items() if day not in after),
        became_official=official_after - official_before,
        no_longer_official=official_before - official_after,
    )
