"""The ledger of a case as a desk may read it: who acted is told by role and centre, never by name or id."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.cases import queries
from backend.cases.models import LedgerEntry
from backend.cases.naming import Named
from backend.cases.rules import name_of_action
from backend.cases.views import Reader
from backend.identity.permissions import Permission
from backend.organization.queries.city import City
from backend.organization.roles import ROLE_NAMES, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One entry. The hashes are hex; the digests are those of the texts that came with the move."""

    seq: int
    at: datetime
    transition: str
    action: str
    action_name: str
    from_state: str | None
    to_state: str
    role: str
    role_name: str
    centre: Named | None
    digests: Mapping[str, str]
    previous_hash: str
    hash: str


def ledger_lines(session: Session, *, reader: Reader, number: str) -> Sequence[LedgerLine]:
    """Return the ledger of a case of the reader's area, first entry first. Raises CaseNotFound.

    The id of a person is left out: by it an anonymous reporter of one case could be known again in another.
    """
    case = queries.visible_case(session, actor=reader.actor, number=number, permission=Permission.READ_LEDGER)
    return [_line(row, reader.city) for row in queries.ledger_of(session, case.id)]


def _line(row: LedgerEntry, city: City) -> LedgerLine:
    entry: dict[str, Any] = json.loads(row.entry)  # our own canonical text: any JSON
    centre_id = entry["actor"]["centre_id"]
    centre = city.centre(uuid.UUID(centre_id)) if centre_id else None
    return LedgerLine(
        seq=row.seq,
        at=datetime.fromisoformat(entry["at"]),
        transition=entry["transition"],
        action=entry["action"],
        action_name=name_of_action(entry["action"]),
        from_state=entry["from"],
        to_state=entry["to"],
        role=entry["actor"]["role"],
        role_name=ROLE_NAMES[Role(entry["actor"]["role"])],
        centre=Named(code=centre.code, name=centre.name) if centre else None,
        digests=entry["digests"],
        previous_hash=row.previous_hash.hex(),
        hash=row.hash.hex(),
    )
