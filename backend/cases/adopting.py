"""Let open cases of an older workflow go on by the current one, at an upgrade: else they would have no way on.

A case that has ended keeps its version for ever.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cases import ledger, queries, rules
from backend.cases.deadlines import Policies
from backend.cases.dues import stage_due_of, stage_started_at, total_due_of, total_started_at
from backend.cases.ledger import Happening, Witness
from backend.cases.models import Case
from backend.cases.proposals import rule_of
from backend.cases.rules import State
from backend.infrastructure import outbox
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.kernel.events import CaseAdopted
from backend.kernel.ids import uuid7
from backend.organization.queries.city import City
from backend.organization.roles import Role
from backend.organization.rules.routing import route_of

_BATCH = 200
_FACTS = (
    "version", "workflow_version", "is_physical", "due_unit", "due_exact_at", "total_started_at", "stage_started_at",
    "stage_due_at", "proposed_unit", "routing_rule",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What a run needs: the city, the cipher and the time."""

    city: City
    sealer: Sealer
    now: datetime


def adopt_current_workflow(database: Database, run: Adoption) -> int:
    """Bring every open case to the current workflow, and return how many were brought; a second run brings none."""
    brought, after = 0, None
    while True:
        with database.transaction() as session:
            ids = _older(session, after)
            brought += sum(_adopt(session, case_id, run) for case_id in ids)
        if len(ids) < _BATCH:
            return brought
        after = ids[-1]


def _older(session: Session, after: uuid.UUID | None) -> list[uuid.UUID]:
    open_states = [state.value for state in rules.open_states()]
    statement = select(Case.id).where(Case.workflow_version < rules.CURRENT_VERSION, Case.state.in_(open_states))
    if after is not None:
        statement = statement.where(Case.id > after)
    return list(session.scalars(statement.order_by(Case.id).limit(_BATCH)))


def _adopt(session: Session, case_id: uuid.UUID, run: Adoption) -> bool:
    case = queries.lock_case(session, case_id)
    versions = run.city.categories_by_key.get((case.category_tree, case.category_code), ())
    category = next((one for one in versions if one.version == case.category_version), None)
    if category is None or not rules.is_open(State(case.state)) or case.workflow_version >= rules.CURRENT_VERSION:
        return False  # ended meanwhile, or of a row that is gone: it keeps what it has
    lead = route_of(run.city, category, case.division_code).lead
    case.workflow_version, case.is_physical = rules.CURRENT_VERSION, category.is_physical
    case.total_started_at, case.stage_started_at = total_started_at(case), stage_started_at(case)
    case.proposed_unit, case.routing_rule = lead.unit.code if lead.unit else None, rule_of(category, lead)
    _set_clocks(session, case, run)
    case.version += 1
    _record(session, case, run)
    return True


def _set_clocks(session: Session, case: Case, run: Adoption) -> None:
    @cache
    def policies_on(day: date) -> Policies:
        return queries.policies_on(session, day)

    case.due_unit = total_due_of(case, city=run.city, policies_on=policies_on).unit.value
    case.due_exact_at = case.due_at
    case.stage_due_at = stage_due_of(case, city=run.city, policies_on=policies_on)


def _record(session: Session, case: Case, run: Adoption) -> None:
    event = CaseAdopted(
        event_id=uuid7(),
        occurred_at=run.now,
        subject_id=case.id,
        case_number=case.number,
        workflow_version=case.workflow_version,
    )
    happening = Happening(
        event_id=event.event_id,
        at=run.now,
        transition=rules.WORKFLOW_ADOPTED,
        from_state=State(case.state),
        witness=Witness(role=Role.SYSTEM.value, person_id=None, centre_id=None),
        facts={name: getattr(case, name) for name in _FACTS},
    )
    ledger.append(session, case, happening, run.sealer)
    outbox.record(session, event)
