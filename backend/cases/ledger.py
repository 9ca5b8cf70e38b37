"""Writing the ledger: each event of a case as one chained entry, its texts sealed beside it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.cases import chain
from backend.cases.models import Case, CaseText, LedgerEntry
from backend.cases.rules import State, Transition, Upkeep
from backend.infrastructure.crypto import Sealed, Sealer
from backend.kernel.ids import uuid7

SCHEMA_VERSION = 1
TEXT_CONTEXT = "case_text:{}"
# Most facts are of these types, and are JSON as they are.
_PLAIN = frozenset({str, int, bool, type(None)})


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


# The hash of the entry before is read and followed where it lies: one statement, whatever came with the entry.
_APPEND = text("""
    WITH entry AS (
        INSERT INTO case_ledger (case_id, seq, event_id, entry, previous_hash, hash)
        SELECT last.case_id, :seq, :event_id, said.entry, last.hash,
               sha256(last.hash || convert_to(said.entry, 'UTF8'))
          FROM case_ledger AS last, (SELECT CAST(:entry AS varchar) AS entry) AS said
         WHERE last.case_id = :case_id AND last.seq = :seq - 1
        RETURNING case_id, seq
    ), texts AS (
        INSERT INTO case_text (id, case_id, seq, field, text_sealed, text_key_id, salt)
        SELECT given.id, entry.case_id, entry.seq, given.field, given.text_sealed, given.text_key_id, given.salt
          FROM entry, unnest(CAST(:id AS uuid[]), CAST(:field AS varchar[]), CAST(:text_sealed AS bytea[]),
                             CAST(:text_key_id AS varchar[]), CAST(:salt AS bytea[]))
                      AS given (id, field, text_sealed, text_key_id, salt)
    )
    SELECT count(*) FROM entry
""")
_TEXT_COLUMNS = ("id", "field", "text_sealed", "text_key_id", "salt")


def append(session: Session, case: Case, happening: Happening, sealer: Sealer) -> None:
    """Add the entry number ``case.version``, which is not the first, and its texts. The case must be locked."""
    head = Head(
        id=case.id,
        number=case.number,
        version=case.version,
        workflow_version=case.workflow_version,
        state=case.state,
        round=case.round,
    )
    entry, texts = _told(head, happening, sealer)
    values = {"case_id": head.id, "seq": head.version, "event_id": happening.event_id, "entry": entry}
    columns = {name: [row[name] for row in texts] for name in _TEXT_COLUMNS}
    if session.execute(_APPEND, values | columns).scalar_one() != 1:
        raise LookupError("the ledger of the case has no entry to follow")


def written(head: Head, happening: Happening, previous: bytes, sealer: Sealer) -> Written:
    """Return the rows of an entry that follows the one with the hash ``previous``."""
    entry, texts = _told(head, happening, sealer)
    values = {
        "case_id": head.id,
        "seq": head.version,
        "event_id": happening.event_id,
        "entry": entry,
        "previous_hash": previous,
        "hash": chain.chained_hash(previous, entry),
    }
    return Written(entry=values, texts=texts)


def _told(head: Head, happening: Happening, sealer: Sealer) -> tuple[str, list[dict[str, object]]]:
    """Return the text of an entry, and the rows of what it holds as digests alone."""
    digests, texts = {}, []
    for name, said in happening.texts.items():
        salt = chain.new_salt()
        digests[name] = chain.digest_of(said, salt)
        texts.append(_sealed_text(head, name, said, salt, sealer))
    return chain.canonical(_entry(head, happening, digests)), texts


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


def _sealed_text(head: Head, name: str, said: str, salt: bytes, sealer: Sealer) -> dict[str, object]:
    text_id = uuid7()
    sealed = sealer.seal(said, context=TEXT_CONTEXT.format(text_id))
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
        "from": str(happening.from_state) if happening.from_state else None,
        "to": head.state,
        "round": head.round,
        "actor": {
            "role": happening.witness.role,
            "person_id": plain(happening.witness.person_id),
            "centre_id": plain(happening.witness.centre_id),
        },
        "facts": {name: value if type(value) in _PLAIN else plain(value) for name, value in happening.facts.items()},
        "digests": dict(digests),
    }


def plain(value: object) -> object:
    """Return a fact as JSON says it: instants in ISO 8601 with microseconds, ids as text, the rest as it is."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return str(value) if isinstance(value, uuid.UUID) else value
