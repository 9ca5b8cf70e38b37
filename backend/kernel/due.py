"""When a limit runs out, and what a pause does to it: every sentence of workflow.md 1.5 that speaks of due times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from backend.kernel.calendar import WorkingCalendar, join, split

MAX_LIMIT = 10_000


class LimitUnit(StrEnum):
    """What a limit is counted in: 工作时, 工作日, 自然时, 自然日 (also written 天)."""

    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    NATURAL_HOURS = "natural_hours"
    NATURAL_DAYS = "natural_days"

    @property
    def is_working(self) -> bool:
        """Tell whether only opening hours count."""
        return self in (LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS)

    @property
    def is_days(self) -> bool:
        """Tell whether it ends with a day, not within one."""
        return self in (LimitUnit.WORKING_DAYS, LimitUnit.NATURAL_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A length of time that a rule allows, such as 5 工作日. From 1 to 10,000 units."""

    value: int
    unit: LimitUnit

    def __post_init__(self) -> None:
        if not 1 <= self.value <= MAX_LIMIT:
            raise ValueError(f"a limit is 1 to {MAX_LIMIT} units, not {self.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a clock runs out, in UTC.

    ``at`` is shown and decides a breach. ``exact_at`` is never later; it differs only after a pause, and is what the
    next pause starts from. ``provisional``: a year that was counted has no official calendar yet.
    """

    at: datetime
    provisional: bool
    exact_at: datetime


def due_at(calendar: WorkingCalendar, start: datetime, limit: Limit) -> Due:
    """Return when a limit that starts at an aware instant runs out."""
    first, since_midnight = split(start)
    match limit.unit:
        case LimitUnit.NATURAL_HOURS:
            at = start.astimezone(UTC) + timedelta(hours=limit.value)
        case LimitUnit.NATURAL_DAYS:
            at = join(first + limit.value + 1, 0)
        case LimitUnit.WORKING_DAYS:
            first += 1
            at = join(calendar.nth_workday_after(first - 1, limit.value), calendar.closes_us)
        case LimitUnit.WORKING_HOURS:
            # After the close nothing of that day is counted, so its year does not matter.
            first += since_midnight >= calendar.closes_us
            at = calendar.add_working(start, timedelta(hours=limit.value))
    provisional = limit.unit.is_working and not calendar.is_official(first, split(at)[0])
    return Due(at=at, provisional=provisional, exact_at=at)


def remaining(calendar: WorkingCalendar, due: Due, unit: LimitUnit, at: datetime) -> timedelta:
    """Return what remains of the exact due at an instant, in the clock's own seconds; nothing when it has passed."""
    if unit.is_working:
        return calendar.working_between(at, due.exact_at)
    return max(due.exact_at - at, timedelta())


def resumed(calendar: WorkingCalendar, due: Due, unit: LimitUnit, *, paused_at: datetime, resumed_at: datetime) -> Due:
    """Return the due of a clock that stood still from ``paused_at`` to ``resumed_at``.

    The exact due moves by the clock's own seconds of the pause. That is the resume plus what remained, and it also
    holds for a pause between the exact and the shown due, so that all pauses together gain less than one day.
    A clock that was past its shown due stays where it is: no pause heals a breach.
    """
    if resumed_at < paused_at:
        raise ValueError("a clock cannot be resumed before it was paused")
    if paused_at > due.at:
        return due
    if unit.is_working:
        exact_at = calendar.add_working(due.exact_at, calendar.working_between(paused_at, resumed_at))
        counted_from, counted_to = split(paused_at)[0], split(exact_at)[0]
        provisional = due.provisional or not calendar.is_official(counted_from, counted_to)
    else:
        exact_at, provisional = due.exact_at + (resumed_at - paused_at), due.provisional
    return Due(at=_shown(calendar, exact_at, unit), provisional=provisional, exact_at=exact_at)


def _shown(calendar: WorkingCalendar, exact_at: datetime, unit: LimitUnit) -> datetime:
    if not unit.is_days:
        return exact_at
    ordinal, since_midnight = split(exact_at)
    if unit is LimitUnit.WORKING_DAYS:
        return join(ordinal, calendar.closes_us)
    return join(ordinal + 1, 0) if since_midnight else exact_at.astimezone(UTC)
