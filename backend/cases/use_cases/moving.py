"""The one way in which a case moves: row and guards asked, clocks and tasks set, one ledger entry, one event."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.cases import errors, ledger, queries, rules
from backend.cases.ledger import Happening
from backend.cases.models import Case
from backend.cases.queries.tasks import lead_is_active
from backend.cases.rules import Action, Move, State, Transition
from backend.cases.use_cases import stages
from backend.cases.use_cases.effects import change_tasks, set_marks
from backend.cases.use_cases.facts import MOVED_FACTS, facts_of_case, move_facts, task_facts, texts_of_move
from backend.cases.use_cases.photos import attach_photos, photo_facts
from backend.cases.use_cases.step import Desk, Mover, Step
from backend.evidence.use_cases.attaching import AttachedFact
from backend.infrastructure import outbox
from backend.kernel.clock import SHANGHAI
from backend.kernel.events import CaseMoved
from backend.kernel.ids import uuid7


def row_of(case: Case, action: Action) -> Transition:
    """Return the row of an action in the case's version of the workflow. Raises TransitionNotAllowed."""
    row = rules.transition_of(case.workflow_version, action)
    if row is None:
        raise errors.TransitionNotAllowed(errors={"state": case.state, "action": action.value})
    return row


def make_move(session: Session, *, case: Case, move: Move, mover: Mover, desk: Desk) -> Case:
    """Move a locked case. Whether the mover may come through this door has been decided.

    Raises TransitionNotAllowed, the error of the guard that refuses, or EvidenceNotAttachable.
    """
    row, from_state = row_of(case, move.action), State(case.state)
    rules.check_state(row, from_state)
    day = desk.now.astimezone(SHANGHAI).date()
    timing = stages.Timing(policies=queries.policies_on(session, day), city=desk.city, now=desk.now)
    given = queries.tasks_of(session, case.id)
    facts = queries.facts_of(
        case,
        has_unit=lead_is_active(given, desk.city),
        reopening_ends_at=stages.reopening_ends_at(case, timing),
    )
    lists = queries.closed_lists_on(session, row, day)
    rules.check_move(rules.Asked(row=row, move=move, door=mover.door, facts=facts, lists=lists, now=desk.now))
    step = Step(
        session=session,
        case=case,
        row=row,
        from_state=from_state,
        move=move,
        mover=mover,
        desk=desk,
        timing=timing,
        tasks=given,
    )
    photos = _photos(step)
    rules.check_photos(move, [photo.stage for photo in photos], is_physical=case.is_physical)
    _set_state(step, facts)
    set_marks(step)
    stages.enter(case, timing)
    _record(step, task_facts(change_tasks(step)) | photo_facts(photos) | move_facts(case, move))
    return case


def _photos(step: Step) -> Sequence[AttachedFact]:
    by, evidence_ids = step.mover.witness.person_id, step.move.evidence_ids
    if by is None or not evidence_ids:
        return ()
    return attach_photos(step.session, step.case, evidence_ids, by=by, action=step.move.action, now=step.desk.now)


def _set_state(step: Step, facts: rules.CaseFacts) -> None:
    case = step.case
    case.state = rules.target_of(step.row, facts).value
    case.version += 1
    case.round = rules.round_after(step.row, facts)
    case.is_hard = case.is_hard or rules.is_hard(case.round)
    case.ended_at = None if rules.is_open(State(case.state)) else step.desk.now


def _record(step: Step, more: dict[str, object]) -> None:
    case, now = step.case, step.desk.now
    event = CaseMoved(
        event_id=uuid7(),
        occurred_at=now,
        subject_id=case.id,
        case_number=case.number,
        transition=step.row.code,
        from_state=step.from_state.value,
        to_state=case.state,
        mover_person_id=step.mover.witness.person_id,
    )
    happening = Happening(
        event_id=event.event_id,
        at=now,
        transition=step.row,
        from_state=step.from_state,
        witness=step.mover.witness,
        facts=facts_of_case(case, MOVED_FACTS) | more,
        texts=texts_of_move(step.move),
    )
    ledger.append(step.session, case, happening, step.desk.sealer)
    outbox.record(step.session, event)
