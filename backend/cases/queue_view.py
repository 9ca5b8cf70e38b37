"""What a desk is shown of its queue: names beside codes, and titles with people's numbers masked."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from backend.cases import queries, rules
from backend.cases.ledger import TEXT_CONTEXT
from backend.cases.queries import Queue, QueuePosition, Scope
from backend.cases.queue_rows import QueueRow
from backend.cases.rules import STATE_NAMES, State
from backend.identity.actor import Actor
from backend.identity.rules import masked_text
from backend.infrastructure.crypto import Sealed, Sealer
from backend.infrastructure.readers import Reads
from backend.kernel.page import Page
from backend.organization.queries.city import City
from backend.organization.statements.asking import Presumed


class QueueLine(NamedTuple):
    """A row of a queue and what its codes are called. A tuple, as the row is: there are a hundred of them on a page."""

    row: QueueRow
    state_name: str
    title: str | None
    request_type_name: str
    category_name: str
    division_name: str
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who looks at a queue, with what it takes to show one: the city of a version, the cipher, the time.

    ``presumed``: who they are taken to be, for the statement to ask; the page is empty if they are not.
    """

    actor: Actor
    presumed: Presumed | None
    city_of: Callable[[uuid.UUID | None], City]
    sealer: Sealer
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAsked:
    """Which page of which queue."""

    queue: Queue
    scope: Scope
    limit: int
    after: QueuePosition | None


def queue_page(reads: Reads, *, asker: Asker, asked: QueueAsked) -> Page[QueueLine]:
    """Return a page of a desk's queue: one statement, however long it is."""
    reader = (asker.actor, asker.presumed.values(asker.now) if asker.presumed else None)
    page = queries.queue_of(
        reads, reader=reader, queue=asked.queue, scope=asked.scope, limit=asked.limit, after=asked.after
    )
    if not page.items:
        return Page(items=[], has_more=False)
    naming = _Naming(asker.city_of(page.items[0].city_version), {})
    return Page(items=[_line(row, naming, asker) for row in page.items], has_more=page.has_more)


class _Names(NamedTuple):
    state: str
    request_type: str
    category: str
    division: str
    is_open: bool


class _Naming(NamedTuple):
    """The city, and what was looked up in it for this page: most rows of a page are of few kinds."""

    city: City
    known: dict[tuple[str, ...], _Names]

    def names(self, row: QueueRow) -> _Names:
        kind = (
            row.state,
            row.request_type,
            row.category_tree,
            row.category_code,
            row.category_version,
            row.division_code,
        )
        names = self.known.get(kind)
        if names is None:
            names = self.known[kind] = self._looked_up(row)
        return names

    def _looked_up(self, row: QueueRow) -> _Names:
        state = State(row.state)
        request_type, division = self.city.request_type(row.request_type), self.city.division(row.division_code)
        return _Names(
            state=STATE_NAMES[state],
            request_type=request_type.name if request_type else row.request_type,
            category=self.city.category_name(row.category_tree, row.category_code, row.category_version),
            division=division.name if division else row.division_code,
            is_open=rules.is_open(state),
        )


def _line(row: QueueRow, naming: _Naming, asker: Asker) -> QueueLine:
    names = naming.names(row)
    return QueueLine(
        row=row,
        state_name=names.state,
        title=_title(row, asker.sealer),
        request_type_name=names.request_type,
        category_name=names.category,
        division_name=names.division,
        is_overdue=names.is_open and row.next_due_at < asker.now,
    )


def _title(row: QueueRow, sealer: Sealer) -> str | None:
    """Return the title; None where it was erased."""
    if row.title_sealed is None or row.title_key_id is None:
        return None
    sealed = Sealed(row.title_key_id, row.title_sealed)
    return masked_text(sealer.open(sealed, context=TEXT_CONTEXT.format(row.title_id)))
