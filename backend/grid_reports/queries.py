"""What grid workers may see of their own reports: another person's are as none at all (S2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from backend.cases import queries as case_queries
from backend.cases.models import Case
from backend.cases.naming import Named
from backend.cases.numbering import GRID_REPORT_PREFIX, is_number
from backend.cases.rules import STATE_NAMES, ChoiceKind, State
from backend.cases.views import NamedCategory, Reader, category_of, division_of
from backend.grid_reports.errors import GridReportNotFound
from backend.grid_reports.models import GridReport
from backend.identity.actor import Actor
from backend.kernel.clock import SHANGHAI
from backend.kernel.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPosition:
    """The place of a report in its person's list: seen last, shown first.

    Both parts are the phone's own, so that the list is the same in whatever order the reports arrived.
    """

    captured_at: datetime
    client_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GridReportLine:
    """A report as a row of its reporter's list, with what became of it."""

    number: str
    case_number: str
    client_id: uuid.UUID
    state: str
    state_name: str
    round: int
    title: str | None = field(repr=False)
    category: NamedCategory
    division: Named
    captured_at: datetime
    filed_at: datetime
    due_at: datetime
    ended_at: datetime | None
    missing: Sequence[Named]


def own_report(session: Session, *, actor: Actor, number: str) -> GridReport:
    """Return one's own report. Raises GridReportNotFound for every other number."""
    if not is_number(number, GRID_REPORT_PREFIX):
        raise GridReportNotFound  # it may hold what PostgreSQL cannot take
    statement = select(GridReport).where(GridReport.number == number, GridReport.person_id == actor.person_id)
    report = session.scalar(statement)
    if report is None:
        raise GridReportNotFound
    return report


def report_of(session: Session, *, person_id: uuid.UUID, client_id: uuid.UUID) -> tuple[GridReport, str] | None:
    """Return the report that a person's phone gave this id, with the number of its case; None when there is none."""
    statement = select(GridReport, Case.number).join(Case, Case.id == GridReport.case_id)
    statement = statement.where(GridReport.person_id == person_id, GridReport.client_id == client_id)
    row = session.execute(statement).one_or_none()
    return None if row is None else (row[0], row[1])


def own_reports(session: Session, *, reader: Reader, limit: int, after: ReportPosition | None) -> Page[GridReportLine]:
    """Return a page of one's own reports, seen last first.

    Two statements however long it is, and one more where a report waits for what the desk asked for.
    """
    statement = select(GridReport, Case).join(Case, Case.id == GridReport.case_id)
    statement = statement.where(GridReport.person_id == reader.actor.person_id)
    place = tuple_(GridReport.captured_at, GridReport.client_id)
    if after is not None:
        statement = statement.where(place < (after.captured_at, after.client_id))
    ordered = statement.order_by(GridReport.captured_at.desc(), GridReport.client_id.desc())
    rows = session.execute(ordered.limit(limit + 1)).all()
    titles = case_queries.titles_of(session, [case.id for _, case in rows], reader.sealer)
    names = _names_of_missing(session, [case for _, case in rows], reader.now)
    return Page.cut([_line(report, case, titles.get(case.id), names, reader) for report, case in rows], limit)


def _names_of_missing(session: Session, cases: Sequence[Case], now: datetime) -> Mapping[str, str]:
    if not any(case.state == State.SUPPLEMENT for case in cases):
        return {}
    return case_queries.choices_on(session, ChoiceKind.MISSING, now.astimezone(SHANGHAI).date())


def _line(
    report: GridReport, case: Case, title: str | None, names: Mapping[str, str], reader: Reader
) -> GridReportLine:
    missing = case.missing if case.state == State.SUPPLEMENT else None
    return GridReportLine(
        number=report.number,
        case_number=case.number,
        client_id=report.client_id,
        state=case.state,
        state_name=STATE_NAMES[State(case.state)],
        round=case.round,
        title=title,
        category=category_of(case, reader.city),
        division=division_of(case, reader.city),
        captured_at=report.captured_at,
        filed_at=report.received_at,
        due_at=case.due_at,
        ended_at=case.ended_at,
        missing=[Named(code=code, name=names.get(code, code)) for code in missing or ()],
    )
