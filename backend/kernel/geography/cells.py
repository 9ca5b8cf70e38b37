"""Which grid cell a position lies in: an index over many small polygons, asked in microseconds."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from backend.kernel.coordinates import Position
from backend.kernel.geography.plane import DEFAULT_TOLERANCE_M, on_plane, parse_boundary, point_on_plane


class CellMap:
    """The polygons of grid cells, indexed. Immutable, safe for threads. They propose; the chosen division decides."""

    def __init__(self, cells: Mapping[str, str], *, tolerance_m: float = DEFAULT_TOLERANCE_M) -> None:
        """Index GeoJSON geometries (longitude and latitude in WGS-84) by the code of their cell.

        ``tolerance_m`` says how exact the polygons are. Raises BoundaryInvalid.
        """
        self.tolerance_m = tolerance_m
        self._codes = tuple(sorted(cells))
        self._polygons = [on_plane(parse_boundary(cells[code])) for code in self._codes]
        self._tree = shapely.STRtree(self._polygons)
        shapely.prepare(self._polygons)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many cells there are."""
        return len(self._codes)

    def at(self, position: Position) -> tuple[str, ...]:
        """Return the cells in which a WGS-84 position lies, by code; where it is in none, those within the tolerance.

        More than one only where cells overlap, on the line between them, or for a position beside all of them: then
        the nearest comes first.
        """
        point = point_on_plane(position)
        with self._lock:
            return self._around(point)

    def _around(self, point: BaseGeometry) -> tuple[str, ...]:
        hits = self._tree.query(point, predicate="intersects")
        if len(hits) == 1:
            return (self._codes[hits[0]],)
        if len(hits):
            return tuple(self._codes[index] for index in sorted(hits))
        near = self._tree.query(point, predicate="dwithin", distance=self.tolerance_m)
        ranked = sorted((float(shapely.distance(self._polygons[index], point)), self._codes[index]) for index in near)
        return tuple(code for _, code in ranked)
