"""What a grid worker adds to their own report when the desk asked for it (T03)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import queries as case_queries
from backend.cases.ledger import Witness
from backend.cases.rules import Action, Move
from backend.cases.use_cases import Desk, move_reported_case
from backend.grid_reports.areas import binding_for
from backend.grid_reports.queries import own_report
from backend.identity.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """Words, and photos that wait."""

    text: str = field(repr=False)
    evidence_ids: tuple[uuid.UUID, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementReceipt:
    """That a supplement was taken in, and where the case stands."""

    number: str
    case_number: str
    state: str
    supplemented_at: datetime
    due_at: datetime


def supplement_report(
    session: Session, *, actor: Actor, number: str, supplement: Supplement, desk: Desk
) -> SupplementReceipt:
    """Add to one's own report what the desk asked for: the clocks run on.

    Raises GridReportNotFound, TransitionNotAllowed, or EvidenceNotAttachable.
    """
    report = own_report(session, actor=actor, number=number)
    case = case_queries.lock_case(session, report.case_id)
    binding = binding_for(actor, desk.city.centre(case.owner_centre_id).path)
    reporter = Witness(role=binding.role, person_id=actor.person_id, centre_id=binding.centre_id)
    move = Move(action=Action.SUPPLEMENT, supplement=supplement.text, evidence_ids=supplement.evidence_ids)
    move_reported_case(session, case=case, reporter=reporter, move=move, desk=desk)
    return SupplementReceipt(
        number=report.number, case_number=case.number, state=case.state, supplemented_at=desk.now, due_at=case.due_at
    )
