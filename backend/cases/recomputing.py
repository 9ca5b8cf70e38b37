"""Compute the dues of all open cases anew, after the working calendar changed (ADR-0019)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cases import ledger, queries, rules
from backend.cases.deadlines import Policies
from backend.cases.dues import PoliciesOn, dues_of, is_changed, set_total
from backend.cases.ledger import Happening, Witness
from backend.cases.models import Case, CaseTask
from backend.cases.rules import State, TaskKind, TaskStatus
from backend.cases.use_cases.facts import task_facts
from backend.infrastructure import outbox
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.kernel.events import CaseDueChanged
from backend.kernel.ids import uuid7
from backend.organization.queries.city import City
from backend.organization.roles import Role

_BATCH = 200
_OPEN = [state.value for state in rules.open_states()]
_FACTS = (
    "version",
    "due_at",
    "due_exact_at",
    "due_rule",
    "due_unit",
    "due_is_provisional",
    "stage_due_at",
    "next_due_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputed:
    """What was done, or would be, so far: cases looked at, and dues that moved or only became sure or unsure.

    ``unreadable``: cases that name a row which is gone; they keep the due they have.
    """

    looked_at: int = 0
    later: int = 0
    earlier: int = 0
    marked: int = 0
    unreadable: int = 0

    @property
    def changed(self) -> int:
        """Return how many cases have, or would have, another due or another mark."""
        return self.later + self.earlier + self.marked

    def with_batch(
        self, changes: Sequence[tuple[datetime, datetime]], *, looked_at: int, unreadable: int
    ) -> Recomputed:
        """Return the sum with one more batch of (old due, new due)."""
        return Recomputed(
            looked_at=self.looked_at + looked_at,
            later=self.later + sum(new > old for old, new in changes),
            earlier=self.earlier + sum(new < old for old, new in changes),
            marked=self.marked + sum(new == old for old, new in changes),
            unreadable=self.unreadable + unreadable,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputation:
    """What a run needs: the city with the calendar that holds, the cipher, the time, and who is told of progress."""

    city: City
    sealer: Sealer
    now: datetime
    progress: Callable[[Recomputed], None]
    is_dry_run: bool = False
    batch: int = _BATCH


def recompute_dues(database: Database, run: Recomputation) -> Recomputed:
    """Bring every open case to the dues it should have; a second run changes nothing.

    Each batch is a transaction of its own, so that an interrupted run leaves whole cases, and the next one goes on.
    """
    total, after = Recomputed(), None
    while True:
        with database.transaction() as session:
            cases = _open_cases(session, after, run.batch)
            total = _recompute_batch(session, cases, run, total)
        if cases:
            run.progress(total)
        if len(cases) < run.batch:
            return total
        after = cases[-1].id


def _open_cases(session: Session, after: uuid.UUID | None, batch: int) -> Sequence[Case]:
    statement = select(Case).where(Case.state.in_(_OPEN)).order_by(Case.id).limit(batch)
    return session.scalars(statement if after is None else statement.where(Case.id > after)).all()


def _recompute_batch(session: Session, cases: Sequence[Case], run: Recomputation, total: Recomputed) -> Recomputed:
    @cache
    def policies_on(day: date) -> Policies:
        return queries.policies_on(session, day)

    changes, unreadable = [], 0
    for case in cases:
        dues = dues_of(case, city=run.city, policies_on=policies_on, now=run.now)
        unreadable += dues is None
        if dues is None or not is_changed(case, dues):
            continue
        before = case.due_at
        if run.is_dry_run or _write(session, case, run, policies_on):
            changes.append((before, dues.total.at))
    return total.with_batch(changes, looked_at=len(cases), unreadable=unreadable)


def _write(session: Session, case: Case, run: Recomputation, policies_on: PoliciesOn) -> bool:
    """Lock the case and bring it to its dues. False when it moved meanwhile and needs nothing any more."""
    case = queries.lock_case(session, case.id)
    if case.state not in _OPEN:
        return False
    dues = dues_of(case, city=run.city, policies_on=policies_on, now=run.now)
    if dues is None or not is_changed(case, dues):
        return False
    set_total(case, dues.total)
    case.stage_due_at, case.next_due_at = dues.stage_due_at, dues.next_due_at
    case.version += 1
    moved = _follow(case, queries.tasks_of(session, case.id))
    event = CaseDueChanged(
        event_id=uuid7(),
        occurred_at=run.now,
        subject_id=case.id,
        case_number=case.number,
        is_provisional=case.due_is_provisional,
    )
    happening = Happening(
        event_id=event.event_id,
        at=run.now,
        transition=rules.DUE_RECOMPUTED,
        from_state=State(case.state),
        witness=Witness(role=Role.SYSTEM.value, person_id=None, centre_id=None),
        facts={name: getattr(case, name) for name in _FACTS} | {"city_version": run.city.version} | task_facts(moved),
    )
    ledger.append(session, case, happening, run.sealer)
    outbox.record(session, event)
    return True


def _follow(case: Case, tasks: Sequence[CaseTask]) -> list[CaseTask]:
    """Let the tasks that go on be due when the case is, and a look that waits when its stage is."""
    moved = []
    for task in tasks:
        is_look = task.kind == TaskKind.VERIFICATION
        goes_on = {TaskStatus.TODO} if is_look else {TaskStatus.TODO, TaskStatus.SIGNED, TaskStatus.DONE}
        due_at = (case.stage_due_at or case.due_at) if is_look else case.due_at
        if task.status in goes_on and task.due_at != due_at:
            task.due_at = due_at
            moved.append(task)
    return moved
