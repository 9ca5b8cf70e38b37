"""Writing the ledger: each event of a case as one chained entry, its texts sealed beside it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cases import chain
from backend.cases.models import Case, CaseText, LedgerEntry
from backend.cases.rules import State, Transition, Upkeep
from backend.infrastructure.crypto import Sealed, Sealer
from backend.kernel.ids import uuid7

SCHEMA_VERSION = 1
TEXT_CONTEXT = "case_text:{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Who did it: the person, in which role, and at which centre (None for reporters).

    Without a person the product did it by itself, by a rule.
    """

    role: str
    person_id: uuid.UUID | None
    centre_id: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What is to be written: the move or upkeep, who did it, the facts it set, and the texts that came with it.

    ``facts`` hold every stored value of the case that the move changed, so that replaying the ledger gives the
    case again; ``texts`` may hold personal data and enter the chain as digests only.
    """

    event_id: uuid.UUID
    at: datetime
    transition: Transition | Upkeep
    from_state: State | None
    witness: Witness
    facts: Mapping[str, object]
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What an entry says of its case as it stands with it. ``version`` is the number of the entry."""

    id: uuid.UUID
    number: str
    version: int
    workflow_version: int
    state: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The rows of an entry: its own, and one for each of its texts."""

    entry: Mapping[str, object]
    texts: Sequence[Mapping[str, object]] = field(repr=False)


def append(session: Session, case: Case, happening: Happening, sealer: Sealer) -> None:
    """Add the entry number ``case.version``, and its texts. The case must be locked, or new."""
    previous = _last_hash(session, case) if case.version > 1 else chain.GENESIS
    head = Head(
        id=case.id,
        number=case.number,
        version=case.version,
        workflow_version=case.workflow_version,
        state=case.state,
        round=case.round,
    )
    add_written(session, written(head, happening, previous, sealer))


def written(head: Head, happening: Happening, previous: bytes, sealer: Sealer) -> Written:
    """Return the rows of an entry that follows the one with the hash ``previous``."""
    digests, texts = {}, []
    for name, text in happening.texts.items():
        salt = chain.new_salt()
        digests[name] = chain.digest_of(text, salt)
        texts.append(_sealed_text(head, name, text, salt, sealer))
    entry = chain.canonical(_entry(head, happening, digests))
    values = {
        "case_id": head.id,
        "seq": head.version,
        "event_id": happening.event_id,
        "entry": entry,
        "previous_hash": previous,
        "hash": chain.chained_hash(previous, entry),
    }
    return Written(entry=values, texts=texts)


def add_written(session: Session, rows: Written) -> None:
    """Add the rows of an entry."""
    session.add_all(CaseText(**values) for values in rows.texts)
    session.add(LedgerEntry(**rows.entry))


def open_text(row: CaseText, sealer: Sealer) -> str | None:
    """Return a stored text, or None where it was erased."""
    if row.text_sealed is None or row.text_key_id is None:
        return None
    sealed = Sealed(row.text_key_id, row.text_sealed)
    return sealer.open(sealed, context=TEXT_CONTEXT.format(row.id))


def _last_hash(session: Session, case: Case) -> bytes:
    statement = select(LedgerEntry.hash).where(LedgerEntry.case_id == case.id, LedgerEntry.seq == case.version - 1)
    return session.execute(statement).scalar_one()


def _sealed_text(head: Head, name: str, text: str, salt: bytes, sealer: Sealer) -> dict[str, object]:
    text_id = uuid7()
    sealed = sealer.seal(text, context=TEXT_CONTEXT.format(text_id))
    return {
        "id": text_id,
        "case_id": head.id,
        "seq": head.version,
        "field": name,
        "text_sealed": sealed.ciphertext,
        "text_key_id": sealed.key_id,
        "salt": salt,
    }


def _entry(head: Head, happening: Happening, digests: Mapping[str, str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA_VERSION,
        "case": head.number,
        "case_id": str(head.id),
        "seq": head.version,
        "event_id": str(happening.event_id),
        "at": plain(happening.at),
        "workflow": head.workflow_version,
        "transition": happening.transition.code,
        "action": str(happening.transition.action),
        "from": happening.from_state.value if happening.from_state else None,
        "to": head.state,
        "round": head.round,
        "actor": {
            "role": happening.witness.role,
            "person_id": plain(happening.witness.person_id),
            "centre_id": plain(happening.witness.centre_id),
        },
        "facts": {name: plain(value) for name, value in happening.facts.items()},
        "digests": dict(digests),
    }


def plain(value: object) -> object:
    """Return a fact as JSON says it: instants in ISO 8601 with microseconds, ids as text, the rest as it is."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return str(value) if isinstance(value, uuid.UUID) else value
