"""Cut a polygon into parts of about equal size: how sample grid cells are invented where nobody has drawn any."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from backend.kernel.geography.plane import parse_boundary

_POINTS_A_PART = 8
# Six decimals of a degree are a decimetre: finer lines would pretend a survey.
_GRID_DEGREES = 1e-6
_DECIMALS = 6
# Steps of the R2 sequence: points that fill a square evenly, no two of them on one line with an axis.
_PLASTIC = 1.32471795724474602596
_STEPS = (1 / _PLASTIC, 1 / _PLASTIC**2)

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]


@lru_cache(maxsize=32)  # a county takes 40 ms, and its polygon hardly ever changes
def cut_evenly(geojson: str, groups: tuple[int, ...]) -> tuple[str, ...]:
    """Return geometries that tile a polygon, as GeoJSON text; the same for the same polygon, always.

    ``groups`` says how many parts belong together; the parts of the first group come first, and lie together on the
    ground. The polygon is halved again and again, across its longer side, so that each half has its share of evenly
    strewn points. Raises BoundaryInvalid.
    """
    polygon = parse_boundary(geojson)
    rectangles = list(_halved(_strewn(polygon, sum(groups) * _POINTS_A_PART), polygon.bounds, groups))
    boxes = [shapely.box(*rectangle) for rectangle in rectangles]
    parts = shapely.set_precision(shapely.intersection(polygon, boxes), _GRID_DEGREES)
    return tuple(shapely.to_geojson(_polygons_of(part)) for part in parts)


def _strewn(polygon: BaseGeometry, wanted: int) -> list[Point]:
    """Return at least so many points inside, the same each time."""
    west, south, east, north = polygon.bounds
    tries = wanted
    while True:
        xs = [west + (east - west) * math.fmod(0.5 + number * _STEPS[0], 1) for number in range(tries)]
        ys = [south + (north - south) * math.fmod(0.5 + number * _STEPS[1], 1) for number in range(tries)]
        inside = [(x, y) for x, y, is_in in zip(xs, ys, shapely.contains_xy(polygon, xs, ys), strict=True) if is_in]
        if len(inside) >= wanted:
            return inside
        tries *= 2


def _halved(points: Sequence[Point], rectangle: Rectangle, groups: Sequence[int]) -> Iterator[Rectangle]:
    if sum(groups) == 1:
        yield rectangle
        return
    west, south, east, north = rectangle
    middle = math.radians((south + north) / 2)
    axis = 0 if (east - west) * math.cos(middle) >= north - south else 1
    ordered = sorted(points, key=lambda point: point[axis])
    first, second = _shared_out(groups)
    cut = len(ordered) * sum(first) // sum(groups)
    line = round((ordered[cut - 1][axis] + ordered[cut][axis]) / 2, _DECIMALS)
    lower = (west, south, line, north) if axis == 0 else (west, south, east, line)
    upper = (line, south, east, north) if axis == 0 else (west, line, east, north)
    yield from _halved(ordered[:cut], lower, first)
    yield from _halved(ordered[cut:], upper, second)


def _shared_out(groups: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Return two halves as equal as may be: a group is divided only when it stands alone."""
    if len(groups) == 1:
        return (groups[0] // 2,), (groups[0] - groups[0] // 2,)
    index = min(range(1, len(groups)), key=lambda at: abs(sum(groups[:at]) - sum(groups[at:])))
    return groups[:index], groups[index:]


def _polygons_of(part: BaseGeometry) -> BaseGeometry:
    """Return the areas of a part: where a line only touches the polygon, points and lines come along."""
    areas = [piece for piece in shapely.get_parts(part) if piece.geom_type == "Polygon"]
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)
