"""What a desk is shown of cases: names beside codes, personal data masked, and what the reader may do next."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import queries, rules
from backend.cases.handling_view import HandlingView, Outcome, handling_of, outcome_of
from backend.cases.models import Case
from backend.cases.naming import Named
from backend.cases.offers import Asking, PossibleMove, possible_moves
from backend.cases.queries import Ground
from backend.cases.reporter_views import (
    RatingView,
    ReporterView,
    UrgeView,
    rating_views,
    reporter_views,
    urge_views,
)
from backend.cases.rules import STATE_NAMES, State
from backend.cases.task_views import TaskView, task_view
from backend.evidence.queries import PhotoView, Viewer, photos_of
from backend.identity.actor import Actor
from backend.identity.rules import masked_address, masked_text
from backend.infrastructure.crypto import Sealer
from backend.kernel.clock import SHANGHAI
from backend.organization.queries.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCategory:
    """A category: the tree it stands in, its code and its name."""

    tree: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A row of a queue."""

    id: uuid.UUID
    number: str
    version: int
    state: str
    state_name: str
    title: str | None = field(repr=False)
    request_type: Named
    category: NamedCategory
    division: Named
    centre: Named
    urgency: str
    is_safety: bool
    is_flagged: bool
    submitted_at: datetime
    due_at: datetime
    due_is_provisional: bool
    next_due_at: datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationView:
    """Where it is: WGS-84 degrees, and how the position lies to the city's polygons."""

    longitude_wgs84: float
    latitude_wgs84: float
    finding: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetail:
    """A whole case."""

    line: CaseLine
    description: str | None = field(repr=False)
    address: str | None = field(repr=False)
    answer: str | None = field(repr=False)
    note: str | None = field(repr=False)
    supplement: str | None = field(repr=False)
    reopening_reason: str | None = field(repr=False)
    handling: HandlingView
    round: int
    is_hard: bool
    outcome: Outcome | None
    location: LocationView | None
    photos: Sequence[PhotoView]
    due_rule: str
    urgency_rule: str | None
    safety_rule: str | None
    routing_rule: str | None
    proposed_unit: Named | None
    tasks: Sequence[TaskView]
    accepted_at: datetime | None
    ended_at: datetime | None
    rejection: Ground | None
    reporters: Sequence[ReporterView]
    urges: Sequence[UrgeView]
    ratings: Sequence[RatingView]
    possible_moves: Sequence[PossibleMove]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks, with what it takes to show anything: the city's names, the cipher, the time."""

    actor: Actor
    city: City
    sealer: Sealer
    now: datetime


def case_detail(session: Session, *, reader: Reader, number: str) -> CaseDetail:
    """Return a case of the reader's area. Raises CaseNotFound for every other number."""
    case = queries.reachable_case(session, actor=reader.actor, number=number)
    by_step = queries.texts_by_step(session, case.id, reader.sealer)
    texts = queries.latest_texts(by_step)
    address = texts.get("address")
    tasks, entries = queries.tasks_of(session, case.id), queries.ledger_of(session, case.id)
    asking = Asking(actor=reader.actor, case=case, tasks=tasks, city=reader.city, now=reader.now)
    return CaseDetail(
        line=case_line(case, texts.get("title"), reader),
        description=_masked(texts.get("description")),
        address=masked_address(address) if address else None,
        answer=_masked(texts.get("answer")),
        note=_masked(texts.get("note")),
        supplement=_masked(texts.get("supplement")),
        reopening_reason=_masked(texts.get("reopening_reason")),
        handling=handling_of(entries, by_step),
        round=case.round,
        is_hard=case.is_hard,
        outcome=outcome_of(case),
        location=location_of(case),
        photos=photos_of(session, attached_to=case.id, viewer=viewer_of(reader)),
        due_rule=case.due_rule,
        urgency_rule=case.urgency_rule,
        safety_rule=case.safety_rule,
        routing_rule=case.routing_rule,
        proposed_unit=_unit(case.proposed_unit, reader.city),
        tasks=[task_view(task, reader.city) for task in tasks],
        accepted_at=case.accepted_at,
        ended_at=case.ended_at,
        rejection=rejection_of(session, case),
        reporters=reporter_views(session, case, reader.sealer),
        urges=urge_views(entries, by_step),
        ratings=rating_views(session, case, by_step),
        possible_moves=possible_moves(session, asking),
    )


def viewer_of(reader: Reader) -> Viewer:
    """Return the reader as one who looks at photos."""
    return Viewer(actor=reader.actor, sealer=reader.sealer, now=reader.now)


def case_line(case: Case, title: str | None, reader: Reader) -> CaseLine:
    """Return a case as a row."""
    state = State(case.state)
    centre = reader.city.centre(case.owner_centre_id)
    return CaseLine(
        id=case.id,
        number=case.number,
        version=case.version,
        state=state.value,
        state_name=STATE_NAMES[state],
        title=_masked(title),
        request_type=request_type_of(case, reader.city),
        category=category_of(case, reader.city),
        division=division_of(case, reader.city),
        centre=Named(code=centre.code, name=centre.name),
        urgency=case.urgency,
        is_safety=case.is_safety,
        is_flagged=case.verification_flagged,
        submitted_at=case.submitted_at,
        due_at=case.due_at,
        due_is_provisional=case.due_is_provisional,
        next_due_at=case.next_due_at,
        is_overdue=rules.is_open(state) and case.next_due_at < reader.now,
    )


def _masked(text: str | None) -> str | None:
    return masked_text(text) if text is not None else None


def category_of(case: Case, city: City) -> NamedCategory:
    """Return the category in the version that the case was filed under."""
    name = city.category_name(case.category_tree, case.category_code, case.category_version)
    return NamedCategory(tree=case.category_tree, code=case.category_code, name=name)


def division_of(case: Case, city: City) -> Named:
    """Return the division that was chosen."""
    division = city.division(case.division_code)
    return Named(code=case.division_code, name=division.name if division else case.division_code)


def request_type_of(case: Case, city: City) -> Named:
    """Return what the citizen wanted."""
    found = city.request_type(case.request_type)
    return Named(code=case.request_type, name=found.name if found else case.request_type)


def rejection_of(session: Session, case: Case) -> Ground | None:
    """Return the ground on which a case was rejected, in the words of that day."""
    if case.rejection_ground is None or case.ended_at is None:
        return None
    return queries.grounds_on(session, case.ended_at.astimezone(SHANGHAI).date()).get(case.rejection_ground)


def location_of(case: Case) -> LocationView | None:
    """Return where the case is, or None when only an address was given."""
    if case.longitude_wgs84 is None or case.latitude_wgs84 is None:
        return None
    return LocationView(
        longitude_wgs84=case.longitude_wgs84, latitude_wgs84=case.latitude_wgs84, finding=case.location_finding
    )


def _unit(code: str | None, city: City) -> Named | None:
    unit = city.units_by_code.get(code) if code else None
    return Named(code=unit.code, name=unit.name) if unit else None
