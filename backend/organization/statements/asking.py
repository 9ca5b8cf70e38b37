"""The part of a hot statement that asks whether the caller still is who they were presumed to be (ADR 0040)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.identity.actor import PersonKind

# A role that is held, as one text: whatever changes of it changes the text. All of them are one text again, in order: a
# list costs the driver more to send than all the rest of a call.
HELD_ROLE = "ROW(b.role, b.centre_id, c.path, b.unit_code)::text"
_BETWEEN_ROLES = "\n"
# As `actor_rows` asks it: what ends a session, disables a person or changes a role holds at the next call.
ASKER_HOLDS = f"""EXISTS (
    SELECT FROM device_session s JOIN person p ON p.id = s.person_id
     WHERE s.id = :asker.session_id::uuid AND s.person_id = :asker.person_id::uuid AND s.ended_at IS NULL
       AND s.expires_at > :asker.now::timestamptz AND p.disabled_at IS NULL AND p.kind = :asker.kind::varchar
       AND (:asker.held::text IS NULL OR :asker.held = coalesce((
               SELECT string_agg({HELD_ROLE}, '{_BETWEEN_ROLES}' ORDER BY {HELD_ROLE} COLLATE "C")
                 FROM role_binding b JOIN centre c ON c.id = b.centre_id
                WHERE b.person_id = p.id AND b.valid_from <= :asker.now
                  AND (b.valid_to IS NULL OR b.valid_to > :asker.now)), '')))"""  # noqa: S608 - made of our own constants


def held_text(roles: Iterable[str]) -> str:
    """Return roles, each as ``HELD_ROLE`` writes it, as the one text that ``ASKER_HOLDS`` compares."""
    return _BETWEEN_ROLES.join(sorted(roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Presumed:
    """Who a token's person is taken to be. ``held`` are their roles as ``held_text`` says; None where none matters."""

    person_id: uuid.UUID
    session_id: uuid.UUID
    kind: PersonKind
    held: str | None

    def values(self, now: datetime) -> dict[str, object]:
        """Return the values of ``ASKER_HOLDS``."""
        return {
            "person_id": self.person_id,
            "session_id": self.session_id,
            "now": now,
            "kind": str(self.kind),
            "held": self.held,
        }
