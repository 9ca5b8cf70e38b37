"""Opening a case (T01): case, reporter, ledger entry and event in one transaction of the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.cases import chain, ledger, rules
from backend.cases.filing import Decided, Filing
from backend.cases.ledger import Happening, Head, Witness, Written
from backend.cases.models import Case, CaseReporter
from backend.cases.rules import Action, State
from backend.cases.use_cases.facts import FILED_FACTS, reporter_facts, sighting_facts
from backend.cases.use_cases.photos import attach_photos, photo_facts
from backend.cases.use_cases.step import Desk
from backend.evidence.use_cases.attaching import AttachedFact
from backend.infrastructure import outbox
from backend.kernel.events import CaseFiled
from backend.kernel.ids import uuid7
from backend.organization.roles import Role

_HEAD = ("id", "number", "version", "workflow_version", "state", "round")
_SUBMIT = next(row for row in rules.WORKFLOWS[rules.CURRENT_VERSION] if row.action is Action.SUBMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """Everything that is written for a new case, by column; nothing of it is written yet."""

    case: Mapping[str, Any]
    reporter: Mapping[str, Any]
    written: Written
    event: CaseFiled


def open_case(session: Session, *, filing: Filing, decided: Decided, desk: Desk) -> Case:
    """Open a case. The guards have been asked (``filing.decide``). Raises EvidenceNotAttachable."""
    values = _case_values(filing, decided, desk)
    case = Case(**values)
    session.add(case)
    session.flush()  # the rows below point to it, and have no relationship that would order them
    photos = attach_photos(session, case, filing.evidence_ids, by=filing.person_id, action=Action.SUBMIT, now=desk.now)
    opened = _opened(values, filing, decided, desk, photos)
    session.add(CaseReporter(**opened.reporter))
    ledger.add_written(session, opened.written)
    outbox.record(session, opened.event)
    return case


def opened_case(*, filing: Filing, decided: Decided, desk: Desk) -> OpenedCase:
    """Return what ``open_case`` would write, for whoever writes it in one statement. No photos come with it."""
    return _opened(_case_values(filing, decided, desk), filing, decided, desk, ())


def _opened(
    case: Mapping[str, Any], filing: Filing, decided: Decided, desk: Desk, photos: Sequence[AttachedFact]
) -> OpenedCase:
    reporter = _reporter_values(case, filing, decided, desk)
    event = CaseFiled(
        event_id=uuid7(),
        occurred_at=desk.now,
        subject_id=case["id"],
        case_number=case["number"],
        owner_centre_id=case["owner_centre_id"],
        reporter_person_id=filing.person_id,
        reporter_number=decided.reporter_number,
    )
    happening = Happening(
        event_id=event.event_id,
        at=desk.now,
        transition=_SUBMIT,
        from_state=None,
        witness=witness_of(filing),
        facts={name: case.get(name) for name in FILED_FACTS}
        | {"reporter": reporter_facts(reporter)}
        | sighting_facts(filing.sighting)
        | photo_facts(photos),
        texts={**filing.texts, **_location_text(filing)},
    )
    head = Head(**{name: case[name] for name in _HEAD})
    rows = ledger.written(head, happening, chain.GENESIS, desk.sealer)
    return OpenedCase(case=case, reporter=reporter, written=rows, event=event)


def witness_of(filing: Filing) -> Witness:
    """Return who reports: somebody for themselves, or a grid worker for their centre."""
    if filing.sighting is None:
        return Witness(role=str(Role.REPORTER), person_id=filing.person_id, centre_id=None)
    return Witness(role=str(Role.GRID_WORKER), person_id=filing.person_id, centre_id=filing.sighting.centre_id)


def _location_text(filing: Filing) -> dict[str, str]:
    """Return the position as received, as a text of its own: where somebody stood is personal data too (S37)."""
    place = filing.place
    if place is None:
        return {}
    facts = {"longitude": place.longitude, "latitude": place.latitude, "system": str(place.system)}
    return {"location": chain.canonical(facts)}


def _reporter_values(case: Mapping[str, Any], filing: Filing, decided: Decided, desk: Desk) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "case_id": case["id"],
        "person_id": filing.person_id,
        "identity_shown": str(filing.identity_shown),
        "channel": str(filing.channel),
        "number": decided.reporter_number,
        "reported_at": desk.now,
    }


def _case_values(filing: Filing, decided: Decided, desk: Desk) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "number": decided.case_number,
        "workflow_version": rules.CURRENT_VERSION,
        "state": str(State.SUBMITTED),
        "round": 1,
        "is_hard": False,
        "version": 1,
        "request_type": filing.request_type,
        "category_tree": filing.category_tree,
        "category_version": decided.category_version,
        "category_code": filing.category_code,
        "urgency": str(decided.marks.urgency),
        "urgency_rule": decided.marks.urgency_rule,
        "is_safety": decided.marks.is_safety,
        "safety_rule": decided.marks.safety_rule,
        "is_physical": decided.is_physical,
        "division_code": filing.division_code,
        "owner_centre_id": decided.owner_centre_id,
        "longitude_wgs84": decided.longitude_wgs84,
        "latitude_wgs84": decided.latitude_wgs84,
        "received_longitude": filing.place.longitude if filing.place else None,
        "received_latitude": filing.place.latitude if filing.place else None,
        "received_system": str(filing.place.system) if filing.place else None,
        "location_finding": decided.location_finding,
        **_first_dues(decided, desk),
        "proposed_unit": decided.proposed_unit,
        "routing_rule": decided.routing_rule,
        "verification_flagged": False,
    }


def _first_dues(decided: Decided, desk: Desk) -> dict[str, Any]:
    """Return the clocks of a new case: the whole, and the stage of acceptance, both from now."""
    return {
        "submitted_at": desk.now,
        "due_at": decided.due.at,
        "due_exact_at": decided.due.at,
        "due_unit": str(decided.due.unit),
        "due_rule": decided.due.rule,
        "due_is_provisional": decided.due.is_provisional,
        "total_started_at": desk.now,
        "pauses": [],
        "stage_started_at": desk.now,
        "stage_due_at": decided.acceptance_due_at,
        "next_due_at": min(decided.acceptance_due_at, decided.due.at),
    }
