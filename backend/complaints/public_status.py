"""How a complaint stands, told to whoever has its query code: the coarse state and the dates, nothing personal.

One statement answers a right code. Wrong ones are counted, for the number and for the address they came from (S5,
ADR 0026): once too many were tried, the right one is refused too, until the time is over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases.numbering import COMPLAINT_PREFIX, is_number
from backend.cases.rules import State
from backend.complaints.errors import StatusNotFound, StatusTriesLimited
from backend.complaints.query_codes import is_query_code
from backend.complaints.rules import NUMBER_TRIES, PUBLIC_STATES, PUBLIC_WORDS, SOURCE_TRIES, PublicState
from backend.complaints.statements import StatusRow, status_row
from backend.identity.rules import Guard, source_of
from backend.identity.statements import count_within
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.readers import Reads


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusTry:
    """Somebody who is not signed in asks: for a number, with a code, from an address."""

    number: str = field(repr=False)
    code: str = field(repr=False)
    address: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStatus:
    """What anybody with the code is shown. ``changed_at`` is the last entry of the ledger; ``version`` the ETag."""

    number: str
    version: int
    state: PublicState
    state_name: str
    filed_at: datetime
    due_at: datetime
    due_is_provisional: bool
    ended_at: datetime | None
    changed_at: datetime


def public_status(
    reads: Reads, *, attempt: StatusTry, sealer: Sealer, now: datetime
) -> PublicStatus | StatusTriesLimited | None:
    """Return the status, or that the number or the address was tried too often; None for a wrong try, to be counted.

    A wrong code, an unknown number and the complaint of somebody who was erased are wrong alike.
    """
    if not _is_right(attempt, sealer):
        return None
    row = status_row(
        reads,
        number=attempt.number,
        number_digest=_digest(NUMBER_TRIES, attempt.number, sealer),
        source_digest=_digest(SOURCE_TRIES, source_of(attempt.address), sealer),
        now=now,
    )
    return None if row is None else _told(attempt.number, row, now)


def count_wrong_try(
    session: Session, *, attempt: StatusTry, sealer: Sealer, now: datetime
) -> StatusNotFound | StatusTriesLimited:
    """Count a wrong try and return its refusal: both are to be committed."""
    # What cannot be a number of ours is all one: it may hold what has no digest. Whoever is refused by their address
    # uses up nothing of the number's.
    number = attempt.number if is_number(attempt.number, COMPLAINT_PREFIX) else ""
    for guard, subject in ((SOURCE_TRIES, source_of(attempt.address)), (NUMBER_TRIES, number)):
        wait_s = count_within(session, guard, _digest(guard, subject, sealer), now) if subject else None
        if wait_s is not None:
            return StatusTriesLimited(retry_after_s=wait_s)
    return StatusNotFound()


def _digest(guard: Guard, subject: str, sealer: Sealer) -> bytes:
    return sealer.keyed_digest(subject, purpose=guard.name)


def _is_right(attempt: StatusTry, sealer: Sealer) -> bool:
    return is_number(attempt.number, COMPLAINT_PREFIX) and is_query_code(attempt.code, attempt.number, sealer)


def _told(number: str, row: StatusRow, now: datetime) -> PublicStatus | StatusTriesLimited:
    if row.refused_until is not None:
        return StatusTriesLimited(retry_after_s=max(1, math.ceil((row.refused_until - now).total_seconds())))
    state = PUBLIC_STATES[State(row.state)]
    return PublicStatus(
        number=number,
        version=row.version,
        state=state,
        state_name=PUBLIC_WORDS[state],
        filed_at=row.filed_at,
        due_at=row.due_at,
        due_is_provisional=row.due_is_provisional,
        ended_at=row.ended_at,
        changed_at=row.changed_at,
    )
