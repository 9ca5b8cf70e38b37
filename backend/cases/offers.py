"""What somebody may do next with a case: an offer that the guards would refuse is not made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import queries, rules
from backend.cases.models import Case, CaseTask
from backend.cases.queries.tasks import lead_is_active
from backend.cases.rules import ACTION_NAMES, Action, Door, State, Transition
from backend.cases.use_cases.doors import is_independent, open_doors
from backend.cases.use_cases.stages import Timing, reopening_ends_at
from backend.identity.actor import Actor
from backend.kernel.clock import SHANGHAI
from backend.organization.queries.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleMove:
    """A move that the reader may make now: the parts that must come with it, and those that may."""

    action: Action
    name: str
    needs: Sequence[str]
    takes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks what they may do with which case, and when."""

    actor: Actor
    case: Case
    tasks: Sequence[CaseTask]
    city: City
    now: datetime


def possible_moves(session: Session, asking: Asking) -> Sequence[PossibleMove]:
    """Return the moves that the asker may make, in the order of the workflow's table."""
    case = asking.case
    facts = queries.facts_of(
        case, has_unit=lead_is_active(asking.tasks, asking.city), reopening_ends_at=_window_end(session, asking)
    )
    rows = [
        row
        for row in rules.actions_from(case.workflow_version, State(case.state))
        if rules.is_offered(row, facts, asking.now)
    ]
    doors = {row.code: _door(row, asking) for row in rows}
    may_verify = Door.VERIFIER in doors.values() and is_independent(
        session, actor=asking.actor, case=case, tasks=asking.tasks
    )
    return [
        PossibleMove(action=row.action, name=ACTION_NAMES[row.action], needs=sorted(row.needs), takes=sorted(row.takes))
        for row in rows
        if doors[row.code] is not None and (doors[row.code] is not Door.VERIFIER or may_verify)
    ]


def _door(row: Transition, asking: Asking) -> Door | None:
    """Return the door that the asker would come through: the first that stands open."""
    opened = open_doors(asking.actor, row, asking.case, asking.tasks, asking.city)
    return next((door for door, _ in opened), None)


def _window_end(session: Session, asking: Asking) -> datetime | None:
    if asking.case.state != State.CLOSED:
        return None
    policies = queries.policies_on(session, asking.now.astimezone(SHANGHAI).date())
    return reopening_ends_at(asking.case, Timing(policies=policies, city=asking.city, now=asking.now))
