"""Which grid cell a place belongs to: a polygon proposes, the chosen division decides."""

from __future__ import annotations

from dataclasses import dataclass

from backend.kernel.geography import Finding, Position
from backend.organization.errors import DivisionUnknown
from backend.organization.rules.city import City
from backend.organization.rules.places import Division, GridCell


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the polygons say of a position. It binds nobody: the town that people choose decides.

    ``distance_m`` is to the nearest county polygon; ``county`` is None where none lies within the tolerance (near: to
    be accepted and flagged, for the zones and the reclaimed coast have no polygon).
    """

    finding: Finding
    county: Division | None
    cell: GridCell | None
    distance_m: float


def propose(city: City, position: Position) -> Proposal:
    """Return county and cell that a WGS-84 position proposes."""
    placement = city.map.place(position)
    county = None if placement.county_code is None else city.division(placement.county_code)
    hits = () if placement.finding is Finding.OUTSIDE else city.cell_map.at(position)
    return Proposal(
        finding=placement.finding,
        county=county,
        cell=city.cells_by_code[hits[0]] if hits else None,
        distance_m=placement.distance_m,
    )


def cells_below(city: City, division_code: str) -> tuple[GridCell, ...]:
    """Return the cells of a division and of everything below it, by code. Raises DivisionUnknown."""
    division = city.division(division_code)
    if division is None:
        raise DivisionUnknown
    found: list[GridCell] = []
    waiting = [division]
    while waiting:
        place = waiting.pop()
        found += city.cells_by_division.get(place.id, ())
        waiting += city.children_by_id.get(place.id, ())
    return tuple(sorted(found, key=lambda cell: cell.code))


def cell_of(city: City, division_code: str, position: Position | None) -> GridCell | None:
    """Return the cell of a case: of the cells of the chosen division, the only one, else the one of the position.

    None when the division has several and the position lies in none of them: whoever dispatches decides. Raises
    DivisionUnknown.
    """
    cells = cells_below(city, division_code)
    if len(cells) == 1:
        return cells[0]
    if position is None:
        return None
    hits = city.cell_map.at(position)
    own = {cell.code: cell for cell in cells}
    return next((own[code] for code in hits if code in own), None)
