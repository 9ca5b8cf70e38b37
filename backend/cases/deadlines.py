"""When the clocks of a case run out (workflow, 1.5). Pure: limits and calendar come in, instants go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.cases.errors import RulesNotLoaded
from backend.cases.rules import Clock
from backend.kernel.calendar import WorkingCalendar
from backend.kernel.due import Limit, LimitUnit, due_at
from backend.organization.rules.categories import Urgency

# The short clocks are written in minutes; the limits of handling are not, so kernel.due has no such unit.
NATURAL_MINUTES = "natural_minutes"
# A case that is not urgent has the limit of its category and of its request type: no policy row for that.
_NEEDED = frozenset({(clock, urgency) for clock in Clock for urgency in Urgency} - {(Clock.TOTAL, Urgency.NONE)})


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLimit:
    """A limit and the row it comes from, such as ``request_type:TS``."""

    rule: str
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedDue:
    """A due instant in UTC, the row that decided it, and the unit that its pauses are counted in."""

    at: datetime
    rule: str
    is_provisional: bool
    unit: LimitUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLimit:
    """The limit of a policy row: a value in one of the units of kernel.due, or in natural minutes."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The SLA policy rows of one day: (clock, urgency) -> limit."""

    limits: Mapping[tuple[Clock, Urgency], PolicyLimit]

    @classmethod
    def of(cls, limits: Mapping[tuple[Clock, Urgency], PolicyLimit]) -> Policies:
        """Return the policies of these rows. Raises RulesNotLoaded when a clock that runs has none."""
        if not limits.keys() >= _NEEDED:
            raise RulesNotLoaded
        return cls(limits=limits)

    def stage_due(self, calendar: WorkingCalendar, clock: Clock, start: datetime, *, urgency: Urgency) -> datetime:
        """Return when a stage's clock that starts at ``start`` runs out."""
        policy = self.limits[(clock, urgency)]
        if policy.unit == NATURAL_MINUTES:
            return start + timedelta(minutes=policy.value)
        return due_at(calendar, start, Limit(value=policy.value, unit=LimitUnit(policy.unit))).at

    def limit_of_urgency(self, urgency: Urgency) -> NamedLimit:
        """Return the limit of the whole for an urgent case: danger to life has the shortest."""
        policy = self.limits[(Clock.TOTAL, urgency)]
        return NamedLimit(rule=f"sla:total:{urgency}", limit=Limit(value=policy.value, unit=LimitUnit(policy.unit)))


def total_due(calendar: WorkingCalendar, submitted_at: datetime, limits: Sequence[NamedLimit]) -> DecidedDue:
    """Return the earliest due of the limits that hold for a case; of two equal ones, the first named decides."""
    dues = [(due_at(calendar, submitted_at, named.limit), named) for named in limits]
    due, named = min(dues, key=lambda pair: pair[0].at)
    return DecidedDue(at=due.at, rule=named.rule, is_provisional=due.provisional, unit=named.limit.unit)
