"""The record of reveals: one chain for each case, sealed reasons, and what auditors and desks read of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from backend.cases import chain, queries
from backend.cases.ledger import plain
from backend.cases.models import Case, CaseReveal
from backend.cases.naming import Named
from backend.cases.queries.desk import in_area_of
from backend.cases.views import Reader
from backend.identity.permissions import Permission
from backend.identity.queries import profiles_of
from backend.infrastructure.crypto import SealBroken, Sealed, Sealer
from backend.kernel.ids import uuid7
from backend.kernel.page import Page
from backend.organization.queries.city import City
from backend.organization.roles import ROLE_NAMES, Role

REASON_CONTEXT = "case_reveal.reason:{}"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealFacts:
    """Who saw which fields, in which role, why, when and in which request."""

    person_id: uuid.UUID
    role: str
    centre_id: uuid.UUID
    fields: Sequence[str]
    reason: str = field(repr=False)
    request_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealMark:
    """That a reveal happened, for the desk: by which role of which centre, of which fields; never by whom or why."""

    at: datetime
    role: str
    role_name: str
    centre: Named
    fields: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealLine:
    """A reveal as an auditor reads it."""

    id: uuid.UUID
    mark: RevealMark
    case_number: str
    login_name: str | None
    name: str | None = field(repr=False)
    reason: str | None = field(repr=False)
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealPosition:
    """The place of a reveal in the auditors' list: newest first."""

    revealed_at: datetime
    reveal_id: uuid.UUID


def append_reveal(session: Session, *, case: Case, facts: RevealFacts, sealer: Sealer) -> None:
    """Add a reveal to the chain of its case. Two of one case wait for each other, those of others do not."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"reveal:{case.id}", 0))))
    last = session.scalar(
        select(CaseReveal).where(CaseReveal.case_id == case.id).order_by(CaseReveal.seq.desc()).limit(1)
    )
    seq, previous = (last.seq + 1, last.hash) if last else (1, chain.GENESIS)
    reveal_id, salt = uuid7(), chain.new_salt()
    sealed = sealer.seal(facts.reason, context=REASON_CONTEXT.format(reveal_id))
    entry = chain.canonical(_entry(case, facts, reveal_id, seq, chain.digest_of(facts.reason, salt)))
    session.add(
        CaseReveal(
            id=reveal_id,
            case_id=case.id,
            seq=seq,
            person_id=facts.person_id,
            centre_id=facts.centre_id,
            revealed_at=facts.at,
            reason_sealed=sealed.ciphertext,
            reason_key_id=sealed.key_id,
            reason_salt=salt,
            entry=entry,
            previous_hash=previous,
            hash=chain.chained_hash(previous, entry),
        )
    )


def reveal_marks(session: Session, *, reader: Reader, number: str) -> Sequence[RevealMark]:
    """Return which reveals a case of the reader's area has seen, the first first. Raises CaseNotFound."""
    case = queries.visible_case(session, actor=reader.actor, number=number, permission=Permission.READ_LEDGER)
    return [_mark(row, reader.city) for row in reveals_of(session, [case.id])]


def reveals_of(session: Session, case_ids: Sequence[uuid.UUID]) -> Sequence[CaseReveal]:
    """Return the reveals of these cases, each case's in its order. The caller has decided who may ask."""
    statement = select(CaseReveal).where(CaseReveal.case_id.in_(case_ids))
    return session.scalars(statement.order_by(CaseReveal.case_id, CaseReveal.seq)).all()


def reveal_page(session: Session, *, reader: Reader, limit: int, after: RevealPosition | None) -> Page[RevealLine]:
    """Return a page of the reveals of the auditor's area, the newest first: three statements, however long it is."""
    statement = select(CaseReveal, Case.number).join(Case, Case.id == CaseReveal.case_id)
    statement = statement.where(in_area_of(reader.actor, Permission.READ_REVEALS))
    if after is not None:
        statement = statement.where(
            tuple_(CaseReveal.revealed_at, CaseReveal.id) < (after.revealed_at, after.reveal_id)
        )  # fmt: skip
    ordered = statement.order_by(CaseReveal.revealed_at.desc(), CaseReveal.id.desc())
    rows = session.execute(ordered.limit(limit + 1)).all()
    people = profiles_of(session, sealer=reader.sealer, person_ids={row.person_id for row, _ in rows})
    lines = [
        RevealLine(
            id=row.id,
            mark=_mark(row, reader.city),
            case_number=number,
            login_name=people[row.person_id].login_name,
            name=people[row.person_id].name,
            reason=_reason(row, reader.sealer),
            request_id=_told(row)["request_id"],
        )
        for row, number in rows
    ]
    return Page.cut(lines, limit)


def reveal_breaches(rows: Sequence[CaseReveal], sealer: Sealer) -> Iterator[str]:
    """Tell where the reveals of one case are not as they were written."""
    previous = chain.GENESIS
    for expected_seq, row in enumerate(rows, start=1):
        told = _told(row)
        if (row.seq, row.previous_hash) != (expected_seq, previous):
            yield f"第 {row.seq} 次查看与前一次不相连"
        if row.hash != chain.chained_hash(row.previous_hash, row.entry):
            yield f"第 {row.seq} 次查看的内容与哈希不符"
        stored = (row.id, row.case_id, row.seq, row.person_id, row.centre_id, row.revealed_at.astimezone(UTC))
        if [plain(value) for value in stored] != [told[name] for name in _STORED]:
            yield f"第 {row.seq} 次查看的记录与其内容不符"
        try:
            reason = _reason(row, sealer)
        except SealBroken:
            yield f"第 {row.seq} 次查看的理由无法解密"
            continue
        if chain.digest_of(reason, row.reason_salt) != told["reason"]:
            yield f"第 {row.seq} 次查看的理由与摘要不符"
        previous = row.hash


_STORED = ("id", "case_id", "seq", "person_id", "centre_id", "at")


def _entry(case: Case, facts: RevealFacts, reveal_id: uuid.UUID, seq: int, digest: str) -> dict[str, object]:
    return {
        "schema": SCHEMA_VERSION,
        "id": str(reveal_id),
        "case": case.number,
        "case_id": str(case.id),
        "seq": seq,
        "at": plain(facts.at.astimezone(UTC)),
        "person_id": str(facts.person_id),
        "role": facts.role,
        "centre_id": str(facts.centre_id),
        "fields": list(facts.fields),
        "request_id": facts.request_id,
        "reason": digest,
    }


def _told(row: CaseReveal) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(row.entry)  # our own canonical text: any JSON
    return told


def _reason(row: CaseReveal, sealer: Sealer) -> str:
    return sealer.open(Sealed(row.reason_key_id, row.reason_sealed), context=REASON_CONTEXT.format(row.id))


def _mark(row: CaseReveal, city: City) -> RevealMark:
    told, centre = _told(row), city.centre(row.centre_id)
    return RevealMark(
        at=row.revealed_at,
        role=told["role"],
        role_name=ROLE_NAMES[Role(told["role"])],
        centre=Named(code=centre.code, name=centre.name),
        fields=told["fields"],
    )
