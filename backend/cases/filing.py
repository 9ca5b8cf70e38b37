"""Filing a case: what comes in, the guards that may refuse it, and everything that is decided before it is written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from backend.cases import errors, queries
from backend.cases.deadlines import DecidedDue, Policies, total_due
from backend.cases.models import CASE_SERIAL
from backend.cases.numbering import CASE_PREFIX, compose_number
from backend.cases.proposals import limits_of, rule_of
from backend.cases.rules import Clock
from backend.infrastructure.serials import Serials
from backend.kernel.clock import SHANGHAI
from backend.kernel.geography import CoordinateSystem, Finding, Position, PositionRefused, to_wgs84
from backend.organization.queries.city import City
from backend.organization.rules.danger import Marks, marks_of
from backend.organization.rules.routing import route_of

case_serials = Serials(CASE_SERIAL)
# An address may hold any word by chance: 落水桥 is a name. Danger is told in the title and the description.
_HEARD = ("title", "description")


class IdentityShown(StrEnum):
    """How much of the reporter the handling side may see."""

    NAMED = "named"  # 实名
    CONFIDENTIAL = "confidential"  # 保密
    ANONYMOUS = "anonymous"  # 匿名


class Channel(StrEnum):
    """The door a report came through."""

    APP = "app"
    GRID = "grid"  # 网格员上报


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point as the phone gave it: degrees in the named coordinate system."""

    longitude: float
    latitude: float
    system: CoordinateSystem


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """That a grid worker saw it: for which centre they work, and what their phone says of the report.

    ``captured_at`` is the phone's instant of seeing; what the phone calls the report, ``client_id``, never changes.
    """

    centre_id: uuid.UUID
    client_id: uuid.UUID
    captured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A report before it is a case. ``texts`` are title, description and, if given, address.

    ``evidence_ids`` are the person's own photos that wait for it; ``sighting`` is there where a grid worker reports.
    """

    person_id: uuid.UUID
    channel: Channel
    request_type: str
    category_tree: str
    category_code: str
    division_code: str
    identity_shown: IdentityShown
    place: Place | None
    texts: Mapping[str, str] = field(repr=False)
    evidence_ids: Sequence[uuid.UUID] = ()
    sighting: Sighting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the rules made of a filing."""

    case_number: str
    reporter_number: str
    owner_centre_id: uuid.UUID
    category_version: str
    marks: Marks
    is_physical: bool
    longitude_wgs84: float | None
    latitude_wgs84: float | None
    location_finding: str | None
    due: DecidedDue
    acceptance_due_at: datetime
    proposed_unit: str | None
    routing_rule: str


def decide(session: Session, *, filing: Filing, city: City, reporter_number: str, now: datetime) -> Decided:
    """Ask every guard and decide every value of the new case, by the policies of the day as they are stored now.

    Raises CategoryRefused (G-cat), RequestTypeRefused, DivisionRefused or PlaceRefused (G-loc).
    """
    policies = queries.policies_on(session, now.astimezone(SHANGHAI).date())
    numbers = Numbers(
        reporter=reporter_number, of_case=lambda: compose_next(lambda: case_serials.take(session), CASE_PREFIX, now)
    )
    return decide_by(policies, filing=filing, city=city, numbers=numbers, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The number that the reporter was given, and where that of the case comes from, once nothing refuses it."""

    reporter: str
    of_case: Callable[[], str]


def decide_by(policies: Policies, *, filing: Filing, city: City, numbers: Numbers, now: datetime) -> Decided:
    """Ask every guard and decide every value of the new case, by these policies of its day.

    Raises CategoryRefused (G-cat), RequestTypeRefused, DivisionRefused or PlaceRefused (G-loc).
    """
    today = now.astimezone(SHANGHAI).date()
    category = city.category(filing.category_tree, filing.category_code, today)
    if category is None:
        raise errors.CategoryRefused(errors={"json": {"category": ["类别不存在或已停用。"]}})
    division = city.division(filing.division_code)
    if division is None or not division.is_pickable:
        raise errors.DivisionRefused(errors={"json": {"division": ["区划不存在或不能选择。"]}})
    request_type = city.request_type(filing.request_type)
    if request_type is None:
        raise errors.RequestTypeRefused(errors={"json": {"request_type": ["诉求类型不存在。"]}})
    position, finding = _locate(city, filing)
    marks = marks_of(category, city.danger_words, [filing.texts.get(name, "") for name in _HEARD], today)
    limits = limits_of(category, request_type, policies, marks.urgency)
    lead = route_of(city, category, filing.division_code).lead
    return Decided(
        case_number=numbers.of_case(),
        reporter_number=numbers.reporter,
        owner_centre_id=city.owner_centre(filing.division_code, category.level_default).id,
        category_version=category.version,
        marks=marks,
        is_physical=category.is_physical,
        longitude_wgs84=position.longitude if position else None,
        latitude_wgs84=position.latitude if position else None,
        location_finding=str(finding) if finding else None,
        due=total_due(city.calendar, now, limits),
        acceptance_due_at=policies.stage_due(city.calendar, Clock.ACCEPTANCE, now, urgency=marks.urgency),
        proposed_unit=lead.unit.code if lead.unit else None,
        routing_rule=rule_of(category, lead),
    )


def next_number(session: Session, serials: Serials, prefix: str, now: datetime) -> str:
    """Return the next number of a series, of the day in Shanghai."""
    return compose_next(lambda: serials.take(session), prefix, now)


def compose_next(take: Callable[[], int], prefix: str, now: datetime) -> str:
    """Return the number of the first serial that has one."""
    filed_on = now.astimezone(SHANGHAI).date()
    while (number := compose_number(prefix, filed_on, take())) is None:
        pass
    return number


def position_of(place: Place) -> Position:
    """Return a place in WGS-84. Raises PlaceRefused."""
    try:
        return to_wgs84(Position(longitude=place.longitude, latitude=place.latitude), place.system)
    except PositionRefused as error:
        raise errors.PlaceRefused(errors={"json": {"location": ["坐标超出范围。"]}}) from error


def _locate(city: City, filing: Filing) -> tuple[Position | None, Finding | None]:
    """Ask G-loc: a point in or near the city, or an address beside the chosen division."""
    if filing.place is None:
        if not filing.texts.get("address"):
            raise errors.PlaceRefused(errors={"json": {"address": ["没有位置时必须填写地址。"]}})
        return None, None
    position = position_of(filing.place)
    finding = city.map.find(position)
    if finding is Finding.OUTSIDE:
        raise errors.PlaceRefused(errors={"json": {"location": ["位置不在南通市范围内。"]}})
    return position, finding
