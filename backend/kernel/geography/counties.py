"""Which county's polygon a position lies in, and how far from it."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import shapely

from backend.kernel.coordinates import Position
from backend.kernel.geography.plane import DEFAULT_TOLERANCE_M, metres_of, on_plane, parse_boundary, point_on_plane

NEAR_M = 20_000.0
# Most squares of this size lie wholly in one county, and a report is where others were.
_SQUARE_M = 1_000.0
_BORDER = -1


class Finding(StrEnum):
    """How a position lies to the polygons. Near is to be accepted and flagged; only outside is to be refused."""

    INSIDE = "inside"
    WITHIN_TOLERANCE = "within_tolerance"
    NEAR = "near"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """What the polygons say of a position; they only propose, the chosen town decides.

    ``county_code`` is None when no polygon lies within the tolerance: near (to be accepted and flagged: the zones and
    the reclaimed coast have none) or outside. ``distance_m`` is to the nearest polygon.
    """

    finding: Finding
    county_code: str | None
    distance_m: float


class CityMap:
    """The county polygons of the city, indexed. Immutable, and safe for threads."""

    def __init__(self, boundaries: Mapping[str, str], *, tolerance_m: float = DEFAULT_TOLERANCE_M) -> None:
        """Index GeoJSON geometries (longitude and latitude in WGS-84) by county code.

        ``tolerance_m`` says how exact this set of polygons is. Raises BoundaryInvalid.
        """
        self.tolerance_m = tolerance_m
        self._codes = tuple(sorted(boundaries))
        self._tree = shapely.STRtree([on_plane(parse_boundary(boundaries[code])) for code in self._codes])
        self._polygons = self._tree.geometries  # an array: what is asked of it is asked of all at once
        self._index_by_code = {code: index for index, code in enumerate(self._codes)}
        shapely.prepare(self._polygons)
        self._lock = threading.Lock()
        # The squares in which a position was found before: the index of the county that has all of it, or a border.
        self._squares: dict[tuple[int, int], int] = {}

    @property
    def county_codes(self) -> tuple[str, ...]:
        """Return the codes of the counties that have a polygon."""
        return self._codes

    def find(self, position: Position) -> Finding:
        """Return whether a WGS-84 position lies in the city, near it, or outside."""
        return self.place(position).finding

    def place(self, position: Position) -> Placement:
        """Return where a WGS-84 position lies."""
        if not self._codes:
            return Placement(finding=Finding.OUTSIDE, county_code=None, distance_m=math.inf)
        index = self._index_of(*metres_of(position))
        if index is not None:
            return Placement(finding=Finding.INSIDE, county_code=self._codes[index], distance_m=0.0)
        point = point_on_plane(position)
        with self._lock:
            indexes, distances = self._tree.query_nearest(point, return_distance=True, all_matches=False)
        distance_m = float(distances[0])
        if distance_m <= self.tolerance_m:
            code = self._codes[indexes[0]]
            return Placement(finding=Finding.WITHIN_TOLERANCE, county_code=code, distance_m=distance_m)
        finding = Finding.NEAR if distance_m <= NEAR_M else Finding.OUTSIDE
        return Placement(finding=finding, county_code=None, distance_m=distance_m)

    def _index_of(self, east_m: float, north_m: float) -> int | None:
        """Return the index of the first county in which a point of the plane lies."""
        square = (int(east_m // _SQUARE_M), int(north_m // _SQUARE_M))
        index = self._squares.get(square, _BORDER)
        if index != _BORDER:
            return index
        with self._lock:
            return self._looked_up(square, east_m, north_m)

    def _looked_up(self, square: tuple[int, int], east_m: float, north_m: float) -> int | None:
        # A dozen prepared polygons are asked at once in less time than a point takes to be made for their tree.
        inside = shapely.intersects_xy(self._polygons, east_m, north_m)
        if not inside.any():
            return None
        index = int(inside.argmax())
        # Squares outside the city are not kept: there is no end of them.
        if square not in self._squares:
            self._squares[square] = index if self._has_all_of(index, square) else _BORDER
        return index

    def _has_all_of(self, index: int, square: tuple[int, int]) -> bool:
        west_m, south_m = square[0] * _SQUARE_M, square[1] * _SQUARE_M
        box = shapely.box(west_m, south_m, west_m + _SQUARE_M, south_m + _SQUARE_M)
        touched = shapely.intersects(self._polygons, box)
        return int(touched.sum()) == 1 and bool(shapely.covers(self._polygons[index], box))

    def distance_m(self, county_code: str, position: Position) -> float | None:
        """Return how far a WGS-84 position is from a county's polygon; None when the county has no polygon."""
        index = self._index_by_code.get(county_code)
        if index is None:
            return None
        with self._lock:
            return float(shapely.distance(self._polygons[index], point_on_plane(position)))

    def agrees(self, county_code: str, position: Position) -> bool | None:
        """Tell whether a position can lie in a county, within the tolerance; None when no polygon can tell."""
        distance_m = self.distance_m(county_code, position)
        return None if distance_m is None else distance_m <= self.tolerance_m
