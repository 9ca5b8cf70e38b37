"""The one statement that reads a page of a desk's queue: a hot path (P6).

Each centre and state of a queue is read by itself, in the order of its index and no further than the page goes; the
few rows so found are merged. So a page costs the same whatever lies behind it, and nothing is sorted as a whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from backend.infrastructure.readers import Reads

_COLUMNS = (
    "id, number, version, state, request_type, category_tree, category_version, category_code, urgency, is_safety,"
    " verification_flagged, division_code, submitted_at, due_at, due_is_provisional, next_due_at"
)
_PAGE = f"""
SELECT page.id::text, page.number, page.version, page.state, page.request_type, page.category_tree,
       page.category_version, page.category_code, page.urgency, page.is_safety, page.verification_flagged,
       page.division_code, page.submitted_at, page.due_at, page.due_is_provisional, page.next_due_at,
       page.centre_code, page.centre_name, title.id::text, title.text_key_id, title.text_sealed,
       (SELECT version FROM city_version)
FROM (
    SELECT branch.*, centre.code AS centre_code, centre.name AS centre_name
    FROM centre
    CROSS JOIN unnest($2::text[]) AS wanted (state)
    CROSS JOIN LATERAL (
        SELECT {_COLUMNS}
        FROM command_case
        WHERE owner_centre_id = centre.id AND command_case.state = wanted.state
          AND (next_due_at, id) > ($4::text::timestamptz, $5::text::uuid)
        ORDER BY next_due_at, id
        LIMIT $3::int
    ) branch
    WHERE CENTRES
    ORDER BY branch.next_due_at, branch.id
    LIMIT $3::int
) page
LEFT JOIN LATERAL (
    SELECT id, text_key_id, text_sealed
    FROM case_text
    WHERE case_id = page.id AND field = 'title'
    ORDER BY seq DESC
    LIMIT 1
) title ON true
ORDER BY page.next_due_at, page.id
"""  # noqa: S608 - the columns stand above
OWN_QUEUE = _PAGE.replace("CENTRES", "centre.id = ANY($1::uuid[])").encode()
QUEUES_BELOW = _PAGE.replace("CENTRES", "centre.path ^@ ANY($6::text[]) AND centre.id <> ALL($1::uuid[])").encode()
# Before every row.
_BEGINNING = ("-infinity", str(uuid.UUID(int=0)))


class QueueRow(NamedTuple):
    """A case of a queue as it is stored. The last is the version of the city that is loaded."""

    id: str
    number: str
    version: int
    state: str
    request_type: str
    category_tree: str
    category_version: str
    category_code: str
    urgency: str
    is_safety: bool
    is_flagged: bool
    division_code: str
    submitted_at: datetime
    due_at: datetime
    due_is_provisional: bool
    next_due_at: datetime
    centre_code: str
    centre_name: str
    title_id: str | None
    title_key_id: str | None
    title_sealed: bytes | None
    city_version: uuid.UUID | None


class Place(NamedTuple):
    """Whose queue: the reader's own centres, and for what lies below them the paths under which they may read."""

    own_centres: Sequence[uuid.UUID]
    paths: Sequence[str] | None


def queue_rows(
    reads: Reads, *, place: Place, states: Sequence[str], limit: int, after: tuple[datetime, uuid.UUID] | None
) -> list[QueueRow]:
    """Return at most ``limit`` cases in one of these states, nearest deadline first, then by id."""
    begins = _BEGINNING if after is None else (after[0].isoformat(), str(after[1]))
    values = (list(place.own_centres), list(states), limit, *begins)
    if place.paths is None:
        return [QueueRow._make(row) for row in reads.rows(OWN_QUEUE, values)]
    return [QueueRow._make(row) for row in reads.rows(QUEUES_BELOW, (*values, list(place.paths)))]
