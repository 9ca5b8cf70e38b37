"""Who has asked this process before: presumed to be the same the next time; the statement asks (ADR 0040).

Nothing here lets anybody in. What is presumed is a condition of each statement that is run on it.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass

from backend.identity.actor import Actor
from backend.organization.statements.asking import Presumed

MOST_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownActor:
    """An actor, and what a statement must find unchanged for them to be it."""

    actor: Actor
    presumed: Presumed


class KnownActors:
    """The newest actors of this process, by session. Safe for threads."""

    def __init__(self, *, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._kept: dict[uuid.UUID, KnownActor] = {}

    def of(self, session_id: uuid.UUID) -> KnownActor | None:
        """Return who asked with a session before."""
        return self._kept.get(session_id)

    def keep(self, known: KnownActor) -> None:
        """Remember somebody who was just looked up."""
        with self._lock:
            self._kept.pop(known.actor.session_id, None)
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[known.actor.session_id] = known
