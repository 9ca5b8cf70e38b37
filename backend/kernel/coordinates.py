"""Positions, and the exact way from the coordinate systems used in China to WGS-84 (domain.md section 2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from backend.kernel.errors import Invalid

# The Krasovsky 1940 ellipsoid, on which the shift of GCJ-02 is computed.
_GCJ_AXIS_M = 6_378_245.0
_GCJ_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_SHIFT_LONGITUDE = 0.0065
_BD_SHIFT_LATITUDE = 0.0060
_BD_WAVE = math.pi * 3000 / 180
_MAX_LONGITUDE = 180
_MAX_LATITUDE = 90
_INVERSE_STEPS = 12
_INVERSE_PRECISION_DEGREES = 1e-10
# GCJ-02 shifts only within this box; elsewhere it is WGS-84.
_CHINA_LONGITUDES = (72.004, 137.8347)
_CHINA_LATITUDES = (0.8293, 55.8271)


class CoordinateSystem(StrEnum):
    """What a device or a map means by longitude and latitude."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"
    CGCS2000 = "CGCS2000"


class PositionRefused(Invalid):
    """Longitude or latitude is not one."""

    code: ClassVar[str] = "position-refused"
    default_detail: ClassVar[str] = "坐标无效：经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A point in degrees. Which system it is in, the name of the variable says. Raises PositionRefused."""

    longitude: float
    latitude: float

    def __post_init__(self) -> None:
        if not is_in_degrees(self.longitude, self.latitude):
            raise PositionRefused


def is_in_degrees(longitude: float, latitude: float) -> bool:
    """Tell whether the two can be a longitude and a latitude; not-a-number and the infinities cannot."""
    return abs(longitude) <= _MAX_LONGITUDE and abs(latitude) <= _MAX_LATITUDE


def to_wgs84(position: Position, system: CoordinateSystem) -> Position:
    """Return the position in WGS-84, exact to a millimetre.

    CGCS2000 differs from WGS-84 by less than the centimetres a phone cannot measure: it is taken as the same.
    """
    match system:
        case CoordinateSystem.WGS84 | CoordinateSystem.CGCS2000:
            return position
        case CoordinateSystem.GCJ02:
            return _position(*_gcj_to_wgs(position.longitude, position.latitude))
        case CoordinateSystem.BD09:
            return _position(*_gcj_to_wgs(*_bd_to_gcj(position.longitude, position.latitude)))


def _position(longitude: float, latitude: float) -> Position:
    return Position(longitude=longitude, latitude=latitude)


def _gcj_to_wgs(longitude: float, latitude: float) -> tuple[float, float]:
    """Undo the shift by fixed-point iteration: each step divides the error by about a thousand."""
    wgs_longitude, wgs_latitude = longitude, latitude
    for _ in range(_INVERSE_STEPS):
        shifted_longitude, shifted_latitude = _wgs_to_gcj(wgs_longitude, wgs_latitude)
        off_longitude, off_latitude = shifted_longitude - longitude, shifted_latitude - latitude
        wgs_longitude, wgs_latitude = wgs_longitude - off_longitude, wgs_latitude - off_latitude
        if max(abs(off_longitude), abs(off_latitude)) < _INVERSE_PRECISION_DEGREES:
            break
    return wgs_longitude, wgs_latitude


def _wgs_to_gcj(longitude: float, latitude: float) -> tuple[float, float]:
    if not (
        _CHINA_LONGITUDES[0] <= longitude <= _CHINA_LONGITUDES[1]
        and _CHINA_LATITUDES[0] <= latitude <= _CHINA_LATITUDES[1]
    ):
        return longitude, latitude
    east_m, north_m = _gcj_shift_m(longitude - 105, latitude - 35)
    radians = math.radians(latitude)
    flattening = 1 - _GCJ_ECCENTRICITY_SQUARED * math.sin(radians) ** 2
    degree_north_m = math.radians(_GCJ_AXIS_M * (1 - _GCJ_ECCENTRICITY_SQUARED) / flattening**1.5)
    degree_east_m = math.radians(_GCJ_AXIS_M * math.cos(radians) / math.sqrt(flattening))
    return longitude + east_m / degree_east_m, latitude + north_m / degree_north_m


def _gcj_shift_m(x: float, y: float) -> tuple[float, float]:
    """Return the shift to the east and to the north at so many degrees from 105 E, 35 N."""
    ripple = 20 * math.sin(6 * math.pi * x) + 20 * math.sin(2 * math.pi * x)
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += 2 / 3 * (ripple + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30)))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += 2 / 3 * (ripple + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30)))
    return east, north


def _waves(degrees: float, *waves: tuple[int, int]) -> float:
    return sum(height * math.sin(math.pi * degrees / length) for height, length in waves)


def _gcj_to_bd(longitude: float, latitude: float) -> tuple[float, float]:
    radius = math.hypot(longitude, latitude) + 0.00002 * math.sin(latitude * _BD_WAVE)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * _BD_WAVE)
    return radius * math.cos(angle) + _BD_SHIFT_LONGITUDE, radius * math.sin(angle) + _BD_SHIFT_LATITUDE


def _bd_to_gcj(longitude: float, latitude: float) -> tuple[float, float]:
    gcj_longitude, gcj_latitude = longitude - _BD_SHIFT_LONGITUDE, latitude - _BD_SHIFT_LATITUDE
    for _ in range(_INVERSE_STEPS):
        shifted_longitude, shifted_latitude = _gcj_to_bd(gcj_longitude, gcj_latitude)
        off_longitude, off_latitude = shifted_longitude - longitude, shifted_latitude - latitude
        gcj_longitude, gcj_latitude = gcj_longitude - off_longitude, gcj_latitude - off_latitude
        if max(abs(off_longitude), abs(off_latitude)) < _INVERSE_PRECISION_DEGREES:
            break
    return gcj_longitude, gcj_latitude
