"""Properties of due times: which are provisional, and what no pause may do (workflow.md 1.5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.due import Due, Limit, LimitUnit, due_at, resumed
from tests.city_calendar import CALENDAR, in_shanghai, shanghai
from tests.rules.test_due_times import DAY, instants, limits, pauses

years_end = st.datetimes(min_value=datetime(2022, 12, 20), max_value=datetime(2027, 1, 10)).map(  # noqa: DTZ001 - made aware next
    lambda naive: shanghai(naive.isoformat(sep=" "))
)
OFFICIAL = {2023, 2024, 2025, 2026}


def years_counted(start: datetime, found: Due, limit: Limit) -> set[int]:
    """Return the years of which a day was counted, walking day by day and knowing only what a limit counts."""
    local_start, local_due = start + timedelta(hours=8), found.at + timedelta(hours=8)
    day = local_start.date()
    if limit.unit is LimitUnit.WORKING_DAYS or local_start.strftime("%H:%M") >= "17:30":
        day += DAY  # of the day of the start nothing is counted
    years = set()
    while day <= local_due.date():
        years.add(day.year)
        day += DAY
    return years


@given(st.one_of(instants, years_end), limits)
def test_a_due_is_provisional_exactly_when_a_day_of_an_unofficial_year_was_counted_in_working_units(start, limit):
    found = due_at(CALENDAR, start, limit)

    expected = limit.unit.is_working and bool(years_counted(start, found, limit) - OFFICIAL)
    assert found.provisional == expected


@given(instants, limits, pauses)
def test_no_pause_makes_a_due_earlier_and_a_working_due_stays_in_opening_hours(start, limit, spans):
    found, now = due_at(CALENDAR, start, limit), start
    for runs, stands in spans:
        before, pause_from = found, now + runs
        now = pause_from + stands
        found = resumed(CALENDAR, found, limit.unit, paused_at=pause_from, resumed_at=now)

        assert before.at <= found.at
        assert before.provisional <= found.provisional
        if limit.unit.is_working:
            clock = in_shanghai(found.at - timedelta(microseconds=1))[11:]
            assert "08:30" <= clock < "12:00" or "14:00" <= clock < "17:30"
