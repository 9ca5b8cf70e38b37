"""Days that are not what their weekday says, from their file."""

from __future__ import annotations

from datetime import date

from backend.kernel.calendar import DayStatus
from backend.organization.errors import SourceRefused
from backend.organization.rules.places import DataOrigin
from backend.organization.rules.sources.lines import SourceFile, lines_of
from backend.organization.rules.working_days import WorkdayOverride


def read_workdays(file: SourceFile, origin: DataOrigin = DataOrigin.PROJECT) -> tuple[WorkdayOverride, ...]:
    """Return the days of a file. Raises SourceRefused, also when a day stands twice or there is none."""
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
            origin=origin,
        )
    if not days:
        raise SourceRefused.at(file.name, 1, "没有任何日期")
    return tuple(days.values())
