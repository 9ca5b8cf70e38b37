"""What a citizen does: file a complaint, withdraw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.cases import errors as case_errors
from backend.cases import filing as filing_rules
from backend.cases import queries as case_queries
from backend.cases.filing import Filing
from backend.cases.models import Case
from backend.cases.numbering import COMPLAINT_PREFIX
from backend.cases.use_cases import Desk, open_case, withdraw_own_case
from backend.complaints import queries
from backend.complaints.models import COMPLAINT_SERIAL, Complaint
from backend.identity.actor import Actor
from backend.identity.queries import lock_person
from backend.infrastructure.serials import Serials
from backend.kernel.ids import uuid7

QUOTA_WINDOW = timedelta(hours=24)
_complaint_serials = Serials(COMPLAINT_SERIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the citizen is given for a complaint: numbers, state and instants, nothing personal."""

    number: str
    case_number: str
    state: str
    filed_at: datetime
    due_at: datetime


def file_complaint(session: Session, *, filing: Filing, daily_quota: int, desk: Desk) -> Receipt:
    """File a complaint: it opens a case at the centre that owns the chosen division.

    Raises QuotaReached (G-rate), or the error of the guard that refuses the filing.
    """
    # One filing of a person at a time: of two at once, the second must count the first.
    lock_person(session, filing.person_id)
    since = desk.now - QUOTA_WINDOW
    if case_queries.reports_since(session, person_id=filing.person_id, since=since) >= daily_quota:
        raise case_errors.QuotaReached
    number = filing_rules.next_number(session, _complaint_serials, COMPLAINT_PREFIX, desk.now)
    decided = filing_rules.decide(session, filing=filing, city=desk.city, reporter_number=number, now=desk.now)
    case = open_case(session, filing=filing, decided=decided, desk=desk)
    complaint = Complaint(
        id=uuid7(),
        number=number,
        person_id=filing.person_id,
        case_id=case.id,
        identity_shown=filing.identity_shown.value,
        filed_at=desk.now,
    )
    session.add(complaint)
    return _receipt(complaint, case)


def withdraw_complaint(session: Session, *, actor: Actor, number: str, note: str | None, desk: Desk) -> Receipt:
    """Withdraw one's own complaint (T31).

    Raises ComplaintNotFound, TransitionNotAllowed, or SafetyNotWithdrawable.
    """
    complaint = queries.own_complaint(session, actor=actor, number=number)
    case = withdraw_own_case(session, actor=actor, case_id=complaint.case_id, note=note, desk=desk)
    return _receipt(complaint, case)


def _receipt(complaint: Complaint, case: Case) -> Receipt:
    return Receipt(
        number=complaint.number,
        case_number=case.number,
        state=case.state,
        filed_at=complaint.filed_at,
        due_at=case.due_at,
    )
