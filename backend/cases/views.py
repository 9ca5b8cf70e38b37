"""What a desk is shown of cases: names beside codes, personal data masked, and what the reader may do next."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases import queries, rules
from backend.cases.filing import IdentityShown
from backend.cases.models import Case, CaseReporter
from backend.cases.queries import Ground, QueuePosition, Scope
from backend.cases.queries.queues import Queue
from backend.cases.rules import ACTION_NAMES, STATE_NAMES, Action, State
from backend.identity.actor import Actor
from backend.identity.queries import Profile, profiles_of
from backend.identity.rules import masked_address
from backend.infrastructure.crypto import Sealer
from backend.kernel.clock import SHANGHAI
from backend.kernel.page import Page
from backend.organization.queries.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A code and the name that people read."""

    code: str
    name: str


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
    submitted_at: datetime
    due_at: datetime
    due_is_provisional: bool
    next_due_at: datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterView:
    """A reporter as far as they let themselves be seen: nothing of an anonymous or a confidential one."""

    number: str
    identity_shown: str
    channel: str
    reported_at: datetime
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleMove:
    """A move that the reader may make now, and the fields that belong to it."""

    action: Action
    name: str
    takes: Sequence[str]


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
    location: LocationView | None
    due_rule: str
    accepted_at: datetime | None
    ended_at: datetime | None
    rejection: Ground | None
    reporters: Sequence[ReporterView]
    possible_moves: Sequence[PossibleMove]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks, with what it takes to show anything: the city's names, the cipher, the time."""

    actor: Actor
    city: City
    sealer: Sealer
    now: datetime


def queue_page(
    session: Session, *, reader: Reader, queue: Queue, scope: Scope, limit: int, after: QueuePosition | None
) -> Page[CaseLine]:
    """Return a page of a desk's queue: two statements, however long it is."""
    page = queries.queue_of(session, actor=reader.actor, queue=queue, scope=scope, limit=limit, after=after)
    titles = queries.titles_of(session, [case.id for case in page.items], reader.sealer)
    return Page(items=[case_line(case, titles.get(case.id), reader) for case in page.items], has_more=page.has_more)


def case_detail(session: Session, *, reader: Reader, number: str) -> CaseDetail:
    """Return a case of the reader's area. Raises CaseNotFound for every other number."""
    case = queries.visible_case(session, actor=reader.actor, number=number)
    texts = queries.texts_of(session, case.id, reader.sealer)
    address = texts.get("address")
    return CaseDetail(
        line=case_line(case, texts.get("title"), reader),
        description=texts.get("description"),
        address=masked_address(address) if address else None,
        answer=texts.get("answer"),
        note=texts.get("note"),
        location=location_of(case),
        due_rule=case.due_rule,
        accepted_at=case.accepted_at,
        ended_at=case.ended_at,
        rejection=rejection_of(session, case),
        reporters=_reporters(session, case, reader),
        possible_moves=_possible_moves(case, reader),
    )


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
        title=title,
        request_type=request_type_of(case, reader.city),
        category=category_of(case, reader.city),
        division=division_of(case, reader.city),
        centre=Named(code=centre.code, name=centre.name),
        urgency=case.urgency,
        is_safety=case.is_safety,
        submitted_at=case.submitted_at,
        due_at=case.due_at,
        due_is_provisional=case.due_is_provisional,
        next_due_at=case.next_due_at,
        is_overdue=rules.is_open(case.workflow_version, state) and case.next_due_at < reader.now,
    )


def category_of(case: Case, city: City) -> NamedCategory:
    """Return the category in the version that the case was filed under."""
    versions = city.categories_by_key.get((case.category_tree, case.category_code), ())
    name = next((one.name for one in versions if one.version == case.category_version), case.category_code)
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


def _reporters(session: Session, case: Case, reader: Reader) -> Sequence[ReporterView]:
    rows = queries.reporters_of(session, case.id)
    named = {row.person_id for row in rows if row.identity_shown == IdentityShown.NAMED}
    profiles = profiles_of(session, sealer=reader.sealer, person_ids=named)
    # A person may report named and anonymously: the second report must not be given the first one's name.
    return [
        _reporter(row, profiles.get(row.person_id) if row.identity_shown == IdentityShown.NAMED else None)
        for row in rows
    ]


def _reporter(row: CaseReporter, profile: Profile | None) -> ReporterView:
    return ReporterView(
        number=row.number,
        identity_shown=row.identity_shown,
        channel=row.channel,
        reported_at=row.reported_at,
        name=profile.name if profile else None,
        phone=profile.phone if profile else None,
    )


def _possible_moves(case: Case, reader: Reader) -> Sequence[PossibleMove]:
    owner_path = reader.city.centre(case.owner_centre_id).path
    return [
        PossibleMove(action=row.action, name=ACTION_NAMES[row.action], takes=sorted(row.takes))
        for row in rules.actions_from(case.workflow_version, State(case.state))
        if row.desk_permission is not None
        and any(owner_path.startswith(path) for path in reader.actor.paths_with(row.desk_permission))
        and not (row.action is Action.WITHDRAW and case.is_safety)
    ]
