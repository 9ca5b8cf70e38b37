"""What entering a stage does to the clocks of a case (workflow, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.cases.deadlines import Policies
from backend.cases.dues import next_due, set_total, stage_due_of, total_due_of
from backend.cases.ledger import plain
from backend.cases.models import Case
from backend.cases.rules import Clock, State
from backend.kernel.due import Due, LimitUnit, resumed
from backend.organization.queries.city import City
from backend.organization.rules.categories import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What dues are made of: the limits of the day, the city with its calendar, and the time."""

    policies: Policies
    city: City
    now: datetime


def enter(case: Case, timing: Timing) -> None:
    """Set the dues of the stage that the case has just entered. The state is set already."""
    case.stage_started_at = timing.now
    case.stage_due_at = stage_due_of(case, city=timing.city, policies_on=lambda _day: timing.policies)
    case.next_due_at = next_due(State(case.state), case.stage_due_at, case.due_at)


def resume(case: Case, timing: Timing) -> None:
    """Let the clock of the whole run on: what was left is left still."""
    if case.paused_at is None or case.due_unit is None:
        return
    # A clock that was set back must not stop the case.
    resumed_at = max(timing.now, case.paused_at)
    before = Due(at=case.due_at, provisional=case.due_is_provisional, exact_at=case.due_exact_at or case.due_at)
    after = resumed(
        timing.city.calendar,
        before,
        LimitUnit(case.due_unit),
        paused_at=case.paused_at,
        resumed_at=resumed_at,
    )
    case.due_at, case.due_exact_at, case.due_is_provisional = after.at, after.exact_at, after.provisional
    case.pauses = [*case.pauses, [str(plain(case.paused_at)), str(plain(resumed_at))]]
    case.paused_at = None


def begin_round(case: Case, timing: Timing) -> None:
    """Give a case that is handled anew the limit of its category and request type once more, from now on (T26, T28)."""
    case.total_started_at, case.pauses = timing.now, []
    set_total(case, total_due_of(case, city=timing.city, policies_on=lambda _day: timing.policies))


def reopening_ends_at(case: Case, timing: Timing) -> datetime | None:
    """Return when the window of T28 is over; None while the case has not ended."""
    return _window_ends_at(case, Clock.REOPENING, timing)


def rating_ends_at(case: Case, timing: Timing) -> datetime | None:
    """Return when a closed case can be rated no longer; None while it has not ended."""
    return _window_ends_at(case, Clock.RATING, timing)


def _window_ends_at(case: Case, clock: Clock, timing: Timing) -> datetime | None:
    if case.ended_at is None or case.state != State.CLOSED:
        return None
    return timing.policies.stage_due(timing.city.calendar, clock, case.ended_at, urgency=Urgency(case.urgency))
