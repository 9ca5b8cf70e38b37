"""Days that are not what their weekday says, from their file."""

from __future__ import annotations

from datetime import date

from backend.kernel.calendar import DayStatus
from backend.organization.rules.places import DataOrigin
from backend.organization.rules.sources.lines import SourceFile, lines_of
from backend.organization.rules.working_days import WorkdayOverride


def read_workdays(file: SourceFile) -> tuple[WorkdayOverride, ...]:
    """Return the rows of the project's calendar. Raises SourceRefused, also when a day stands twice."""
    days: dict[date, WorkdayOverride] = {}
    for line in lines_of(file, ("date", "is_workday", "name", "status", "source")):
        day = line.day("date")
        if day in days:
            raise line.refused(f"日期 {day} 重复")
        days[day] = WorkdayOverride(
            day=day,
            is_workday=line.flag("is_workday"),
            name=line.text("name"),
            status=line.one_of("status", DayStatus),
            source=line.text("source"),
            origin=DataOrigin.PROJECT,
        )
    return tuple(days.values())
