"""What citizens may see of their own complaints. Another person's complaint is as none at all (S2)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from backend.cases import queries as case_queries
from backend.cases.models import Case
from backend.cases.queries import Ground
from backend.cases.rules import State
from backend.complaints import rules
from backend.complaints.errors import ComplaintNotFound
from backend.complaints.models import Complaint
from backend.identity.actor import Actor
from backend.infrastructure.crypto import Sealer
from backend.kernel.clock import SHANGHAI
from backend.kernel.page import Page
from backend.organization.queries.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPosition:
    """The place of a complaint in its person's list: newest first."""

    filed_at: datetime
    complaint_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintLine:
    """A complaint with its case, and its title where the reader is its reporter."""

    complaint: Complaint
    case: Case
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One step in a citizen's words. ``at`` is UTC; ``text`` says what happened and what comes next."""

    at: datetime
    state: str
    title: str
    text: str


def own_complaint(session: Session, *, actor: Actor, number: str) -> Complaint:
    """Return one's own complaint. Raises ComplaintNotFound for every other number."""
    statement = select(Complaint).where(Complaint.number == number, Complaint.person_id == actor.person_id)
    complaint = session.scalar(statement)
    if complaint is None:
        raise ComplaintNotFound
    return complaint


def own_complaints(
    session: Session, *, actor: Actor, limit: int, after: ListPosition | None, sealer: Sealer
) -> Page[ComplaintLine]:
    """Return a page of one's own complaints, newest first: two statements however long it is."""
    statement = (
        select(Complaint, Case).join(Case, Case.id == Complaint.case_id).where(Complaint.person_id == actor.person_id)
    )
    if after is not None:
        statement = statement.where(tuple_(Complaint.filed_at, Complaint.id) < (after.filed_at, after.complaint_id))
    rows = session.execute(statement.order_by(Complaint.filed_at.desc(), Complaint.id.desc()).limit(limit + 1)).all()
    titles = case_queries.titles_of(session, [case.id for _, case in rows], sealer)
    lines = [ComplaintLine(complaint=complaint, case=case, title=titles.get(case.id)) for complaint, case in rows]
    return Page.cut(lines, limit)


def own_complaint_with_case(session: Session, *, actor: Actor, number: str) -> tuple[Complaint, Case]:
    """Return one's own complaint and its case. Raises ComplaintNotFound for every other number."""
    statement = (
        select(Complaint, Case)
        .join(Case, Case.id == Complaint.case_id)
        .where(Complaint.number == number, Complaint.person_id == actor.person_id)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise ComplaintNotFound
    complaint, case = row
    return complaint, case


def timeline_of(session: Session, *, actor: Actor, number: str, city: City, sealer: Sealer) -> Sequence[TimelineStep]:
    """Return the way of one's own complaint, first step first. Raises ComplaintNotFound."""
    complaint = own_complaint(session, actor=actor, number=number)
    texts = case_queries.texts_of(session, complaint.case_id, sealer)
    entries: list[dict[str, Any]] = [
        json.loads(row.entry) for row in case_queries.ledger_of(session, complaint.case_id)
    ]
    grounds = case_queries.grounds_on(session, complaint.filed_at.astimezone(SHANGHAI).date())
    return [_step(entry, texts, grounds, city) for entry in entries]


def _step(entry: dict[str, Any], texts: dict[str, str | None], grounds: dict[str, Ground], city: City) -> TimelineStep:
    wording = rules.STEP_WORDING[entry["transition"]]
    centre_id = entry["actor"]["centre_id"]
    ground = grounds.get(entry["facts"].get("rejection_ground") or "")
    text = wording.text.format(
        centre=city.centre(uuid.UUID(centre_id)).name if centre_id else "",
        answer=texts.get("answer") or "（内容已按规定删除）",
        ground=ground.name if ground else "",
        explanation=ground.explanation if ground else "",
        other_door=ground.other_door if ground else "",
    )
    return TimelineStep(at=datetime.fromisoformat(entry["at"]), state=entry["to"], title=wording.title, text=text)


def is_withdrawable(case: Case) -> bool:
    """Tell whether the reporter may still withdraw."""
    return rules.may_withdraw(State(case.state), is_safety=case.is_safety)
