"""Which cases an actor may see: those owned by a centre at or below one where they hold the permission."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from backend.cases.errors import CaseNotFound
from backend.cases.models import Case
from backend.cases.numbering import CASE_PREFIX, is_number
from backend.cases.queries.tasks import has_task_of, is_in_hands_of
from backend.cases.rules import State
from backend.identity.actor import Actor
from backend.identity.permissions import Permission
from backend.organization.models import Centre


def visible_case(session: Session, *, actor: Actor, number: str, permission: Permission = Permission.READ_CASE) -> Case:
    """Return a case over which the actor holds the permission. Raises CaseNotFound for every other number."""
    _refuse_malformed(number)
    return _found(session.scalar(select(Case).where(Case.number == number, in_area_of(actor, permission))))


def reachable_case(session: Session, *, actor: Actor, number: str) -> Case:
    """Return a case of the actor's area, or one that they have a task in. Raises CaseNotFound for any other number."""
    _refuse_malformed(number)
    return _found(session.scalar(select(Case).where(Case.number == number, in_reach_of(actor))))


def lock_reachable_case(session: Session, *, actor: Actor, number: str) -> Case:
    """Return the same, locked to the end of the transaction."""
    _refuse_malformed(number)
    statement = select(Case).where(Case.number == number, in_reach_of(actor))
    return _found(session.scalar(statement.with_for_update(of=Case).execution_options(populate_existing=True)))


def revealable_case(session: Session, *, actor: Actor, number: str) -> Case:
    """Return a case of which the actor may see all: of their area, or one that is in their hands now.

    In hands: their unit is at work on it, a verification of it waits for them, or it waits for their callback.
    Raises CaseNotFound for every other number.
    """
    _refuse_malformed(number)
    waits_for_callback = and_(in_area_of(actor, Permission.CLOSE_CASE), Case.state == State.CALLBACK.value)
    may_see = or_(in_area_of(actor, Permission.REVEAL_PERSONAL_DATA), is_in_hands_of(actor), waits_for_callback)
    return _found(session.scalar(select(Case).where(Case.number == number, may_see)))


def in_reach_of(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a case lies in the actor's area, or that they have a task in it."""
    return or_(in_area_of(actor, Permission.READ_CASE), has_task_of(actor))


def lock_case(session: Session, case_id: uuid.UUID) -> Case:
    """Return a case by id, locked to the end of the transaction. The caller has decided who may ask."""
    # What was read before the lock may be old by now.
    return _found(session.get(Case, case_id, with_for_update=True, populate_existing=True))


def in_area_of(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Return the condition that a case lies where the actor holds the permission."""
    return _owned_within(actor.paths_with(permission))


def _owned_within(paths: Sequence[str]) -> ColumnElement[bool]:
    if not paths:
        return false()
    owner = aliased(Centre)
    below = select(owner.id).where(or_(*(owner.path.startswith(path, autoescape=True) for path in paths)))
    return Case.owner_centre_id.in_(below)


def _refuse_malformed(number: str) -> None:
    """What cannot be a number of ours is not looked for: it may hold what PostgreSQL cannot take."""
    if not is_number(number, CASE_PREFIX):
        raise CaseNotFound


def _found(case: Case | None) -> Case:
    if case is None:
        raise CaseNotFound
    return case
