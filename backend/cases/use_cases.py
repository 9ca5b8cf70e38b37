"""What is done to cases: open one, move one. Each is one transaction of the caller, one ledger entry, one event."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import chain, errors, ledger, queries, rules
from backend.cases.filing import Decided, Filing
from backend.cases.ledger import Happening, Witness
from backend.cases.models import Case, CaseReporter
from backend.cases.rules import Action, Clock, Move, State, Transition
from backend.identity.actor import Actor, Binding
from backend.infrastructure import outbox
from backend.infrastructure.crypto import Sealer
from backend.kernel.clock import SHANGHAI
from backend.kernel.events import CaseFiled, CaseMoved
from backend.kernel.ids import uuid7
from backend.organization.queries.city import City
from backend.organization.roles import Role
from backend.organization.rules.categories import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a move needs beside the case: the city's rules, the cipher, and the time."""

    city: City
    sealer: Sealer
    now: datetime


def open_case(session: Session, *, filing: Filing, decided: Decided, desk: Desk) -> Case:
    """Open a case (T01): case, reporter, ledger entry and event. The guards have been asked (``filing.decide``)."""
    case = _new_case(filing, decided, desk.now)
    session.add(case)
    session.flush()  # the rows below point to it, and have no relationship that would order them
    reporter = CaseReporter(
        id=uuid7(),
        case_id=case.id,
        person_id=filing.person_id,
        identity_shown=filing.identity_shown.value,
        channel=filing.channel.value,
        number=decided.reporter_number,
        reported_at=desk.now,
    )
    session.add(reporter)
    row = rules.transition_of(case.workflow_version, Action.SUBMIT)
    event = CaseFiled(
        event_id=uuid7(),
        occurred_at=desk.now,
        subject_id=case.id,
        case_number=case.number,
        owner_centre_id=case.owner_centre_id,
        reporter_person_id=filing.person_id,
        reporter_number=reporter.number,
    )
    happening = Happening(
        event_id=event.event_id,
        at=desk.now,
        transition=row,
        from_state=None,
        witness=Witness(role=Role.REPORTER.value, person_id=filing.person_id, centre_id=None),
        facts=_facts(case, _FILED_FACTS) | {"reporter": _reporter_facts(reporter)},
        texts={**filing.texts, **_location_text(filing)},
    )
    ledger.append(session, case, happening, desk.sealer)
    outbox.record(session, event)
    return case


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveReceipt:
    """Where a case stands after a move."""

    number: str
    version: int
    state: str
    moved_at: datetime


def move_case(session: Session, *, actor: Actor, number: str, seen_version: int, move: Move, desk: Desk) -> MoveReceipt:
    """Move a case from the desk.

    Raises CaseNotFound, ActionNotPermitted, CaseChanged, TransitionNotAllowed, or the error of the guard that
    refuses, in this order.
    """
    case = queries.lock_visible_case(session, actor=actor, number=number)
    row = rules.transition_of(case.workflow_version, move.action)
    binding = _binding_for(actor, row, desk.city.centre(case.owner_centre_id).path)
    if case.version != seen_version:
        raise errors.CaseChanged(errors={"version": case.version, "state": case.state})
    witness = Witness(role=binding.role, person_id=actor.person_id, centre_id=binding.centre_id)
    _move(session, case=case, row=row, move=move, witness=witness, desk=desk)
    return MoveReceipt(number=case.number, version=case.version, state=case.state, moved_at=desk.now)


def withdraw_own_case(session: Session, *, actor: Actor, case_id: uuid.UUID, note: str | None, desk: Desk) -> Case:
    """Withdraw a case for its reporter (T31). The caller has found that the case is the actor's own."""
    case = queries.lock_case(session, case_id)
    move = Move(action=Action.WITHDRAW, note=note)
    row = rules.transition_of(case.workflow_version, move.action)
    witness = Witness(role=Role.REPORTER.value, person_id=actor.person_id, centre_id=None)
    return _move(session, case=case, row=row, move=move, witness=witness, desk=desk)


def _move(session: Session, *, case: Case, row: Transition, move: Move, witness: Witness, desk: Desk) -> Case:
    from_state = State(case.state)
    rules.check_state(row, from_state)
    grounds = queries.grounds_on(session, desk.now.astimezone(SHANGHAI).date()) if "ground" in row.takes else {}
    rules.check_move(row, move, grounds=frozenset(grounds), is_safety=case.is_safety)
    _apply(session, case, row, move, desk)
    event = CaseMoved(
        event_id=uuid7(),
        occurred_at=desk.now,
        subject_id=case.id,
        case_number=case.number,
        transition=row.code,
        from_state=from_state.value,
        to_state=case.state,
    )
    happening = Happening(
        event_id=event.event_id,
        at=desk.now,
        transition=row,
        from_state=from_state,
        witness=witness,
        facts=_facts(case, _MOVED_FACTS),
        texts={name: text for name in ("answer", "note") if (text := getattr(move, name)) is not None},
    )
    ledger.append(session, case, happening, desk.sealer)
    outbox.record(session, event)
    return case


def _apply(session: Session, case: Case, row: Transition, move: Move, desk: Desk) -> None:
    case.state = row.target.value
    case.version += 1
    if row.target is State.ACCEPTED:
        policies = queries.policies_on(session, desk.now.astimezone(SHANGHAI).date())
        dispatch_due_at = policies.stage_due(
            desk.city.calendar, Clock.DISPATCH, desk.now, urgency=Urgency(case.urgency)
        )
        case.accepted_at = desk.now
        case.next_due_at = min(dispatch_due_at, case.due_at)
    if row.target is State.REJECTED:
        case.rejection_ground = move.ground
    if not rules.is_open(case.workflow_version, row.target):
        case.ended_at = desk.now
        case.next_due_at = case.due_at


def _binding_for(actor: Actor, row: Transition, owner_path: str) -> Binding:
    """Return the binding by which the actor may make this move over a case of this centre (G-level, G-jur)."""
    if row.desk_permission is not None:
        for binding in actor.bindings_with(row.desk_permission):
            if owner_path.startswith(binding.centre_path):
                return binding
    raise errors.ActionNotPermitted(errors={"action": row.action.value})


_MOVED_FACTS = ("state", "version", "accepted_at", "ended_at", "next_due_at", "rejection_ground")
_FILED_FACTS = (
    *_MOVED_FACTS,
    "number",
    "workflow_version",
    "round",
    "request_type",
    "category_tree",
    "category_version",
    "category_code",
    "urgency",
    "is_safety",
    "division_code",
    "owner_centre_id",
    "location_finding",
    "received_system",
    "submitted_at",
    "due_at",
    "due_rule",
    "due_is_provisional",
)


def _facts(case: Case, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(case, name) for name in names}


def _reporter_facts(reporter: CaseReporter) -> dict[str, str]:
    """Return what the reporter chose: nobody may later be shown who wished not to be."""
    return {name: getattr(reporter, name) for name in ("number", "identity_shown", "channel")}


def _location_text(filing: Filing) -> dict[str, str]:
    """Return the position as received, as a text of its own: where somebody stood is personal data too (S37)."""
    place = filing.place
    if place is None:
        return {}
    facts = {"longitude": place.longitude, "latitude": place.latitude, "system": place.system.value}
    return {"location": chain.canonical(facts)}


def _new_case(filing: Filing, decided: Decided, now: datetime) -> Case:
    return Case(
        id=uuid7(),
        number=decided.case_number,
        workflow_version=rules.CURRENT_VERSION,
        state=State.SUBMITTED.value,
        round=1,
        version=1,
        request_type=filing.request_type,
        category_tree=filing.category_tree,
        category_version=decided.category_version,
        category_code=filing.category_code,
        urgency=decided.urgency.value,
        is_safety=decided.is_safety,
        division_code=filing.division_code,
        owner_centre_id=decided.owner_centre_id,
        longitude_wgs84=decided.longitude_wgs84,
        latitude_wgs84=decided.latitude_wgs84,
        received_longitude=filing.place.longitude if filing.place else None,
        received_latitude=filing.place.latitude if filing.place else None,
        received_system=filing.place.system.value if filing.place else None,
        location_finding=decided.location_finding,
        submitted_at=now,
        accepted_at=None,
        ended_at=None,
        due_at=decided.due.at,
        due_rule=decided.due.rule,
        due_is_provisional=decided.due.is_provisional,
        next_due_at=min(decided.acceptance_due_at, decided.due.at),
        rejection_ground=None,
    )
