"""The way of a complaint in a citizen's words, told from the ledger by the wording of each day."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cases import queries as case_queries
from backend.cases.views import Reader
from backend.complaints import queries
from backend.complaints.models import StepWording
from backend.complaints.rules import ERASED_TEXT
from backend.kernel.clock import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One step in a citizen's words. ``at`` is UTC; ``text`` says what happened and what comes next."""

    at: datetime
    state: str
    title: str
    text: str


def timeline_of(session: Session, *, reader: Reader, number: str) -> Sequence[TimelineStep]:
    """Return the way of one's own complaint, first step first. Raises ComplaintNotFound."""
    complaint = queries.own_complaint(session, actor=reader.actor, number=number)
    texts = case_queries.texts_by_step(session, complaint.case_id, reader.sealer)
    wordings = session.scalars(select(StepWording)).all()
    steps = []
    for row in case_queries.ledger_of(session, complaint.case_id):
        entry: dict[str, Any] = json.loads(row.entry)  # our own canonical text: any JSON
        at = datetime.fromisoformat(entry["at"])
        wording = _wording_on(wordings, entry["transition"], at.astimezone(SHANGHAI).date())
        facts = _facts(session, entry, at, reader)
        answer = texts.get((row.seq, "answer")) or ERASED_TEXT
        text = wording.text.format(answer=answer, **facts)
        steps.append(TimelineStep(at=at, state=entry["to"], title=wording.title, text=text))
    return steps


def _wording_on(wordings: Sequence[StepWording], transition: str, day: date) -> StepWording:
    return next(
        one
        for one in wordings
        if one.transition == transition and one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
    )


def _facts(session: Session, entry: Mapping[str, Any], at: datetime, reader: Reader) -> dict[str, str]:
    centre_id = entry["actor"]["centre_id"]
    code = entry["facts"].get("rejection_ground")
    ground = case_queries.grounds_on(session, at.astimezone(SHANGHAI).date()).get(code) if code else None
    return {
        "centre": reader.city.centre(uuid.UUID(centre_id)).name if centre_id else "",
        "ground": ground.name if ground else "",
        "explanation": ground.explanation if ground else "",
        "other_door": ground.other_door if ground else "",
    }
