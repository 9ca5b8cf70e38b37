"""Who asks: person, session, roles and areas, read in one statement on every call, so that a change holds at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, column, or_, select, table
from sqlalchemy.orm import Session

from backend.identity.actor import Actor, Binding, PersonKind
from backend.identity.models import DeviceSession, Person
from backend.organization.models.bindings import RoleBinding
from backend.organization.roles import GRANTS, Role

_centre = table("centre", column("id"), column("path"))


def actor_of(session: Session, *, person_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> Actor | None:
    """Return the actor of a live session; None when the session has ended or the person is disabled (S4)."""
    binding_holds = and_(
        RoleBinding.person_id == Person.id,
        RoleBinding.valid_from <= now,
        or_(RoleBinding.valid_to.is_(None), RoleBinding.valid_to > now),
    )
    rows = session.execute(
        select(Person.kind, RoleBinding.role, RoleBinding.centre_id, _centre.c.path)
        .join(DeviceSession, DeviceSession.person_id == Person.id)
        .outerjoin(RoleBinding, binding_holds)
        .outerjoin(_centre, _centre.c.id == RoleBinding.centre_id)
        .where(
            Person.id == person_id,
            Person.disabled_at.is_(None),
            DeviceSession.id == session_id,
            DeviceSession.ended_at.is_(None),
            DeviceSession.expires_at > now,
        )
        .order_by(_centre.c.path, RoleBinding.role)
    ).all()
    if not rows:
        return None
    kind = PersonKind(rows[0].kind)
    own_role = Role.REPORTER if kind is PersonKind.CITIZEN else None
    return Actor(
        person_id=person_id,
        session_id=session_id,
        kind=kind,
        own_role=own_role,
        own_permissions=GRANTS[own_role] if own_role else frozenset(),
        bindings=_bindings(rows),
    )


# The columns are those of the statement above; SQLAlchemy cannot type a row with an outer join.
def _bindings(rows: Sequence[Row[Any]]) -> tuple[Binding, ...]:
    return tuple(
        Binding(role=row.role, centre_id=row.centre_id, centre_path=row.path, permissions=GRANTS[Role(row.role)])
        for row in rows
        if row.role is not None
    )
