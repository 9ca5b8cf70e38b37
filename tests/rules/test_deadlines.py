"""When the clocks of a case run out: which limit decides, and what the short clocks count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.cases.deadlines import NamedLimit, Policies, PolicyLimit, total_due
from backend.cases.errors import RulesNotLoaded
from backend.cases.rules import Clock
from backend.kernel.due import Limit, LimitUnit
from backend.organization.rules.categories import Urgency
from tests.city_calendar import CALENDAR

TUESDAY_10 = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
MINUTES = PolicyLimit(value=30, unit="natural_minutes")
LIMITS = {(clock, urgency): MINUTES for clock in Clock for urgency in Urgency} | {
    (Clock.TOTAL, Urgency.URGENT): PolicyLimit(value=24, unit="natural_hours"),
    (Clock.TOTAL, Urgency.LIFE): PolicyLimit(value=2, unit="natural_hours"),
}


def days(rule: str, value: int) -> NamedLimit:
    return NamedLimit(rule=rule, limit=Limit(value=value, unit=LimitUnit.WORKING_DAYS))


def test_the_earlier_of_category_and_request_type_decides_and_is_named():
    due = total_due(CALENDAR, TUESDAY_10, [days("category:x", 5), days("request_type:QZ", 3)])

    # Three working days after Tuesday the 24th: Friday the 27th, 17:30 in Shanghai.
    assert (due.at, due.rule) == (datetime(2026, 11, 27, 9, 30, tzinfo=UTC), "request_type:QZ")


def test_of_two_equal_limits_the_category_decides():
    due = total_due(CALENDAR, TUESDAY_10, [days("category:x", 3), days("request_type:QZ", 3)])

    assert due.rule == "category:x"


@pytest.mark.parametrize(("urgency", "hours"), [(Urgency.URGENT, 24), (Urgency.LIFE, 2)])
def test_urgency_shortens_the_whole_to_natural_hours(urgency, hours):
    policies = Policies.of(LIMITS)

    due = total_due(CALENDAR, TUESDAY_10, [days("category:x", 5), policies.limit_of_urgency(urgency)])

    assert (due.at - TUESDAY_10, due.rule) == (timedelta(hours=hours), f"sla:total:{urgency.value}")


def test_a_due_that_counts_an_unofficial_year_is_provisional():
    december = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)

    assert total_due(CALENDAR, december, [days("category:x", 5)]).is_provisional
    assert not total_due(CALENDAR, TUESDAY_10, [days("category:x", 5)]).is_provisional


def test_the_short_clocks_count_natural_minutes():
    due_at = Policies.of(LIMITS).stage_due(CALENDAR, Clock.ACCEPTANCE, TUESDAY_10, urgency=Urgency.NONE)

    assert due_at - TUESDAY_10 == timedelta(minutes=30)


@pytest.mark.parametrize("missing", sorted(LIMITS), ids=str)
def test_a_clock_without_a_limit_is_told_before_a_case_is_filed(missing):
    rest = {key: limit for key, limit in LIMITS.items() if key != missing}
    if missing == (Clock.TOTAL, Urgency.NONE):
        Policies.of(rest)  # the category's and the request type's limits hold there
        return

    with pytest.raises(RulesNotLoaded):
        Policies.of(rest)
