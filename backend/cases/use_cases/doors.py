"""Through which door somebody comes to a case, and the moves they ask for (workflow 1.4: G-level, G-jur, G-sod)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import errors, queries
from backend.cases.ledger import Witness
from backend.cases.models import Case, CaseTask
from backend.cases.queries.tasks import is_for_verifier, is_of_unit, last_lead, open_verification
from backend.cases.rules import Action, Door, Move, TaskKind, Transition
from backend.cases.use_cases.moving import make_move, row_of
from backend.cases.use_cases.step import Desk, Mover
from backend.cases.use_cases.verifying import is_doubtful
from backend.identity.actor import Actor, Binding
from backend.identity.permissions import Permission
from backend.organization.queries.city import City
from backend.organization.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveReceipt:
    """Where a case stands after a move."""

    number: str
    version: int
    state: str
    moved_at: datetime


def move_case(session: Session, *, actor: Actor, number: str, seen_version: int, move: Move, desk: Desk) -> MoveReceipt:
    """Move a case: from the desk, from the unit that has it, or from the place where it is verified.

    Raises CaseNotFound, CaseChanged, ActionNotPermitted, VerifierNotIndependent, TransitionNotAllowed, or the error
    of the guard that refuses, in this order.
    """
    case = queries.lock_reachable_case(session, actor=actor, number=number)
    if case.version != seen_version:
        raise errors.CaseChanged(errors={"version": case.version, "state": case.state})
    tasks = queries.tasks_of(session, case.id)
    mover = mover_for(actor, row_of(case, move.action), case, tasks, desk.city)
    if mover.door is Door.VERIFIER and not is_independent(session, actor=actor, case=case, tasks=tasks):
        raise errors.VerifierNotIndependent
    if move.action is Action.CONFIRM_FIXED and is_doubtful(case, move):
        move = replace(move, action=Action.FLAG_VERIFICATION)
    make_move(session, case=case, move=move, mover=mover, desk=desk)
    return MoveReceipt(number=case.number, version=case.version, state=case.state, moved_at=desk.now)


def move_own_case(session: Session, *, actor: Actor, case_id: uuid.UUID, move: Move, desk: Desk) -> Case:
    """Move a case for its reporter. The caller has found that the case is the actor's own."""
    witness = Witness(role=Role.REPORTER.value, person_id=actor.person_id, centre_id=None)
    return move_reported_case(session, case=queries.lock_case(session, case_id), reporter=witness, move=move, desk=desk)


def move_reported_case(session: Session, *, case: Case, reporter: Witness, move: Move, desk: Desk) -> Case:
    """Move a locked case for who reported it: somebody for themselves, or a grid worker for their centre."""
    return make_move(session, case=case, move=move, mover=Mover(door=Door.REPORTER, witness=reporter), desk=desk)


def move_found_case(session: Session, *, case: Case, finder: Witness, move: Move, desk: Desk) -> Case:
    """Move a case that the finder has just opened, in the same transaction: they put it right on the spot.

    Raises ActionNotPermitted for a row without this door, or the error of the guard that refuses.
    """
    if Door.FINDER not in row_of(case, move.action).doors:
        raise errors.ActionNotPermitted(errors={"action": move.action.value})
    return make_move(session, case=case, move=move, mover=Mover(door=Door.FINDER, witness=finder), desk=desk)


def move_by_clock(session: Session, *, case: Case, move: Move, desk: Desk) -> Case:
    """Move a locked case by a rule: a clock ran out, or what it needs is all there."""
    witness = Witness(role=Role.SYSTEM.value, person_id=None, centre_id=case.owner_centre_id)
    return make_move(session, case=case, move=move, mover=Mover(door=Door.SYSTEM, witness=witness), desk=desk)


def mover_for(actor: Actor, row: Transition, case: Case, tasks: Sequence[CaseTask], city: City) -> Mover:
    """Return who the actor is to the case for this row. Raises ActionNotPermitted."""
    for door, binding in open_doors(actor, row, case, tasks, city):
        witness = Witness(role=binding.role, person_id=actor.person_id, centre_id=binding.centre_id)
        return Mover(door=door, witness=witness)
    raise errors.ActionNotPermitted(errors={"action": row.action.value})


def open_doors(
    actor: Actor, row: Transition, case: Case, tasks: Sequence[CaseTask], city: City
) -> Iterator[tuple[Door, Binding]]:
    """Yield the doors of a row that stand open to the actor, and the binding that opens each."""
    lead, asked = last_lead(tasks), open_verification(tasks)
    owner_path = city.centre(case.owner_centre_id).path
    for door, permission in row.doors.items():
        for binding in actor.bindings_with(permission) if permission is not None else ():
            match door:
                case Door.DESK:
                    opens = binding.unit_code is None and owner_path.startswith(binding.centre_path)
                case Door.UNIT:
                    opens = lead is not None and is_of_unit(lead, binding)
                case Door.VERIFIER:
                    opens = asked is not None and is_for_verifier(
                        asked, city.centre(asked.centre_id).path, actor=actor, binding=binding
                    )
                case _:
                    opens = False
            if opens:
                yield door, binding


def is_independent(session: Session, *, actor: Actor, case: Case, tasks: Sequence[CaseTask]) -> bool:
    """Ask G-sod: person and unit are others than those who handled this round, leading or assisting.

    Nor is it the finder: whoever found it does not say that it is gone.
    """
    handled = [task for task in tasks if task.kind != TaskKind.VERIFICATION and task.round == case.round]
    units = [one for one in actor.bindings if one.unit_code is not None or Permission.READ_TASK in one.permissions]
    if any(is_of_unit(task, binding) for task in handled for binding in units):
        return False
    is_a_handler = actor.person_id in queries.handlers_of(session, case)
    return not is_a_handler and not queries.has_reporter(session, case.id, actor.person_id)
