"""Places on the ground: positions, and which polygons they lie in. The one door to shapely.

shapely gives up Python's lock while GEOS computes, and GEOS makes parts of prepared geometries and trees only when they
are first needed. Two threads in one of them at the same time corrupt the memory of the process: each map has a lock.
"""

from backend.kernel.coordinates import CoordinateSystem, Position, PositionRefused, is_in_degrees, to_wgs84
from backend.kernel.geography.cells import CellMap
from backend.kernel.geography.counties import CityMap, Finding, Placement
from backend.kernel.geography.cutting import cut_evenly
from backend.kernel.geography.plane import DEFAULT_TOLERANCE_M, BoundaryInvalid, geometry_text, parse_boundary

__all__ = [
    "DEFAULT_TOLERANCE_M",
    "BoundaryInvalid",
    "CellMap",
    "CityMap",
    "CoordinateSystem",
    "Finding",
    "Placement",
    "Position",
    "PositionRefused",
    "cut_evenly",
    "geometry_text",
    "is_in_degrees",
    "parse_boundary",
    "to_wgs84",
]
