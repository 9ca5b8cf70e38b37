"""The dues of a case, computed from what is stored of it (ADR-0019). Pure: the ledger can be replayed by it.

The limits are those of the rows that the case names: its category in the version it was filed under, its request
type, and the policy of the day on which each clock began.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from backend.cases.deadlines import Policies, total_due
from backend.cases.models import Case
from backend.cases.proposals import limits_of_case
from backend.cases.rules import BEYOND_TOTAL, STAGE_CLOCKS, Clock, State
from backend.kernel.calendar import WorkingCalendar
from backend.kernel.clock import SHANGHAI
from backend.kernel.due import Due, Limit, LimitUnit, due_at, resumed
from backend.organization.queries.city import City
from backend.organization.rules.categories import Urgency
from backend.organization.rules.places import Level

PoliciesOn = Callable[[date], Policies]
# What whoever relied on a due is left at the least, when the calendar turns out to make it earlier.
NOTICE = Limit(value=1, unit=LimitUnit.WORKING_DAYS)
_STREET = "街道"


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalDue:
    """When the clock of the whole runs out. ``exact_at`` is what the next pause starts from; ``rule`` decided."""

    at: datetime
    exact_at: datetime
    rule: str
    unit: LimitUnit
    is_provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDues:
    """The dues that a case should have."""

    total: TotalDue
    stage_due_at: datetime | None
    next_due_at: datetime


def dues_of(case: Case, *, city: City, policies_on: PoliciesOn, now: datetime) -> CaseDues | None:
    """Return the dues that an open case should have by the city's calendar; None where a row it names is gone.

    A due moves later as far as the calendar says. It moves earlier too, but never closer than the close of the next
    working day: nobody is late over night by a notice. Asked again later, the answer is the same.
    """
    limits = limits_of_case(case, city, policies_on(_day(total_started_at(case))))
    if case.due_rule not in {named.rule for named in limits}:
        return None
    total = _fair(total_due_of(case, city=city, policies_on=policies_on), case.due_at, city.calendar, now)
    stage_at = stage_due_of(case, city=city, policies_on=policies_on)
    return CaseDues(total=total, stage_due_at=stage_at, next_due_at=next_due(State(case.state), stage_at, total.at))


def total_due_of(case: Case, *, city: City, policies_on: PoliciesOn) -> TotalDue:
    """Return the due of the whole: from the start of its clock, moved by every pause since."""
    limits = limits_of_case(case, city, policies_on(_day(total_started_at(case))))
    decided = total_due(city.calendar, total_started_at(case), limits)
    due = Due(at=decided.at, provisional=decided.is_provisional, exact_at=decided.at)
    for paused_at, resumed_at in case.pauses:
        due = resumed(
            city.calendar,
            due,
            decided.unit,
            paused_at=datetime.fromisoformat(paused_at),
            resumed_at=datetime.fromisoformat(resumed_at),
        )
    return TotalDue(
        at=due.at, exact_at=due.exact_at, rule=decided.rule, unit=decided.unit, is_provisional=due.provisional
    )


def stage_due_of(case: Case, *, city: City, policies_on: PoliciesOn) -> datetime | None:
    """Return when the clock of the case's stage runs out; None in a state that has none of its own."""
    clock = STAGE_CLOCKS.get(State(case.state))
    if clock is Clock.VERIFICATION and _is_in_a_town(case, city):
        clock = Clock.VERIFICATION_RURAL
    if clock is None:
        return None
    started_at = stage_started_at(case)
    return policies_on(_day(started_at)).stage_due(city.calendar, clock, started_at, urgency=Urgency(case.urgency))


def total_started_at(case: Case) -> datetime:
    """Return since when the clock of the whole runs."""
    return case.total_started_at or case.submitted_at


def stage_started_at(case: Case) -> datetime:
    """Return since when the clock of the present stage runs."""
    return case.stage_started_at or case.accepted_at or case.submitted_at


def next_due(state: State, stage_at: datetime | None, total_at: datetime) -> datetime:
    """Return the instant by which a case in this state is sorted: the nearer of its clocks that run."""
    if stage_at is None:
        return total_at
    return stage_at if state in BEYOND_TOTAL else min(stage_at, total_at)


def is_changed(case: Case, dues: CaseDues) -> bool:
    """Tell whether a case has other dues than it should. Which row decided does not matter where the instant is one."""
    stored = (case.due_at, case.due_is_provisional, case.next_due_at)
    if stored != (dues.total.at, dues.total.is_provisional, dues.next_due_at):
        return True
    return case.stage_due_at is not None and case.stage_due_at != dues.stage_due_at


def set_total(case: Case, total: TotalDue) -> None:
    """Keep the due of the whole."""
    case.due_at, case.due_exact_at = total.at, total.exact_at
    case.due_rule, case.due_unit, case.due_is_provisional = total.rule, total.unit.value, total.is_provisional


def _fair(total: TotalDue, stored_at: datetime, calendar: WorkingCalendar, now: datetime) -> TotalDue:
    if total.at >= stored_at:
        return total
    fair_at = min(stored_at, max(total.at, due_at(calendar, now, NOTICE).at))
    if fair_at == total.at:
        return total
    return TotalDue(at=fair_at, exact_at=fair_at, rule=total.rule, unit=total.unit, is_provisional=total.is_provisional)


def _is_in_a_town(case: Case, city: City) -> bool:
    """A verifier in a town has the longer way than one in a street."""
    division = city.division(case.division_code)
    towns = [place for place in city.ancestry(division) if place.level is Level.TOWN] if division else []
    return bool(towns) and towns[0].unit_type != _STREET


def _day(instant: datetime) -> date:
    return instant.astimezone(SHANGHAI).date()
