"""The one statement by which every call finds out who asks: a hot path."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from backend.infrastructure.readers import Reads
from backend.organization.statements.asking import HELD_ROLE

# One row for each role that is held now; one without a role where there is none. No row where the session has ended,
# or the person is disabled: what ends either holds at the next call.
ACTOR = f"""
SELECT p.kind, b.role, b.centre_id, c.path, b.unit_code, {HELD_ROLE}
FROM device_session s
JOIN person p ON p.id = s.person_id
LEFT JOIN role_binding b
    ON b.person_id = p.id AND b.valid_from <= $3 AND (b.valid_to IS NULL OR b.valid_to > $3)
LEFT JOIN centre c ON c.id = b.centre_id
WHERE s.id = $1 AND s.person_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3 AND p.disabled_at IS NULL
ORDER BY c.path, b.role
""".encode()  # noqa: S608 - made of our own constants


class ActorRow(NamedTuple):
    """A person with one of their roles. Without any, ``held`` says nothing and the rest but ``kind`` is None."""

    kind: str
    role: str | None
    centre_id: uuid.UUID | None
    centre_path: str | None
    unit_code: str | None
    held: str


def actor_rows(reads: Reads, *, person_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> list[ActorRow]:
    """Return the roles that the person of a living session holds now."""
    return [ActorRow(*row) for row in reads.rows(ACTOR, (session_id, person_id, now))]
