"""Tests of the working calendar: which days are worked, and the arithmetic of opening hours."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.calendar import DayOverride, DayStatus, OpeningHours, WorkingCalendar
from backend.organization.rules.places import DataOrigin
from backend.organization.rules.working_days import WorkdayOverride, after_import, after_load
from tests.city_calendar import CALENDAR, shanghai

MINUTE = timedelta(minutes=1)
instants = st.datetimes(min_value=datetime(2023, 1, 1), max_value=datetime(2026, 12, 1)).map(  # noqa: DTZ001 - made aware next
    lambda naive: shanghai(naive.replace(second=0, microsecond=0).isoformat(sep=" "))
)
spans = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=20))


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 11, 24), True),  # a Tuesday
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 10, 1), False),  # National Day, a Thursday
        (date(2026, 10, 10), True),  # a Saturday that makes up for the holiday
        (date(2026, 2, 17), False),  # Spring Festival
    ],
)
def test_an_official_row_beats_the_weekday(day, is_worked):
    assert CALENDAR.is_workday(day) is is_worked


def test_a_year_is_official_when_it_has_rows_and_all_of_them_are():
    assert CALENDAR.official_years == {2023, 2024, 2025, 2026}


def test_a_year_with_one_estimated_row_is_not_official():
    rows = [
        DayOverride(day=date(2028, 1, 1), is_workday=False, status=DayStatus.OFFICIAL),
        DayOverride(day=date(2028, 10, 1), is_workday=False, status=DayStatus.ESTIMATE),
    ]

    assert WorkingCalendar.from_overrides(rows).official_years == frozenset()


def test_opening_hours_may_be_others_than_the_default():
    seven_to_noon = WorkingCalendar.from_overrides([], OpeningHours(spans=((time(7), time(12)),)))

    assert seven_to_noon.working_between(shanghai("2026-11-24 00:00"), shanghai("2026-11-25 00:00")) == timedelta(
        hours=5
    )


def minutes_open(start: datetime, end: datetime) -> int:
    """Count, minute by minute and knowing nothing of the code, the open ones of a span of whole minutes."""
    count = 0
    while start < end:
        local = start + timedelta(hours=8)
        clock = local.hour * 60 + local.minute
        is_open = 8 * 60 + 30 <= clock < 12 * 60 or 14 * 60 <= clock < 17 * 60 + 30
        count += is_open and CALENDAR.is_workday(local.date())
        start += MINUTE
    return count


@given(instants, st.integers(0, 4 * 24 * 60))
def test_opening_time_is_what_counting_minutes_finds(start, length):
    end = start + length * MINUTE

    assert CALENDAR.working_between(start, end) == minutes_open(start, end) * MINUTE


@given(instants, spans)
def test_adding_opening_time_passes_exactly_that_much_of_it(start, duration):
    assert CALENDAR.working_between(start, CALENDAR.add_working(start, duration)) == duration


@given(instants, spans, spans)
def test_adding_twice_is_adding_the_sum(start, first, second):
    at_once = CALENDAR.add_working(start, first + second)

    assert CALENDAR.add_working(CALENDAR.add_working(start, first), second) == at_once


@given(instants, spans, spans)
def test_opening_time_of_two_spans_in_a_row_adds_up(start, first, second):
    middle, end = start + first, start + first + second

    total = CALENDAR.working_between(start, middle) + CALENDAR.working_between(middle, end)

    assert total == CALENDAR.working_between(start, end)


def test_no_opening_time_lies_between_an_instant_and_an_earlier_one():
    assert CALENDAR.working_between(shanghai("2026-11-25 09:00"), shanghai("2026-11-24 09:00")) == timedelta()


def row(day: date, *, origin: DataOrigin, is_workday: bool = False) -> WorkdayOverride:
    return WorkdayOverride(
        day=day, is_workday=is_workday, name="测试", status=DayStatus.OFFICIAL, source="test", origin=origin
    )


def test_a_year_that_an_operator_imported_is_not_overwritten_by_the_projects_copy():
    imported = row(date(2027, 1, 1), origin=DataOrigin.OPERATOR)
    copies = [row(date(2026, 1, 1), origin=DataOrigin.PROJECT), row(date(2027, 1, 4), origin=DataOrigin.PROJECT)]

    rows, kept_years = after_load({imported.day: imported}, copies)

    assert set(rows) == {imported, copies[0]}
    assert kept_years == {2027}


def test_a_notice_replaces_the_whole_year_whose_first_of_january_it_names():
    old = [row(date(2027, 1, 1), origin=DataOrigin.PROJECT), row(date(2027, 5, 1), origin=DataOrigin.PROJECT)]
    notice = [row(date(2027, 1, 1), origin=DataOrigin.OPERATOR), row(date(2027, 5, 3), origin=DataOrigin.OPERATOR)]

    assert set(after_import({one.day: one for one in old}, notice)) == set(notice)


def test_a_notice_changes_only_the_days_it_names_of_the_december_before():
    old = row(date(2026, 10, 1), origin=DataOrigin.PROJECT)
    notice = row(date(2026, 12, 31), origin=DataOrigin.OPERATOR, is_workday=True)

    assert set(after_import({old.day: old}, [notice])) == {old, notice}
