"""Grid cells as anyone may read them, and what they propose for a position. Nothing of a position is kept."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.kernel.geography import CoordinateSystem, Finding, Position, to_wgs84
from backend.kernel.page import Page
from backend.organization import models
from backend.organization.queries.city import city_snapshot
from backend.organization.rules.city import City
from backend.organization.rules.grid import cells_below, propose
from backend.organization.rules.places import Division, GridCell


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCell:
    """A cell and the division that it belongs to."""

    cell: GridCell
    division: Division


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceProposal:
    """What the polygons propose for a position, and whose polygons they are. The division that people choose decides.

    ``distance_m`` is to the nearest county polygon, None in a city without any.
    """

    position_wgs84: Position = field(repr=False)
    finding: Finding
    distance_m: int | None
    tolerance_m: int
    county: Division | None
    cell: ListedCell | None
    boundary_sources: tuple[str, ...]


def proposal_at(session: Session, *, position: Position, system: CoordinateSystem) -> PlaceProposal:
    """Return what lies at a position in any of the coordinate systems. Raises PositionRefused."""
    city = city_snapshot(session)
    position_wgs84 = to_wgs84(position, system)
    found = propose(city, position_wgs84)
    return PlaceProposal(
        position_wgs84=position_wgs84,
        finding=found.finding,
        distance_m=None if math.isinf(found.distance_m) else round(found.distance_m),
        tolerance_m=round(city.map.tolerance_m),
        county=found.county,
        cell=None if found.cell is None else _listed(city, found.cell),
        boundary_sources=city.boundary_sources,
    )


def cell_page(session: Session, *, division_code: str, limit: int, after: str | None) -> Page[ListedCell]:
    """Return cells of a division and of everything below it, by code, after one. Raises DivisionUnknown."""
    city = city_snapshot(session)
    cells = [cell for cell in cells_below(city, division_code) if after is None or cell.code > after]
    return Page.cut([_listed(city, cell) for cell in cells[: limit + 1]], limit)


def grid_workers_of(session: Session, cell_id: uuid.UUID, *, now: datetime) -> Sequence[uuid.UUID]:
    """Return the people who serve a cell at an instant, whoever began first coming first."""
    duty = models.GridDuty
    serves = (duty.valid_from <= now, or_(duty.valid_to.is_(None), duty.valid_to > now))
    statement = select(duty.person_id).where(duty.cell_id == cell_id, *serves)
    return session.scalars(statement.order_by(duty.valid_from, duty.id)).all()


def _listed(city: City, cell: GridCell) -> ListedCell:
    return ListedCell(cell=cell, division=city.divisions_by_id[cell.division_id])
