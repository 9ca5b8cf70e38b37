"""The parts of a case: its texts, its reporters and its ledger. The caller has decided who may ask."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.cases import ledger
from backend.cases.models import CaseReporter, CaseText, LedgerEntry
from backend.infrastructure.crypto import Sealer


def texts_of(session: Session, case_id: uuid.UUID, sealer: Sealer) -> dict[str, str | None]:
    """Return the texts of a case by field, the latest of each; None where one was erased."""
    rows = session.scalars(select(CaseText).where(CaseText.case_id == case_id).order_by(CaseText.seq))
    return {row.field: ledger.open_text(row, sealer) for row in rows}


def texts_by_step(session: Session, case_id: uuid.UUID, sealer: Sealer) -> dict[tuple[int, str], str | None]:
    """Return the texts of a case by the number of their ledger entry and their field; None where one was erased."""
    rows = session.scalars(select(CaseText).where(CaseText.case_id == case_id))
    return {(row.seq, row.field): ledger.open_text(row, sealer) for row in rows}


def titles_of(session: Session, case_ids: Sequence[uuid.UUID], sealer: Sealer) -> dict[uuid.UUID, str | None]:
    """Return the title of each case, in one statement for all."""
    statement = select(CaseText).where(CaseText.case_id.in_(case_ids), CaseText.field == "title")
    return {row.case_id: ledger.open_text(row, sealer) for row in session.scalars(statement)}


def reporters_of(session: Session, case_id: uuid.UUID) -> Sequence[CaseReporter]:
    """Return who reported a case, in the order of their reports."""
    statement = select(CaseReporter).where(CaseReporter.case_id == case_id)
    return session.scalars(statement.order_by(CaseReporter.reported_at, CaseReporter.id)).all()


def ledger_of(session: Session, case_id: uuid.UUID) -> Sequence[LedgerEntry]:
    """Return the ledger of a case, first entry first."""
    return session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.seq)).all()


def reports_since(session: Session, *, person_id: uuid.UUID, since: datetime) -> int:
    """Return how many reports a person has made since an instant."""
    statement = select(func.count()).where(CaseReporter.person_id == person_id, CaseReporter.reported_at > since)
    return int(session.scalar(statement) or 0)
