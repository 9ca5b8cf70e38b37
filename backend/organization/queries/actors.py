"""Who asks: person, session, roles and areas, read in one statement on every call, so that a change holds at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.identity.actor import Actor, Binding, PersonKind
from backend.infrastructure.database import ReadsWithin
from backend.infrastructure.readers import Reads
from backend.organization.known_actors import KnownActor
from backend.organization.roles import GRANTS, Role
from backend.organization.statements.actor_rows import ActorRow, actor_rows
from backend.organization.statements.asking import Presumed, held_text


def actor_of(session: Session, *, person_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> Actor | None:
    """Return the actor of a live session; None when the session has ended or the person is disabled (S4)."""
    return actor_by(ReadsWithin(session), person_id=person_id, session_id=session_id, now=now)


def actor_by(reads: Reads, *, person_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> Actor | None:
    """Return the same, asked outside any transaction."""
    known = known_by(reads, person_id=person_id, session_id=session_id, now=now)
    return known.actor if known else None


def known_by(reads: Reads, *, person_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> KnownActor | None:
    """Return the same with what a later statement must find unchanged of them."""
    rows = actor_rows(reads, person_id=person_id, session_id=session_id, now=now)
    if not rows:
        return None
    kind, held = PersonKind(rows[0].kind), held_text(row.held for row in rows if row.role is not None)
    presumed = Presumed(person_id=person_id, session_id=session_id, kind=kind, held=held)
    return KnownActor(actor=_actor(person_id, session_id, kind, _bindings(rows)), presumed=presumed)


def presumed_citizen(*, person_id: uuid.UUID, session_id: uuid.UUID) -> KnownActor:
    """Return what a citizen may by themselves. Asks nobody: the statement that is run for them must (ADR 0040)."""
    kind = PersonKind.CITIZEN
    presumed = Presumed(person_id=person_id, session_id=session_id, kind=kind, held=None)
    return KnownActor(actor=_actor(person_id, session_id, kind, ()), presumed=presumed)


def _actor(person_id: uuid.UUID, session_id: uuid.UUID, kind: PersonKind, bindings: tuple[Binding, ...]) -> Actor:
    own_role = Role.REPORTER if kind is PersonKind.CITIZEN else None
    return Actor(
        person_id=person_id,
        session_id=session_id,
        kind=kind,
        own_role=own_role,
        own_permissions=GRANTS[own_role] if own_role else frozenset(),
        bindings=bindings,
    )


def _bindings(rows: Sequence[ActorRow]) -> tuple[Binding, ...]:
    return tuple(
        Binding(
            role=row.role,
            centre_id=row.centre_id,
            centre_path=row.centre_path,
            unit_code=row.unit_code,
            permissions=GRANTS[Role(row.role)],
        )
        for row in rows
        # A role always stands at a centre.
        if row.role is not None and row.centre_id is not None and row.centre_path is not None
    )
