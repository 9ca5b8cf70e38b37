"""What reporters said of a case: their urges, which the ledger alone holds, and their ratings."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from backend.cases.models import CaseRating, LedgerEntry
from backend.cases.rules import URGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge:
    """One urge: ``number`` is that of the reporter's complaint, ``seq`` that of the ledger entry."""

    seq: int
    number: str
    round: int
    at: datetime


def urges_in(entries: Sequence[LedgerEntry]) -> Sequence[Urge]:
    """Return the urges that a ledger tells of, first one first."""
    told = (json.loads(row.entry) for row in entries)
    return [
        Urge(
            seq=entry["seq"],
            number=entry["facts"]["urge"]["number"],
            round=entry["round"],
            at=datetime.fromisoformat(entry["at"]),
        )
        for entry in told
        if entry["transition"] == URGED.code
    ]


def last_urged_at(session: Session, case_id: uuid.UUID, number: str) -> datetime | None:
    """Return when the reporter with this number urged last; None where they never did."""
    is_urge = LedgerEntry.entry.cast(JSONB)["transition"].astext == URGED.code
    urges = urges_in(session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id, is_urge)).all())
    return max((urge.at for urge in urges if urge.number == number), default=None)


def ratings_of(session: Session, case_id: uuid.UUID) -> Sequence[CaseRating]:
    """Return the ratings of a case, first one first."""
    statement = select(CaseRating).where(CaseRating.case_id == case_id)
    return session.scalars(statement.order_by(CaseRating.seq)).all()
