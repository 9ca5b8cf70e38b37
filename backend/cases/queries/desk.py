"""Which cases an actor may see: those owned by a centre at or below one where they hold the permission."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, aliased

from backend.cases.errors import CaseNotFound
from backend.cases.models import Case
from backend.cases.numbering import CASE_PREFIX, is_number
from backend.identity.actor import Actor
from backend.identity.permissions import Permission
from backend.organization.models import Centre


def visible_case(session: Session, *, actor: Actor, number: str, permission: Permission = Permission.READ_CASE) -> Case:
    """Return a case over which the actor holds the permission. Raises CaseNotFound for every other number."""
    _refuse_malformed(number)
    return _found(session.scalar(select(Case).where(Case.number == number, in_area_of(actor, permission))))


def lock_visible_case(session: Session, *, actor: Actor, number: str) -> Case:
    """Return a case that the actor may read, locked to the end of the transaction. Raises CaseNotFound."""
    _refuse_malformed(number)
    statement = select(Case).where(Case.number == number, in_area_of(actor, Permission.READ_CASE))
    return _found(session.scalar(statement.with_for_update(of=Case)))


def lock_case(session: Session, case_id: uuid.UUID) -> Case:
    """Return a case by id, locked to the end of the transaction. The caller has decided who may ask."""
    return _found(session.get(Case, case_id, with_for_update=True))


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
