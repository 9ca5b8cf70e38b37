"""The one statement that answers a public status: a hot path (P5)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from backend.cases.statements import INSTANT_OF_ENTRY
from backend.complaints.rules import NUMBER_TRIES, SOURCE_TRIES
from backend.identity.rules import Guard
from backend.infrastructure.readers import Reads


def _refused_until(guard: Guard, subject: str) -> str:
    """Return until when a subject is refused by a guard: NULL where it is not. One row of the primary key."""
    return (
        f"(SELECT ends_at FROM guard_counter WHERE guard = '{guard.name}' AND subject = {subject}"  # noqa: S608 - ours
        f" AND count >= {guard.limit} AND ends_at > $2)"
    )


# Each version of a case has its entry; the case itself does not keep when the last one was written.
STATUS = f"""
SELECT c.state, c.version, c.due_at, c.due_is_provisional, c.ended_at, r.filed_at,
       {INSTANT_OF_ENTRY},
       greatest({_refused_until(NUMBER_TRIES, "$3")}, {_refused_until(SOURCE_TRIES, "$4")})
FROM complaint r
JOIN command_case c ON c.id = r.case_id
JOIN person p ON p.id = r.person_id
JOIN case_ledger l ON l.case_id = c.id AND l.seq = c.version
WHERE r.number = $1 AND p.erased_at IS NULL
""".encode()  # noqa: S608 - the names and limits are those of the guards


class StatusRow(NamedTuple):
    """What is known of a complaint, and until when nobody may ask: its number or this address was tried too often."""

    state: str
    version: int
    due_at: datetime
    due_is_provisional: bool
    ended_at: datetime | None
    filed_at: datetime
    changed_at: datetime
    refused_until: datetime | None


def status_row(
    reads: Reads, *, number: str, number_digest: bytes, source_digest: bytes, now: datetime
) -> StatusRow | None:
    """Return how a complaint stands; None where there is none, or its reporter was erased.

    The digests are what tries of this number, and tries from this address, are counted by.
    """
    rows = reads.rows(STATUS, (number, now, number_digest, source_digest))
    return StatusRow(*rows[0]) if rows else None
