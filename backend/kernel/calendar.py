"""The working calendar of mainland China: which days are worked and which seconds of them (workflow.md 1.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

# China has had one offset and no summer time since 1991: a fixed offset is exact here and three times as fast.
CHINA = timezone(timedelta(hours=8))
_MICROSECOND = timedelta(microseconds=1)
_SATURDAY = 5


class DayStatus(StrEnum):
    """How sure a row of the calendar is: from the State Council's notice, or our estimate before it is out."""

    OFFICIAL = "official"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOverride:
    """A day that is not what its weekday says, or is confirmed to be: a holiday or a make-up working day."""

    day: date
    is_workday: bool
    status: DayStatus


def _microseconds(moment: time) -> int:
    return ((moment.hour * 60 + moment.minute) * 60 + moment.second) * 1_000_000 + moment.microsecond


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """The spans of a working day in Shanghai time, in order, without overlap."""

    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(14), time(17, 30)))

    @property
    def microseconds(self) -> tuple[tuple[int, int], ...]:
        """Return the spans as microseconds since midnight."""
        return tuple((_microseconds(opens), _microseconds(closes)) for opens, closes in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Which days are worked, and when on them. Immutable; weekdays without an override are working days.

    A year is official when it has rows and all of them are official: ordinary weekdays never have one.
    """

    worked_by_ordinal: Mapping[int, bool]
    official_years: frozenset[int]
    hours_us: tuple[tuple[int, int], ...] = field(default=OpeningHours().microseconds)

    @classmethod
    def from_overrides(cls, overrides: Iterable[DayOverride], hours: OpeningHours | None = None) -> WorkingCalendar:
        """Return the calendar made of these rows and opening hours (08:30-12:00 and 14:00-17:30 by default)."""
        rows = tuple(overrides)
        years = {row.day.year for row in rows}
        estimated = {row.day.year for row in rows if row.status is not DayStatus.OFFICIAL}
        return cls(
            worked_by_ordinal={row.day.toordinal(): row.is_workday for row in rows},
            official_years=frozenset(years - estimated),
            hours_us=(hours or OpeningHours()).microseconds,
        )

    @property
    def closes_us(self) -> int:
        """Return when a working day ends, in microseconds since midnight."""
        return self.hours_us[-1][1]

    def is_workday(self, day: date) -> bool:
        """Tell whether the day is worked."""
        return self.is_worked(day.toordinal())

    def is_worked(self, ordinal: int) -> bool:
        """Tell the same of the day's ordinal (``date.toordinal``)."""
        worked = self.worked_by_ordinal.get(ordinal)
        return (ordinal - 1) % 7 < _SATURDAY if worked is None else worked

    def is_official(self, first_ordinal: int, last_ordinal: int) -> bool:
        """Tell whether every year that the days touch is official."""
        first_year = date.fromordinal(first_ordinal).year
        last_year = date.fromordinal(last_ordinal).year
        return all(year in self.official_years for year in range(first_year, last_year + 1))

    def nth_workday_after(self, ordinal: int, count: int) -> int:
        """Return the ordinal of the ``count``-th working day after a day; the day itself does not count."""
        while count:
            ordinal += 1
            count -= self.is_worked(ordinal)
        return ordinal

    def add_working(self, start: datetime, duration: timedelta) -> datetime:
        """Return when that much opening time has passed since ``start``: never later than need be, so at a close.

        A duration of nothing is over at once.
        """
        left = duration // _MICROSECOND
        if left <= 0:
            return start
        ordinal, since_midnight = split(start)
        while True:
            if self.is_worked(ordinal):
                for opens, closes in self.hours_us:
                    begins = max(opens, since_midnight)
                    if begins >= closes:
                        continue
                    if begins + left <= closes:
                        return join(ordinal, begins + left)
                    left -= closes - begins
            ordinal, since_midnight = ordinal + 1, 0

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the opening time from ``start`` to ``end``; nothing when ``end`` comes first."""
        first, first_us = split(start)
        last, last_us = split(end)
        total = 0
        for ordinal in range(first, last + 1):
            if self.is_worked(ordinal):
                total += self._open_on_day(
                    first_us if ordinal == first else 0, last_us if ordinal == last else self.closes_us
                )
        return timedelta(microseconds=total)

    def _open_on_day(self, from_us: int, to_us: int) -> int:
        return sum(max(0, min(closes, to_us) - max(opens, from_us)) for opens, closes in self.hours_us)


def split(instant: datetime) -> tuple[int, int]:
    """Return the Shanghai day of an aware instant as an ordinal, and the microseconds since its midnight."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone has no place on the calendar")
    local = instant.astimezone(CHINA)
    seconds = (local.hour * 60 + local.minute) * 60 + local.second
    return local.toordinal(), seconds * 1_000_000 + local.microsecond


def join(ordinal: int, since_midnight_us: int) -> datetime:
    """Return the UTC instant that lies so many microseconds after the midnight of a Shanghai day."""
    midnight = datetime.fromordinal(ordinal).replace(tzinfo=CHINA)
    return (midnight + timedelta(microseconds=since_midnight_us)).astimezone(UTC)
