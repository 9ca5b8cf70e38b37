"""The way of a complaint in a citizen's words, told from the ledger by the wording of each day."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cases import queries as case_queries
from backend.cases.rules import DUE_RECOMPUTED, Action, ChoiceKind, TaskKind
from backend.cases.views import Reader
from backend.complaints import queries
from backend.complaints.models import StepWording
from backend.complaints.rules import ERASED_TEXT
from backend.kernel.clock import SHANGHAI
from backend.organization.queries.city import City


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
    # A unit and its answer are told where they were given, and again where they are shown.
    steps, unit, answer = [], "", ERASED_TEXT
    due: tuple[str, bool] | None = None
    for row in case_queries.ledger_of(session, complaint.case_id):
        entry: dict[str, Any] = json.loads(row.entry)  # our own canonical text: any JSON
        at = datetime.fromisoformat(entry["at"])
        wording = _wording_on(wordings, entry["transition"], at.astimezone(SHANGHAI).date())
        unit = _unit_of(entry, reader.city) or unit
        answer = (texts[row.seq, "answer"] or ERASED_TEXT) if (row.seq, "answer") in texts else answer
        due_before, due = due, _due_of(entry) or due
        if not wording.text or (entry["transition"] == DUE_RECOMPUTED.code and due == due_before):
            continue  # within the house: the citizen's state did not change
        facts = _facts(session, entry, at, reader) | {"unit": unit}
        text = wording.text.format(answer=answer, **facts)
        steps.append(TimelineStep(at=at, state=entry["to"], title=wording.title, text=text))
    return steps


def _due_of(entry: Mapping[str, Any]) -> tuple[str, bool] | None:
    """Return the due of the whole that an entry set, and whether it may move still."""
    facts = entry["facts"]
    return (facts["due_at"], facts["due_is_provisional"]) if "due_at" in facts else None


def _wording_on(wordings: Sequence[StepWording], transition: str, day: date) -> StepWording:
    return next(
        one
        for one in wordings
        if one.transition == transition and one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
    )


def _unit_of(entry: Mapping[str, Any], city: City) -> str:
    """Return the name of the unit that an entry gave the main task to; nothing where it gave none."""
    for task in entry["facts"].get("tasks", ()):
        if task["kind"] == TaskKind.LEAD:
            unit = city.units_by_code.get(task["unit_code"] or "")
            return unit.name if unit else city.centre(uuid.UUID(task["centre_id"])).name
    return ""


def _facts(session: Session, entry: Mapping[str, Any], at: datetime, reader: Reader) -> dict[str, str]:
    centre_id = entry["actor"]["centre_id"]
    code = entry["facts"].get("rejection_ground")
    ground = case_queries.grounds_on(session, at.astimezone(SHANGHAI).date()).get(code) if code else None
    return {
        "centre": reader.city.centre(uuid.UUID(centre_id)).name if centre_id else "",
        "missing": "、".join(_missing(session, entry, at)),
        "ground": ground.name if ground else "",
        "explanation": ground.explanation if ground else "",
        "other_door": ground.other_door if ground else "",
        "due": _due_in_words(entry["facts"].get("due_at")),
    }


def _due_in_words(due_at: str | None) -> str:
    """Return a due as people say it in Shanghai. Midnight is the end of the day before."""
    if due_at is None:
        return ""
    due = datetime.fromisoformat(due_at).astimezone(SHANGHAI)
    if (due.hour, due.minute) == (0, 0):
        due, clock = due - timedelta(days=1), "24:00"
    else:
        clock = f"{due:%H:%M}"
    return f"{due.year} 年 {due.month} 月 {due.day} 日 {clock}"


def _missing(session: Session, entry: Mapping[str, Any], at: datetime) -> list[str]:
    if entry["action"] != Action.REQUEST_SUPPLEMENT:
        return []
    names = case_queries.choices_on(session, ChoiceKind.MISSING, at.astimezone(SHANGHAI).date())
    return [names.get(code, code) for code in entry["facts"]["missing"]]
