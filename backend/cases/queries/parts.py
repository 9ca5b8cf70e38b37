"""The parts of a case: its texts, its reporters and its ledger. The caller has decided who may ask."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend.cases import ledger
from backend.cases.models import Case, CaseReporter, CaseText, LedgerEntry
from backend.cases.rules import Action
from backend.infrastructure.crypto import Sealer


def texts_of(session: Session, case_id: uuid.UUID, sealer: Sealer) -> dict[str, str | None]:
    """Return the texts of a case by field, the latest of each; None where one was erased."""
    rows = session.scalars(select(CaseText).where(CaseText.case_id == case_id).order_by(CaseText.seq))
    return {row.field: ledger.open_text(row, sealer) for row in rows}


def texts_by_step(session: Session, case_id: uuid.UUID, sealer: Sealer) -> dict[tuple[int, str], str | None]:
    """Return the texts of a case by the number of their ledger entry and their field; None where one was erased."""
    rows = session.scalars(select(CaseText).where(CaseText.case_id == case_id))
    return {(row.seq, row.field): ledger.open_text(row, sealer) for row in rows}


def latest_texts(by_step: Mapping[tuple[int, str], str | None]) -> dict[str, str | None]:
    """Return the latest text of each field."""
    return {name: text for (_, name), text in sorted(by_step.items(), key=itemgetter(0))}


def titles_of(session: Session, case_ids: Sequence[uuid.UUID], sealer: Sealer) -> dict[uuid.UUID, str | None]:
    """Return the title of each case, in one statement for all."""
    statement = select(CaseText).where(CaseText.case_id.in_(case_ids), CaseText.field == "title")
    return {row.case_id: ledger.open_text(row, sealer) for row in session.scalars(statement)}


def reporters_of(session: Session, case_id: uuid.UUID) -> Sequence[CaseReporter]:
    """Return who reported a case, in the order of their reports."""
    statement = select(CaseReporter).where(CaseReporter.case_id == case_id)
    return session.scalars(statement.order_by(CaseReporter.reported_at, CaseReporter.id)).all()


def has_reporter(session: Session, case_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Tell whether a person is among those who reported a case."""
    statement = select(exists().where(CaseReporter.case_id == case_id, CaseReporter.person_id == person_id))
    return bool(session.scalar(statement))


def ledger_of(session: Session, case_id: uuid.UUID) -> Sequence[LedgerEntry]:
    """Return the ledger of a case, first entry first."""
    return session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.seq)).all()


def handlers_of(session: Session, case: Case) -> set[uuid.UUID]:
    """Return who has reported a handling of the case's present round, as the ledger tells it."""
    entries = (json.loads(row.entry) for row in ledger_of(session, case.id))
    told = [entry for entry in entries if entry["action"] == Action.REPORT_BACK and entry["round"] == case.round]
    return {uuid.UUID(entry["actor"]["person_id"]) for entry in told if entry["actor"]["person_id"]}


def newest_report_but(session: Session, count: int, *, person_id: uuid.UUID, since: datetime) -> datetime | None:
    """Return when a person made the newest report but ``count``; None where it was not made after ``since``."""
    return session.scalar(
        select(CaseReporter.reported_at)
        .where(CaseReporter.person_id == person_id, CaseReporter.reported_at > since)
        .order_by(CaseReporter.reported_at.desc())
        .offset(count)
        .limit(1)
    )
