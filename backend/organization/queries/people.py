"""The signed-in person with their roles, as they may see themselves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from backend.identity.actor import Actor, PersonKind
from backend.identity.queries import profile_of
from backend.infrastructure.crypto import Sealer
from backend.organization.roles import ROLE_NAMES, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHeld:
    """A role and the centre it is held at."""

    role: str
    role_name: str
    centre_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The signed-in person, masked."""

    id: uuid.UUID
    kind: PersonKind
    login_name: str | None
    phone: str | None = field(repr=False)
    name: str | None = field(repr=False)
    roles: tuple[RoleHeld, ...]


def me_of(session: Session, *, sealer: Sealer, actor: Actor) -> Me:
    """Return the actor's own masked profile and roles."""
    profile = profile_of(session, sealer=sealer, person_id=actor.person_id)
    return Me(
        id=profile.id,
        kind=profile.kind,
        login_name=profile.login_name,
        phone=profile.phone,
        name=profile.name,
        roles=tuple(
            RoleHeld(
                role=binding.role,
                role_name=ROLE_NAMES[Role(binding.role)],
                centre_code=binding.centre_path.rstrip("/").rpartition("/")[2],
            )
            for binding in actor.bindings
        ),
    )
