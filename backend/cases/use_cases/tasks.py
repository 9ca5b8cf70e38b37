"""What a move does to the tasks of a case: given, signed, done, accepted, taken back (workflow 1.1, second machine)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import errors
from backend.cases.models import Case, CaseTask
from backend.cases.proposals import code_of, proposal_of
from backend.cases.queries.tasks import is_active, last_lead, open_verification
from backend.cases.rules import DispatchOrder, TaskKind, TaskStatus
from backend.kernel.ids import uuid7
from backend.organization.queries.city import City
from backend.organization.rules.routing import Post, may_dispatch_to, post_of

_AT_WORK = frozenset({TaskStatus.TODO.value, TaskStatus.SIGNED.value, TaskStatus.DONE.value})


def give_to_units(session: Session, case: Case, order: DispatchOrder, *, city: City, now: datetime) -> list[CaseTask]:
    """Give the main task and those of the assisting units. Raises UnitRefused (G-route, G-jur, G-active-unit)."""
    lead, assistants, rule = _posts(case, order, city)
    tasks = [_task(case, TaskKind.LEAD, lead, rule, now)]
    tasks += [_task(case, TaskKind.ASSIST, post, rule, now) for post in dict.fromkeys(assistants) if post != lead]
    session.add_all(tasks)
    return tasks


def give_to_finder(session: Session, case: Case, *, city: City, now: datetime) -> list[CaseTask]:
    """Give the main task to the post that the rules propose, for whoever found it to do at once; nobody assists.

    Were it refuted later, that post is the one to handle it.
    """
    task = _task(case, TaskKind.LEAD, proposal_of(case, city).route.lead, "finder", now)
    session.add(task)
    return [task]


def give_again(session: Session, case: Case, tasks: Sequence[CaseTask], *, city: City, now: datetime) -> list[CaseTask]:
    """Give the units of the last dispatch, lead and assistants, their tasks once more for the new round."""
    lead = last_lead(tasks)
    if lead is None:
        return []
    before = [lead, *(t for t in tasks if t.kind == TaskKind.ASSIST and t.round == lead.round and is_active(t, city))]
    again = [
        CaseTask(
            id=uuid7(),
            case_id=case.id,
            round=case.round,
            kind=task.kind,
            unit_code=task.unit_code,
            centre_id=task.centre_id,
            status=TaskStatus.TODO.value,
            rule=f"round:{case.round}",
            due_at=case.due_at,
            created_at=now,
            is_auto_signed=False,
        )
        for task in before
    ]
    session.add_all(again)
    return again


def order_verification(session: Session, case: Case, *, now: datetime) -> list[CaseTask]:
    """Ask whoever verifies at the case's centre for a look at the place."""
    task = CaseTask(
        id=uuid7(),
        case_id=case.id,
        round=case.round,
        kind=TaskKind.VERIFICATION.value,
        centre_id=case.owner_centre_id,
        status=TaskStatus.TODO.value,
        rule="category:physical",
        due_at=case.stage_due_at or case.due_at,
        created_at=now,
        is_auto_signed=False,
    )
    session.add(task)
    return [task]


def sign(tasks: Sequence[CaseTask], *, is_auto: bool, now: datetime) -> list[CaseTask]:
    """Note that the unit has the main task in hand."""
    lead = last_lead(tasks)
    return _set([lead] if lead else [], TaskStatus.SIGNED, signed_at=now, is_auto_signed=is_auto)


def report(tasks: Sequence[CaseTask], *, by: uuid.UUID | None, now: datetime) -> list[CaseTask]:
    """Note that the unit has done what it could. Assistants' tasks end with it."""
    at_work = [task for task in tasks if task.kind != TaskKind.VERIFICATION and task.status in _AT_WORK]
    return _set(at_work, TaskStatus.DONE, done_at=now, done_by_person_id=by)


def take_up_again(tasks: Sequence[CaseTask]) -> list[CaseTask]:
    """Give the main task back to the unit that reported it done."""
    lead = last_lead(tasks)
    return _set([lead] if lead else [], TaskStatus.SIGNED, done_at=None, done_by_person_id=None)


def settle(tasks: Sequence[CaseTask], status: TaskStatus) -> list[CaseTask]:
    """End every task of the units that was reported done: accepted, or returned for another round."""
    done = [t for t in tasks if t.kind != TaskKind.VERIFICATION and t.status == TaskStatus.DONE]
    return _set(done, status)


def verified(tasks: Sequence[CaseTask], *, by: uuid.UUID | None, now: datetime) -> list[CaseTask]:
    """Note that the verifier has been there."""
    task = open_verification(tasks)
    return _set([task] if task else [], TaskStatus.DONE, done_at=now, done_by_person_id=by)


def _set(tasks: Iterable[CaseTask], status: TaskStatus, **changes: object) -> list[CaseTask]:
    changed = list(tasks)
    for task in changed:
        task.status = status.value
        for name, value in changes.items():
            setattr(task, name, value)
    return changed


def _posts(case: Case, order: DispatchOrder, city: City) -> tuple[Post, Sequence[Post], str]:
    chosen = [_post(case, code, city, "assisting") for code in order.assisting]
    # Asked anew: a unit may have ended since the case was filed.
    if order.unit is None or order.unit == case.proposed_unit:
        proposed = proposal_of(case, city)
        if order.unit in {None, code_of(proposed.route.lead)}:
            return proposed.route.lead, chosen or proposed.route.assistants, proposed.rule
    lead = _post(case, order.unit, city, "unit")
    if order.reason is None:
        raise errors.FieldOfThisActionMissing(
            errors={"json": {"dispatch": {"reason": ["改派其他单位时，须说明原因。"]}}}
        )
    return lead, chosen, "manual"


def _post(case: Case, code: str, city: City, field: str) -> Post:
    unit = city.units_by_code.get(code)
    centre = city.centre(case.owner_centre_id)
    post = post_of(city, unit, centre, case.division_code) if unit and unit.valid_to is None else None
    if post is None or post.unit is None or not may_dispatch_to(centre, post):
        raise errors.UnitRefused(errors={"json": {"dispatch": {field: ["单位不存在、已停用，或不在辖区内。"]}}})
    return post


def _task(case: Case, kind: TaskKind, post: Post, rule: str, now: datetime) -> CaseTask:
    return CaseTask(
        id=uuid7(),
        case_id=case.id,
        round=case.round,
        kind=kind.value,
        unit_code=post.unit.code if post.unit else None,
        centre_id=post.centre.id,
        status=TaskStatus.TODO.value,
        rule=rule,
        # Frozen into the task (T09): the main task is due when the case is.
        due_at=case.due_at,
        created_at=now,
        is_auto_signed=False,
    )
