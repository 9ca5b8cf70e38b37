"""Who belongs to an audience of staff: one statement each. What somebody was bound to is asked at two instants.

A binding must have begun when the case came, and not have ended when the message is written: so a message that is
written late, or once more, reaches nobody who is gone, and nobody new.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import ColumnElement, ScalarSelect, String, and_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, aliased

from backend.cases.filing import Channel
from backend.cases.models import Case, CaseReporter, CaseTask, LedgerEntry
from backend.cases.rules import Action, State, TaskKind
from backend.identity.models import Person
from backend.identity.permissions import Permission
from backend.infrastructure.outbox import OutboxEvent
from backend.kernel.events import CaseFiled, CaseMoved, CaseUrged
from backend.notifications.rules import Candidate, nearest
from backend.notifications.subscriptions import Audience
from backend.organization.models import Centre, Division, RoleBinding
from backend.organization.roles import GRANTS, Role
from backend.organization.rules.places import Level

CaseNews = CaseFiled | CaseMoved | CaseUrged

ROLES_OF: Mapping[Audience, frozenset[Role]] = MappingProxyType(
    {
        Audience.ACCEPTORS: frozenset({Role.ACCEPTOR}),
        Audience.DISPATCHERS: frozenset({Role.DISPATCHER}),
        Audience.REVIEWERS: frozenset({Role.REVIEWER}),
        Audience.CALLBACK_AGENTS: frozenset({Role.CALLBACK_AGENT}),
        Audience.LIAISONS: frozenset({Role.LIAISON}),
        Audience.ASSISTING_LIAISONS: frozenset({Role.LIAISON}),
        Audience.HANDLERS: frozenset({Role.HANDLER}),
        Audience.VERIFIERS: frozenset({Role.GRID_WORKER, Role.SUPERVISOR}),
        Audience.FINDERS: frozenset({Role.GRID_WORKER}),
    }
)
_ROLES_OF_UNITS = sorted(role for role, permissions in GRANTS.items() if Permission.READ_TASK in permissions)
_OF_THE_LEAD = frozenset({Audience.LIAISONS, Audience.HANDLERS})


def staff_of(session: Session, audience: Audience, event: CaseNews, *, now: datetime) -> set[uuid.UUID]:
    """Return the members of staff whose queue or task list the event's case enters, without who brought it there."""
    if audience is Audience.VERIFIERS:
        return nearest(_verifiers(session, event, now))
    if audience is Audience.FINDERS:
        return set(
            session.scalars(
                select(RoleBinding.person_id)
                .where(_holds(ROLES_OF[audience], event, now), _has_reported(event, Channel.GRID))
                .distinct()
            )
        )
    holds = _holds(ROLES_OF[audience], event, now)
    if audience in _OF_THE_LEAD or audience is Audience.ASSISTING_LIAISONS:
        which = CaseTask.id == _last(TaskKind.LEAD, event) if audience in _OF_THE_LEAD else _assisting(event)
        statement = select(RoleBinding.person_id).join(CaseTask, _in_the_unit()).where(which, holds)
    else:
        owner = select(Case.owner_centre_id).where(Case.id == event.subject_id).scalar_subquery()
        at_the_desk = and_(RoleBinding.centre_id == owner, RoleBinding.unit_code.is_(None))
        statement = select(RoleBinding.person_id).where(at_the_desk, holds)
    return set(session.scalars(statement.distinct()))


def _verifiers(session: Session, event: CaseNews, now: datetime) -> Sequence[Candidate]:
    """Return who may be asked for the look: whoever it was given to, or those of the task's centre and of the town."""
    is_near = RoleBinding.centre_id == CaseTask.centre_id
    anybodys = and_(CaseTask.assignee_person_id.is_(None), or_(is_near, RoleBinding.centre_id == _town_of(event)))
    statement = (
        select(RoleBinding.person_id, func.bool_or(is_near).label("is_near"))
        .join(CaseTask, or_(CaseTask.assignee_person_id == RoleBinding.person_id, anybodys))
        .where(
            CaseTask.id == _last(TaskKind.VERIFICATION, event),
            _holds(ROLES_OF[Audience.VERIFIERS], event, now),
            ~_is_of_a_handler(event, now),
            ~_has_handled(event),
            ~_has_reported(event),  # whoever found it does not say that it is gone
        )
        .group_by(RoleBinding.person_id)
    )
    return [Candidate(person_id=row.person_id, is_near=row.is_near) for row in session.execute(statement)]


def _is_of_a_handler(event: CaseNews, now: datetime) -> ColumnElement[bool]:
    """Return the condition that somebody is of a unit that handled this round: they may not verify it (G-sod)."""
    handled, also = aliased(CaseTask), aliased(RoleBinding)
    same_post = and_(also.centre_id == handled.centre_id, also.unit_code.is_not_distinct_from(handled.unit_code))
    return (
        select(handled.id)
        .join(also, and_(same_post, or_(also.unit_code.is_not(None), also.role.in_(_ROLES_OF_UNITS))))
        .where(
            handled.case_id == event.subject_id,
            handled.kind != TaskKind.VERIFICATION,
            handled.round == CaseTask.round,
            also.person_id == RoleBinding.person_id,
            also.valid_from <= now,
            or_(also.valid_to.is_(None), also.valid_to > now),
        )
        .exists()
    )


def _has_reported(event: CaseNews, channel: Channel | None = None) -> ColumnElement[bool]:
    """Return the condition that somebody reported the case, through this door or any."""
    reporter = select(CaseReporter.id).where(
        CaseReporter.case_id == event.subject_id, CaseReporter.person_id == RoleBinding.person_id
    )
    if channel is not None:
        reporter = reporter.where(CaseReporter.channel == channel.value)
    return reporter.exists()


def _has_handled(event: CaseNews) -> ColumnElement[bool]:
    """Return the condition that somebody reported a handling of this round, as the ledger tells it (G-sod)."""
    entry = cast(LedgerEntry.entry, JSONB)
    return (
        select(LedgerEntry.seq)
        .where(
            LedgerEntry.case_id == event.subject_id,
            entry["action"].astext == Action.REPORT_BACK.value,
            entry["round"].as_integer() == CaseTask.round,
            entry[("actor", "person_id")].astext == cast(RoleBinding.person_id, String),
        )
        .exists()
    )


def _holds(roles: frozenset[Role], event: CaseNews, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a binding is of one of the roles, holds, and is somebody else's who is still here."""
    here = select(Person.id).where(Person.id == RoleBinding.person_id, Person.disabled_at.is_(None)).exists()
    return and_(
        RoleBinding.role.in_(sorted(roles)),
        RoleBinding.valid_from <= event.occurred_at,
        or_(RoleBinding.valid_to.is_(None), RoleBinding.valid_to > now),
        RoleBinding.person_id.is_distinct_from(_doer_of(event)),
        here,
        ~_is_left_at_once(event),
    )


def _doer_of(event: CaseNews) -> uuid.UUID | None:
    """Return whose deed it was, if it may have been one of staff: nobody is told of their own."""
    match event:
        case CaseFiled():
            return event.reporter_person_id
        case CaseMoved():
            return event.mover_person_id
        case CaseUrged():
            return None


def _is_left_at_once(event: CaseNews) -> ColumnElement[bool]:
    """Return the condition that the case went on at the same instant: a report that is accepted, or put right, with it.

    What it passed through was nobody's work. Ids of one millisecond have no order: the states tell what came next.
    """
    match event:
        case CaseFiled():
            stood_in = State.SUBMITTED.value
        case CaseMoved():
            stood_in = event.to_state
        case CaseUrged():
            stood_in = event.state
    return (
        select(OutboxEvent.id)
        .where(
            OutboxEvent.subject_id == event.subject_id,
            OutboxEvent.name == CaseMoved.name,
            OutboxEvent.occurred_at == event.occurred_at,
            OutboxEvent.id != event.event_id,
            OutboxEvent.payload["from_state"].astext == stood_in,
        )
        .exists()
    )


def _last(kind: TaskKind, event: CaseNews) -> ScalarSelect[uuid.UUID]:
    """Return the task that was given last when the event happened: the case may have gone on since."""
    given = aliased(CaseTask)
    return (
        select(given.id)
        .where(given.case_id == event.subject_id, given.kind == kind, given.created_at <= event.occurred_at)
        .order_by(given.created_at.desc(), given.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _assisting(event: CaseNews) -> ColumnElement[bool]:
    """Return the condition that a task asks a unit for help, and was given by this very move."""
    return and_(
        CaseTask.case_id == event.subject_id,
        CaseTask.kind == TaskKind.ASSIST,
        CaseTask.created_at == event.occurred_at,
    )


def _in_the_unit() -> ColumnElement[bool]:
    # A task without a unit is the centre's own: its people have none either.
    return and_(
        RoleBinding.centre_id == CaseTask.centre_id, RoleBinding.unit_code.is_not_distinct_from(CaseTask.unit_code)
    )


def _town_of(event: CaseNews) -> ScalarSelect[uuid.UUID]:
    """Return the centre of the town in which the case lies; of a village, its town's. None for a county's case."""
    return (
        select(Centre.id)
        .join(Division, Centre.division_id.in_([Division.id, Division.parent_id]))
        .join(Case, Case.division_code == Division.code)
        .where(Case.id == event.subject_id, Centre.level == Level.TOWN, Centre.valid_to.is_(None))
        .limit(1)
        .scalar_subquery()
    )
