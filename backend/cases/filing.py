"""Filing a case: what comes in, the guards that may refuse it, and everything that is decided before it is written."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from backend.cases import errors, queries
from backend.cases.deadlines import DecidedDue, NamedLimit, Policies, total_due
from backend.cases.models import CASE_SERIAL
from backend.cases.numbering import CASE_PREFIX, compose_number
from backend.cases.rules import Clock
from backend.infrastructure.serials import Serials
from backend.kernel.clock import SHANGHAI
from backend.kernel.geography import CoordinateSystem, Finding, Position, PositionRefused, to_wgs84
from backend.organization.queries.city import Category, City
from backend.organization.rules.categories import Urgency

_case_serials = Serials(CASE_SERIAL)


class IdentityShown(StrEnum):
    """How much of the reporter the handling side may see."""

    NAMED = "named"  # 实名
    CONFIDENTIAL = "confidential"  # 保密
    ANONYMOUS = "anonymous"  # 匿名


class Channel(StrEnum):
    """The door a report came through."""

    APP = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point as the phone gave it: degrees in the named coordinate system."""

    longitude: float
    latitude: float
    system: CoordinateSystem


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A report before it is a case. ``texts`` are title, description and, if given, address."""

    person_id: uuid.UUID
    channel: Channel
    request_type: str
    category_tree: str
    category_code: str
    division_code: str
    identity_shown: IdentityShown
    place: Place | None
    texts: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the rules made of a filing."""

    case_number: str
    reporter_number: str
    owner_centre_id: uuid.UUID
    category_version: str
    urgency: Urgency
    is_safety: bool
    longitude_wgs84: float | None
    latitude_wgs84: float | None
    location_finding: str | None
    due: DecidedDue
    acceptance_due_at: datetime


def decide(session: Session, *, filing: Filing, city: City, reporter_number: str, now: datetime) -> Decided:
    """Ask every guard and decide every value of the new case.

    Raises CategoryRefused (G-cat), RequestTypeRefused, DivisionRefused or PlaceRefused (G-loc).
    """
    today = now.astimezone(SHANGHAI).date()
    category = city.category(filing.category_tree, filing.category_code, today)
    if category is None:
        raise errors.CategoryRefused(errors={"json": {"category": ["类别不存在或已停用。"]}})
    division = city.division(filing.division_code)
    if division is None or not division.is_pickable:
        raise errors.DivisionRefused(errors={"json": {"division": ["区划不存在或不能选择。"]}})
    position, finding = _locate(city, filing)
    policies = queries.policies_on(session, today)
    return Decided(
        case_number=next_number(session, _case_serials, CASE_PREFIX, now),
        reporter_number=reporter_number,
        owner_centre_id=city.owner_centre(filing.division_code, category.level_default).id,
        category_version=category.version,
        urgency=category.urgency,
        is_safety=category.is_safety,
        longitude_wgs84=position.longitude if position else None,
        latitude_wgs84=position.latitude if position else None,
        location_finding=finding.value if finding else None,
        due=total_due(city.calendar, now, _limits(city, filing, category, policies)),
        acceptance_due_at=policies.stage_due(city.calendar, Clock.ACCEPTANCE, now, urgency=category.urgency),
    )


def next_number(session: Session, serials: Serials, prefix: str, now: datetime) -> str:
    """Return the next number of a series, of the day in Shanghai."""
    filed_on = now.astimezone(SHANGHAI).date()
    while (number := compose_number(prefix, filed_on, serials.take(session))) is None:
        pass
    return number


def _limits(city: City, filing: Filing, category: Category, policies: Policies) -> list[NamedLimit]:
    """Return the limits that hold: the category's, the request type's, and that of urgency."""
    request_type = city.request_type(filing.request_type)
    if request_type is None:
        raise errors.RequestTypeRefused(errors={"json": {"request_type": ["诉求类型不存在。"]}})
    limits = [
        NamedLimit(rule=f"category:{category.tree}:{category.version}:{category.code}", limit=category.limit),
        NamedLimit(rule=f"request_type:{request_type.code}", limit=request_type.limit),
    ]
    return [*limits, policies.limit_of_urgency(category.urgency)] if category.is_urgent else limits


def _locate(city: City, filing: Filing) -> tuple[Position | None, Finding | None]:
    """Ask G-loc: a point in or near the city, or an address beside the chosen division."""
    if filing.place is None:
        if not filing.texts.get("address"):
            raise errors.PlaceRefused(errors={"json": {"address": ["没有位置时必须填写地址。"]}})
        return None, None
    try:
        received = Position(longitude=filing.place.longitude, latitude=filing.place.latitude)
        position = to_wgs84(received, filing.place.system)
    except PositionRefused as error:
        raise errors.PlaceRefused(errors={"json": {"location": ["坐标超出范围。"]}}) from error
    finding = city.map.find(position)
    if finding is Finding.OUTSIDE:
        raise errors.PlaceRefused(errors={"json": {"location": ["位置不在南通市范围内。"]}})
    return position, finding
