"""Dues computed anew after the calendar changed: later in full, earlier with notice, the same whenever asked again."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cases.deadlines import Policies
from backend.cases.dues import dues_of, is_changed
from backend.cases.models import Case
from backend.cases.rules import State
from backend.kernel.calendar import DayOverride, DayStatus, WorkingCalendar
from backend.organization.rules.city import City
from tests.city_calendar import in_shanghai, shanghai
from tests.real_city import CITY, ROWS
from tests.rules.test_deadlines import LIMITS

POLICIES = Policies.of(LIMITS)
FILED = "2026-12-30 10:00"  # a Wednesday; three working days lead over New Year
ESTIMATED_DUE = "2027-01-05 17:30"


def city_with(*days: tuple[str, bool]) -> City:
    """Return the city whose official 2027 has New Year's Day off and these days (date, is worked)."""
    rows = [DayOverride(day=row.day, is_workday=row.is_workday, status=row.status) for row in ROWS.workdays]
    kept = [row for row in rows if row.day.year != 2027]
    told = {"2027-01-01": False} | dict(days)
    notice = [
        DayOverride(day=date.fromisoformat(day), is_workday=is_worked, status=DayStatus.OFFICIAL)
        for day, is_worked in told.items()
    ]
    return replace(CITY, calendar=WorkingCalendar.from_overrides(kept + notice))


def case(**changes: object) -> Case:
    """Return a request for help about a street lamp, filed before New Year and not yet accepted."""
    values = {
        "state": "submitted",
        "category_tree": "12345",
        "category_version": "2024",
        "category_code": "H030402",
        "request_type": "QZ",
        "urgency": "none",
        "division_code": "320682",
        "submitted_at": shanghai(FILED),
        "total_started_at": shanghai(FILED),
        "stage_started_at": shanghai(FILED),
        "pauses": [],
        "due_at": shanghai(ESTIMATED_DUE),
        "due_rule": "request_type:QZ",
        "due_is_provisional": True,
        "stage_due_at": shanghai("2026-12-30 10:30"),
        "next_due_at": shanghai("2026-12-30 10:30"),
    }
    return Case(**values | changes)


def dues(one: Case, city: City, now: str = "2026-12-30 16:00"):
    return dues_of(one, city=city, policies_on=lambda _day: POLICIES, now=shanghai(now))


def test_the_calendar_it_was_filed_under_gives_the_dues_it_has():
    assert not is_changed(case(), dues(case(), CITY))


def test_a_notice_that_only_confirms_takes_the_mark_away():
    found = dues(case(), city_with())

    assert (in_shanghai(found.total.at), found.total.is_provisional) == (ESTIMATED_DUE, False)
    assert is_changed(case(), found)


def test_a_day_off_more_moves_the_due_later_in_full():
    assert in_shanghai(dues(case(), city_with(("2027-01-04", False))).total.at) == "2027-01-06 17:30"


def test_a_make_up_day_moves_the_due_earlier_while_there_is_time():
    found = dues(case(), city_with(("2027-01-02", True), ("2027-01-03", True)))

    assert in_shanghai(found.total.at) == "2027-01-03 17:30"


def test_nobody_is_late_over_night_by_a_notice_that_comes_late():
    city = city_with(("2027-01-02", True), ("2027-01-03", True))

    found = dues(case(), city, now="2027-01-03 10:00")

    assert in_shanghai(found.total.at) == "2027-01-04 17:30"  # the close of the next working day


def test_a_notice_never_makes_a_due_later_that_it_should_make_earlier():
    city = city_with(("2027-01-02", True), ("2027-01-03", True))

    assert in_shanghai(dues(case(), city, now="2027-01-05 10:00").total.at) == ESTIMATED_DUE


def test_the_limit_that_ends_first_by_the_new_calendar_decides():
    found = dues(case(request_type="TS", due_rule="category:12345:2024:H030402"), city_with())

    assert found.total.rule == "category:12345:2024:H030402"  # five days each: the category, named first


def test_a_limit_in_natural_hours_does_not_move():
    urgent = case(
        urgency="life", due_rule="sla:total:life", due_at=shanghai("2026-12-30 12:00"), due_is_provisional=False
    )

    assert not is_changed(urgent, dues(urgent, city_with(("2026-12-31", False))))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "2026-12-30 10:30"),  # the acceptance clock
        (
            {"state": "accepted", "stage_started_at": shanghai("2026-12-30 11:00")},
            "2026-12-30 11:30",
        ),  # the dispatch clock
        (
            {"state": "accepted", "stage_started_at": shanghai("2027-01-06 17:20")},
            "2027-01-06 17:30",
        ),  # the whole
    ],
)
def test_the_next_due_is_that_of_the_stage_and_never_after_the_whole(changes, expected):
    assert in_shanghai(dues(case(**changes), city_with(("2027-01-04", False))).next_due_at) == expected


def test_a_stage_without_a_clock_of_its_own_has_the_due_of_the_whole():
    found = dues(case(state="handling"), CITY)

    assert (found.stage_due_at, in_shanghai(found.next_due_at)) == (None, ESTIMATED_DUE)


def test_a_reporter_who_is_asked_for_more_has_their_own_due_whatever_the_whole_says():
    waits = case(state="supplement", stage_started_at=shanghai("2027-01-06 10:00"))

    assert in_shanghai(dues(waits, CITY).next_due_at) == "2027-01-06 10:30"


def test_a_pause_of_before_counts_by_the_new_calendar_too():
    # Two of the clock's days stood still by the estimate; by the notice one of them was a day off.
    paused = case(
        state="handling",
        pauses=[[shanghai("2027-01-04 08:30").isoformat(), shanghai("2027-01-06 08:30").isoformat()]],
        due_at=shanghai("2027-01-07 17:30"),
    )

    assert in_shanghai(dues(paused, CITY).total.at) == "2027-01-07 17:30"
    assert in_shanghai(dues(paused, city_with(("2027-01-05", False))).total.at) == "2027-01-07 17:30"
    assert in_shanghai(dues(paused, city_with(("2027-01-08", False), ("2027-01-07", False))).total.at) == (
        "2027-01-11 17:30"  # the 9th is a Saturday
    )


def test_another_round_is_counted_from_its_own_start():
    again = case(state="handling", round=2, total_started_at=shanghai("2027-01-04 09:00"))

    assert in_shanghai(dues(again, CITY).total.at) == "2027-01-07 17:30"


def test_a_case_that_names_a_row_which_is_gone_keeps_its_dues():
    city = City.of(
        uuid.UUID(int=3), replace(ROWS, request_types=[row for row in ROWS.request_types if row.code != "QZ"])
    )

    assert dues(case(), city) is None


states = st.sampled_from([State.SUBMITTED, State.ACCEPTED])
days_off = st.lists(st.tuples(st.dates(date(2027, 1, 2), date(2027, 1, 20)).map(str), st.booleans()), max_size=8)
hours = st.integers(0, 24 * 9)


@given(days_off, hours, hours)
def test_whatever_the_notice_and_whenever_it_is_imported_asking_again_changes_nothing(days, first, later):
    one, city = case(), city_with(*days)
    once = dues_of(one, city=city, policies_on=lambda _day: POLICIES, now=shanghai(FILED) + timedelta(hours=first))
    now: datetime = shanghai(FILED) + timedelta(hours=first + later)
    stored = case(
        due_at=once.total.at,
        due_rule=once.total.rule,
        due_is_provisional=False,
        stage_due_at=once.stage_due_at,
        next_due_at=once.next_due_at,
    )

    assert not is_changed(stored, dues_of(stored, city=city, policies_on=lambda _day: POLICIES, now=now))


@given(days_off, hours)
def test_no_notice_takes_the_next_working_day_from_whoever_relied_on_a_due(days, hour):
    now = shanghai(FILED) + timedelta(hours=hour)
    city = city_with(*days)

    found = dues_of(case(), city=city, policies_on=lambda _day: POLICIES, now=now)

    if found.total.at < shanghai(ESTIMATED_DUE):
        assert city.calendar.working_between(now, found.total.at) >= timedelta(hours=7)
