"""The working calendar of the project's own data, for tests that count days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backend.organization.rules.sources.calendar import read_workdays
from backend.organization.rules.working_days import calendar_of
from backend.organization.use_cases.city_files import PROJECT_DATA, read_file

CALENDAR = calendar_of(read_workdays(read_file(PROJECT_DATA / "workday_overrides_cn.csv")))
_EIGHT_HOURS = timedelta(hours=8)


def shanghai(text: str) -> datetime:
    """Return the instant that Shanghai's clocks show so, such as 2026-02-13 17:30."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - _EIGHT_HOURS


def in_shanghai(instant: datetime) -> str:
    """Return what Shanghai's clocks show."""
    return (instant.astimezone(UTC) + _EIGHT_HOURS).strftime("%Y-%m-%d %H:%M")
