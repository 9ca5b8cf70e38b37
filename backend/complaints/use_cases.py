"""What a citizen does with a complaint: file it, add to it, urge, rate, withdraw it, ask for another round."""

from __future__ import annotations

import math
import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.cases import errors as case_errors
from backend.cases import filing as filing_rules
from backend.cases import queries as case_queries
from backend.cases.filing import Filing
from backend.cases.models import Case
from backend.cases.numbering import COMPLAINT_PREFIX
from backend.cases.rules import Action, Move, Rating
from backend.cases.use_cases import Desk, move_own_case, open_case, rate_case, urge_case
from backend.complaints import queries
from backend.complaints.models import COMPLAINT_SERIAL, Complaint
from backend.complaints.query_codes import query_code_of
from backend.consents.queries import consent_holds
from backend.consents.rules import Purpose
from backend.identity.actor import Actor
from backend.identity.queries import lock_person
from backend.infrastructure.serials import Serials
from backend.kernel.clock import SHANGHAI
from backend.kernel.ids import uuid7

QUOTA_WINDOW = timedelta(hours=24)
complaint_serials = Serials(COMPLAINT_SERIAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the citizen is given for a complaint: numbers, state and instants, nothing personal."""

    number: str
    case_number: str
    state: str
    filed_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingReceipt(Receipt):
    """The receipt of a filing. ``location_kept`` is None where no position was given."""

    location_kept: bool | None
    query_code: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgeReceipt:
    """That an urge was taken in."""

    number: str
    case_number: str
    state: str
    urged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingReceipt:
    """That a rating was taken in, and of which round. It does not repeat what was said."""

    number: str
    case_number: str
    state: str
    round: int
    rated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What a reporter adds: words, and photos that wait."""

    text: str = field(repr=False)
    evidence_ids: tuple[uuid.UUID, ...] | None = None


def file_complaint(session: Session, *, filing: Filing, daily_quota: int, desk: Desk) -> FilingReceipt:
    """File a complaint: it opens a case at the centre that owns the chosen division.

    Without the reporter's consent the position is left out, and the complaint is taken all the same: nobody in the
    rain is asked for a consent first.
    Raises QuotaReached (G-rate), LocationConsentRequired, or the error of the guard that refuses the filing.
    """
    _refuse_beyond_quota(session, filing.person_id, daily_quota, desk.now)
    filing, location_kept = _with_consent(session, filing, desk)
    number = filing_rules.next_number(session, complaint_serials, COMPLAINT_PREFIX, desk.now)
    decided = filing_rules.decide(session, filing=filing, city=desk.city, reporter_number=number, now=desk.now)
    case = open_case(session, filing=filing, decided=decided, desk=desk)
    complaint = Complaint(**complaint_values(filing, number, case.id, desk.now))
    session.add(complaint)
    return FilingReceipt(
        **asdict(_receipt(complaint, case)),
        location_kept=location_kept,
        query_code=query_code_of(number, desk.sealer),
    )


def complaint_values(filing: Filing, number: str, case_id: uuid.UUID, now: datetime) -> dict[str, object]:
    """Return the row of a new complaint, by column."""
    return {
        "id": uuid7(),
        "number": number,
        "person_id": filing.person_id,
        "case_id": case_id,
        "identity_shown": str(filing.identity_shown),
        "filed_at": now,
    }


def _with_consent(session: Session, filing: Filing, desk: Desk) -> tuple[Filing, bool | None]:
    """Return the filing with no more of a place than its reporter agreed to, and whether the position is kept."""
    if filing.place is None:
        return filing, None
    day = desk.now.astimezone(SHANGHAI).date()
    if consent_holds(session, person_id=filing.person_id, purpose=Purpose.PRECISE_LOCATION, day=day):
        return filing, True
    if not filing.texts.get("address"):
        raise case_errors.LocationConsentRequired(
            errors={"json": {"location": [case_errors.LocationConsentRequired.default_detail]}}
        )
    return replace(filing, place=None), False


def withdraw_complaint(session: Session, *, actor: Actor, number: str, note: str | None, desk: Desk) -> Receipt:
    """Withdraw one's own complaint (T31).

    Raises ComplaintNotFound, TransitionNotAllowed, or SafetyNotWithdrawable.
    """
    return _move(session, actor, number, Move(action=Action.WITHDRAW, note=note), desk)


def supplement_complaint(session: Session, *, actor: Actor, number: str, addition: Addition, desk: Desk) -> Receipt:
    """Add what the desk asked for (T03): the clocks run on.

    Raises ComplaintNotFound, TransitionNotAllowed, or EvidenceNotAttachable.
    """
    move = Move(action=Action.SUPPLEMENT, supplement=addition.text, evidence_ids=addition.evidence_ids)
    return _move(session, actor, number, move, desk)


def reopen_complaint(session: Session, *, actor: Actor, number: str, addition: Addition, desk: Desk) -> Receipt:
    """Ask for a closed complaint to be handled again (T28): another round, with its limit once more.

    Raises ComplaintNotFound, TransitionNotAllowed, ReopeningOver, or EvidenceNotAttachable.
    """
    move = Move(action=Action.REOPEN, note=addition.text, evidence_ids=addition.evidence_ids)
    return _move(session, actor, number, move, desk)


def urge_complaint(session: Session, *, actor: Actor, number: str, text: str | None, desk: Desk) -> UrgeReceipt:
    """Urge those who must act on one's own complaint (U01), once a day.

    Raises ComplaintNotFound, TransitionNotAllowed or UrgedToday.
    """
    complaint = queries.own_complaint(session, actor=actor, number=number)
    case = urge_case(session, actor=actor, case_id=complaint.case_id, number=number, text=text, desk=desk)
    return UrgeReceipt(number=number, case_number=case.number, state=case.state, urged_at=desk.now)


def rate_complaint(session: Session, *, actor: Actor, number: str, rating: Rating, desk: Desk) -> RatingReceipt:
    """Rate the present round of one's own complaint (R01), once a round.

    Raises ComplaintNotFound, TransitionNotAllowed, RatedAlready or RatingOver.
    """
    complaint = queries.own_complaint(session, actor=actor, number=number)
    case = rate_case(session, actor=actor, case_id=complaint.case_id, number=number, rating=rating, desk=desk)
    return RatingReceipt(number=number, case_number=case.number, state=case.state, round=case.round, rated_at=desk.now)


def _move(session: Session, actor: Actor, number: str, move: Move, desk: Desk) -> Receipt:
    complaint = queries.own_complaint(session, actor=actor, number=number)
    case = move_own_case(session, actor=actor, case_id=complaint.case_id, move=move, desk=desk)
    return _receipt(complaint, case)


def _refuse_beyond_quota(session: Session, person_id: uuid.UUID, daily_quota: int, now: datetime) -> None:
    # One filing of a person at a time: of two at once, the second must count the first.
    lock_person(session, person_id)
    first_counted_at = case_queries.newest_report_but(
        session, daily_quota - 1, person_id=person_id, since=now - QUOTA_WINDOW
    )
    if first_counted_at is not None:
        wait = first_counted_at + QUOTA_WINDOW - now
        raise case_errors.QuotaReached(retry_after_s=max(1, math.ceil(wait.total_seconds())))


def _receipt(complaint: Complaint, case: Case) -> Receipt:
    return Receipt(
        number=complaint.number,
        case_number=case.number,
        state=case.state,
        filed_at=complaint.filed_at,
        due_at=case.due_at,
    )
