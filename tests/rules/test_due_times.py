"""Tests of due times: 300 cases of an independent oracle, and what pauses do (workflow.md 1.5)."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.due import MAX_LIMIT, Due, Limit, LimitUnit, due_at, remaining, resumed
from tests.city_calendar import CALENDAR, in_shanghai, shanghai

_FILE = Path(__file__).parent / "data" / "due_times_golden.csv"
GOLDEN = list(csv.DictReader(_FILE.read_text(encoding="utf-8").splitlines()))
DAY = timedelta(days=1)
WORKING_DAY = timedelta(hours=7)

units = st.sampled_from(LimitUnit)
instants = st.datetimes(min_value=datetime(2023, 1, 1), max_value=datetime(2026, 12, 31)).map(  # noqa: DTZ001 - made aware next
    lambda naive: shanghai(naive.isoformat(sep=" "))
)
limits = st.builds(Limit, value=st.integers(1, 60), unit=units)


def due(start: str, value: int, unit: LimitUnit) -> Due:
    return due_at(CALENDAR, shanghai(start), Limit(value=value, unit=unit))


def test_there_are_300_golden_cases_of_all_four_units():
    assert len(GOLDEN) == 300
    assert {row["unit"] for row in GOLDEN} == set(LimitUnit)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"{row['start_shanghai']} +{row['n']} {row['unit']}")
def test_a_due_time_is_that_of_the_oracle(row):
    found = due(row["start_shanghai"], int(row["n"]), LimitUnit(row["unit"]))

    assert in_shanghai(found.at) == row["due_shanghai"]
    assert found.provisional == (row["provisional"] == "1")


@pytest.mark.parametrize(
    ("start", "value", "unit", "expected"),
    [
        ("2026-11-24 08:30", 1, LimitUnit.WORKING_DAYS, "2026-11-25 17:30"),  # the day of the start does not count
        ("2026-11-22 09:00", 1, LimitUnit.WORKING_DAYS, "2026-11-23 17:30"),  # nor does it on a Sunday
        ("2026-11-24 11:00", 1, LimitUnit.WORKING_HOURS, "2026-11-24 12:00"),  # at the close, not at the next opening
        ("2026-11-24 11:30", 1, LimitUnit.WORKING_HOURS, "2026-11-24 14:30"),
        ("2026-11-24 16:30", 1, LimitUnit.WORKING_HOURS, "2026-11-24 17:30"),
        ("2026-11-27 17:30", 1, LimitUnit.WORKING_HOURS, "2026-11-30 09:30"),
        ("2026-11-24 23:59", 1, LimitUnit.NATURAL_DAYS, "2026-11-26 00:00"),
        ("2026-09-30 12:00", 3, LimitUnit.NATURAL_DAYS, "2026-10-04 00:00"),  # it does not roll over a holiday
        ("2026-11-24 23:30", 2, LimitUnit.NATURAL_HOURS, "2026-11-25 01:30"),
    ],
)
def test_a_sentence_of_the_workflow_holds(start, value, unit, expected):
    assert in_shanghai(due(start, value, unit).at) == expected


def test_a_due_that_counts_a_day_of_an_estimated_year_is_provisional_and_others_are_not():
    assert due("2026-12-30 10:00", 5, LimitUnit.WORKING_DAYS).provisional
    assert not due("2026-12-20 10:00", 5, LimitUnit.WORKING_DAYS).provisional
    assert not due("2026-12-30 10:00", 5, LimitUnit.NATURAL_DAYS).provisional


def test_a_year_without_rows_does_not_matter_when_nothing_of_its_last_day_is_counted():
    assert not due("2022-12-31 17:30", 1, LimitUnit.WORKING_HOURS).provisional
    assert due("2022-12-31 17:29", 1, LimitUnit.WORKING_HOURS).provisional


@pytest.mark.parametrize("value", [0, -1, MAX_LIMIT + 1])
def test_a_limit_out_of_range_is_no_limit(value):
    with pytest.raises(ValueError, match="a limit is"):
        Limit(value=value, unit=LimitUnit.WORKING_DAYS)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        due_at(CALENDAR, datetime(2026, 11, 24, 8, 0), Limit(value=1, unit=LimitUnit.WORKING_DAYS))  # noqa: DTZ001 - the point


@given(instants, st.integers(1, 60), units)
def test_one_unit_more_is_never_due_earlier(start, value, unit):
    shorter = due_at(CALENDAR, start, Limit(value=value, unit=unit))
    longer = due_at(CALENDAR, start, Limit(value=value + 1, unit=unit))

    assert start < shorter.at < longer.at


@given(instants, st.timedeltas(min_value=timedelta(), max_value=timedelta(days=30)), limits)
def test_whoever_starts_later_is_never_due_earlier(start, later, limit):
    assert due_at(CALENDAR, start, limit).at <= due_at(CALENDAR, start + later, limit).at


@given(instants, limits.filter(lambda limit: limit.unit.is_working))
def test_a_working_limit_ends_in_opening_hours_the_close_counted_in(start, limit):
    day, time_of_day = in_shanghai(due_at(CALENDAR, start, limit).at - timedelta(microseconds=1)).split(" ")

    assert CALENDAR.is_workday(datetime.fromisoformat(day).date())
    assert "08:30" <= time_of_day < "12:00" or "14:00" <= time_of_day < "17:30"


def test_a_pause_of_two_working_hours_gives_exactly_two_working_hours_to_a_limit_in_hours():
    before = due("2026-11-24 09:00", 4, LimitUnit.WORKING_HOURS)

    after = resumed(
        CALENDAR,
        before,
        LimitUnit.WORKING_HOURS,
        paused_at=shanghai("2026-11-24 10:00"),
        resumed_at=shanghai("2026-11-24 15:00"),
    )

    assert in_shanghai(before.at) == "2026-11-24 15:00"
    assert in_shanghai(after.at) == "2026-11-25 09:00"
    assert after.exact_at == after.at


def test_a_pause_of_a_day_limit_is_shown_at_the_close_and_kept_exactly():
    before = due("2026-11-24 09:00", 2, LimitUnit.WORKING_DAYS)

    after = resumed(
        CALENDAR,
        before,
        LimitUnit.WORKING_DAYS,
        paused_at=shanghai("2026-11-25 09:00"),
        resumed_at=shanghai("2026-11-25 10:00"),
    )

    assert in_shanghai(after.exact_at) == "2026-11-27 09:30"
    assert in_shanghai(after.at) == "2026-11-27 17:30"


def test_a_pause_outside_opening_hours_gives_nothing():
    before = due("2026-11-24 09:00", 2, LimitUnit.WORKING_DAYS)

    after = resumed(
        CALENDAR,
        before,
        LimitUnit.WORKING_DAYS,
        paused_at=shanghai("2026-11-24 18:00"),
        resumed_at=shanghai("2026-11-25 08:00"),
    )

    assert after == before


def test_a_pause_between_the_exact_and_the_shown_due_still_counts():
    once = resumed(
        CALENDAR,
        due("2026-11-24 09:00", 2, LimitUnit.WORKING_DAYS),
        LimitUnit.WORKING_DAYS,
        paused_at=shanghai("2026-11-25 09:00"),
        resumed_at=shanghai("2026-11-25 10:00"),
    )

    twice = resumed(
        CALENDAR,
        once,
        LimitUnit.WORKING_DAYS,
        paused_at=shanghai("2026-11-27 10:00"),
        resumed_at=shanghai("2026-11-30 10:00"),
    )

    assert in_shanghai(once.exact_at) == "2026-11-27 09:30"
    assert in_shanghai(twice.at) == "2026-11-30 17:30"


def test_no_pause_heals_a_breach():
    before = due("2026-11-24 09:00", 1, LimitUnit.WORKING_HOURS)

    after = resumed(
        CALENDAR,
        before,
        LimitUnit.WORKING_HOURS,
        paused_at=before.at + timedelta(microseconds=1),
        resumed_at=before.at + DAY,
    )

    assert after == before


def test_a_pause_into_an_estimated_year_makes_the_due_provisional():
    before = due("2026-12-25 09:00", 2, LimitUnit.WORKING_DAYS)

    after = resumed(
        CALENDAR,
        before,
        LimitUnit.WORKING_DAYS,
        paused_at=shanghai("2026-12-28 09:00"),
        resumed_at=shanghai("2027-01-08 09:00"),
    )

    assert (before.provisional, after.provisional) == (False, True)


def test_a_clock_cannot_be_resumed_before_it_was_paused():
    before = due("2026-11-24 09:00", 1, LimitUnit.WORKING_DAYS)

    with pytest.raises(ValueError, match="before it was paused"):
        resumed(
            CALENDAR,
            before,
            LimitUnit.WORKING_DAYS,
            paused_at=shanghai("2026-11-24 11:00"),
            resumed_at=shanghai("2026-11-24 10:00"),
        )


def test_what_remains_is_counted_in_the_clocks_own_seconds_and_never_below_nothing():
    working, natural = (
        due("2026-11-24 09:00", 1, LimitUnit.WORKING_DAYS),
        due("2026-11-24 09:00", 1, LimitUnit.NATURAL_DAYS),
    )
    noon = shanghai("2026-11-24 12:00")

    assert remaining(CALENDAR, working, LimitUnit.WORKING_DAYS, noon) == timedelta(hours=3.5) + WORKING_DAY
    assert remaining(CALENDAR, natural, LimitUnit.NATURAL_DAYS, noon) == timedelta(hours=36)
    assert remaining(CALENDAR, working, LimitUnit.WORKING_DAYS, working.at + DAY) == timedelta()
    assert remaining(CALENDAR, natural, LimitUnit.NATURAL_DAYS, natural.at + DAY) == timedelta()


pauses = st.lists(
    st.tuples(
        st.timedeltas(min_value=timedelta(), max_value=timedelta(hours=30)),
        st.timedeltas(min_value=timedelta(), max_value=timedelta(hours=60)),
    ),
    max_size=8,
)


@given(instants, limits, pauses)
def test_all_pauses_together_gain_less_than_a_day(start, limit, spans):
    """Each span is how long the clock runs before a pause, and how long the pause lasts."""
    first = found = due_at(CALENDAR, start, limit)
    now, paused = start, timedelta()
    for runs, stands in spans:
        pause_from = now + runs
        if pause_from > found.at:
            break
        now = pause_from + stands
        paused += CALENDAR.working_between(pause_from, now) if limit.unit.is_working else stands
        found = resumed(CALENDAR, found, limit.unit, paused_at=pause_from, resumed_at=now)

    allowed = (
        CALENDAR.working_between(start, found.at) - CALENDAR.working_between(start, first.at)
        if limit.unit.is_working
        else found.at - first.at
    )
    assert timedelta() <= allowed - paused < (WORKING_DAY if limit.unit.is_working else DAY)
    assert found.exact_at <= found.at


@given(instants, limits, st.timedeltas(min_value=timedelta(), max_value=timedelta(days=5)))
def test_a_pause_of_no_length_changes_nothing(start, limit, later):
    before = due_at(CALENDAR, start, limit)

    assert resumed(CALENDAR, before, limit.unit, paused_at=start + later, resumed_at=start + later) == before
