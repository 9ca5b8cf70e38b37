"""The one statement that reads a page of a desk's queue: a hot path (P6).

Each centre and state of a queue is read by itself, in the order of its index and no further than the page goes; the
few rows so found are merged. So a page costs the same whatever lies behind it, and nothing is sorted as a whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from backend.infrastructure.hot_statements import HotStatement
from backend.infrastructure.readers import Reads
from backend.organization.statements.asking import ASKER_HOLDS

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
    CROSS JOIN unnest(string_to_array(:page.states::text, ',')) AS wanted (state)
    CROSS JOIN LATERAL (
        SELECT {_COLUMNS}
        FROM command_case
        WHERE owner_centre_id = centre.id AND command_case.state = wanted.state
          AND (next_due_at, id) > (:page.after_due_at::text::timestamptz, :page.after_id::text::uuid)
        ORDER BY next_due_at, id
        LIMIT :page.limit::int
    ) branch
    WHERE CENTRES
    ORDER BY branch.next_due_at, branch.id
    LIMIT :page.limit::int
) page
LEFT JOIN LATERAL (
    SELECT id, text_key_id, text_sealed
    FROM case_text
    WHERE case_id = page.id AND field = 'title'
    ORDER BY seq DESC
    LIMIT 1
) title ON true
WHERE ASKER
ORDER BY page.next_due_at, page.id
"""  # noqa: S608 - the columns stand above
# Lists come as texts: a list costs the driver more to send than all the rest of the call. Each is read once. No id and
# no path has a comma: paths are made of the codes of divisions.
_OWN_CENTRES = "(SELECT string_to_array(:page.own_centres::text, ',')::uuid[])::uuid[]"
_PATHS = "(SELECT string_to_array(:page.paths::text, ','))::text[]"
_OWN = f"centre.id = ANY({_OWN_CENTRES})"
_BELOW = f"centre.path ^@ ANY({_PATHS}) AND centre.id <> ALL({_OWN_CENTRES})"


def _page(centres: str, *, asker: str = "true") -> HotStatement:
    return HotStatement(_PAGE.replace("CENTRES", centres).replace("ASKER", asker))


OWN_QUEUE, QUEUES_BELOW = _page(_OWN), _page(_BELOW)
# The same for whom the caller is presumed to be: no row where they are not.
OWN_QUEUE_OF_PRESUMED, QUEUES_BELOW_OF_PRESUMED = _page(_OWN, asker=ASKER_HOLDS), _page(_BELOW, asker=ASKER_HOLDS)
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
    """Whose queue: the reader's own centres, and for what lies below them the paths under which they may read.

    ``asker`` are the values of who the reader is presumed to be, for the statement to ask; None where they are known.
    """

    own_centres: Sequence[uuid.UUID]
    paths: Sequence[str] | None
    asker: Mapping[str, object] | None


def queue_rows(
    reads: Reads, *, place: Place, states: Sequence[str], limit: int, after: tuple[datetime, uuid.UUID] | None
) -> list[QueueRow]:
    """Return at most ``limit`` cases in one of these states, nearest deadline first, then by id."""
    begins = _BEGINNING if after is None else (after[0].isoformat(), str(after[1]))
    page = {
        "own_centres": ",".join(map(str, place.own_centres)),
        "states": ",".join(states),
        "limit": limit,
        "after_due_at": begins[0],
        "after_id": begins[1],
        "paths": None if place.paths is None else ",".join(place.paths),
    }
    if place.asker is None:
        statement = OWN_QUEUE if place.paths is None else QUEUES_BELOW
    else:
        statement = OWN_QUEUE_OF_PRESUMED if place.paths is None else QUEUES_BELOW_OF_PRESUMED
    return [QueueRow._make(row) for row in statement.rows(reads, {"page": page, "asker": place.asker or {}})]
