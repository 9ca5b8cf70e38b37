"""GeoJSON geometries, and the plane on which distances between them are measured in metres."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from backend.kernel.coordinates import Position, is_in_degrees

DEFAULT_TOLERANCE_M = 300.0
# The map is measured on a plane: at 20 km the error of this projection is below 1 %, at 300 m below 2 m.
_REFERENCE_LATITUDE = 32.1
_M_PER_DEGREE_LATITUDE = 110_890.0
_M_PER_DEGREE_LONGITUDE = 111_413.0 * math.cos(math.radians(_REFERENCE_LATITUDE))


class BoundaryInvalid(ValueError):
    """A geometry that cannot be the boundary of a place."""


def parse_boundary(geojson: str) -> BaseGeometry:
    """Return the geometry of GeoJSON text. Raises BoundaryInvalid unless it is a valid polygon in degrees."""
    try:
        geometry = shapely.from_geojson(geojson)
    except (shapely.GEOSException, TypeError) as error:
        raise BoundaryInvalid("不是 GeoJSON 几何") from error
    if geometry is None or geometry.geom_type not in ("Polygon", "MultiPolygon") or geometry.is_empty:
        raise BoundaryInvalid("不是多边形 Polygon 或 MultiPolygon")
    if not geometry.is_valid:
        raise BoundaryInvalid(f"多边形无效：{shapely.is_valid_reason(geometry)}")
    west, south, east, north = geometry.bounds
    if not (is_in_degrees(west, south) and is_in_degrees(east, north)):
        raise BoundaryInvalid("坐标不是经纬度")
    return geometry


def geometry_text(geometry: Mapping[str, object]) -> str:
    """Return a GeoJSON geometry as its one shortest text, so that equal boundaries compare equal."""
    return json.dumps(geometry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def metres_of(position: Position) -> tuple[float, float]:
    """Return a WGS-84 position in metres on the plane: east, north."""
    return position.longitude * _M_PER_DEGREE_LONGITUDE, position.latitude * _M_PER_DEGREE_LATITUDE


def point_on_plane(position: Position) -> BaseGeometry:
    """Return a WGS-84 position as a point in metres."""
    return shapely.Point(*metres_of(position))


def on_plane(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry in degrees as one in metres."""
    return shapely.transform(geometry, lambda degrees: degrees * (_M_PER_DEGREE_LONGITUDE, _M_PER_DEGREE_LATITUDE))
