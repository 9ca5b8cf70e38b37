"""Tests of the way from China's coordinate systems to WGS-84, against another author's implementation."""

from __future__ import annotations

import math

import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.coordinates import CoordinateSystem, Position, PositionRefused, to_wgs84

# Nantong with its coast, and a wide margin.
positions = st.builds(
    Position, longitude=st.floats(119.5, 123.0, allow_nan=False), latitude=st.floats(31.0, 33.5, allow_nan=False)
)


def metres_between(one: Position, other: Position) -> float:
    north = math.radians(one.latitude - other.latitude) * 6_371_000
    east = math.radians(one.longitude - other.longitude) * 6_371_000 * math.cos(math.radians(one.latitude))
    return math.hypot(north, east)


def position(coords: prcoords.Coords) -> Position:
    return Position(longitude=coords.lon, latitude=coords.lat)


@given(positions)
def test_a_point_of_a_chinese_map_comes_back_to_where_it_was_taken_within_half_a_metre(true):
    shown = position(prcoords.wgs_gcj(prcoords.Coords(true.latitude, true.longitude)))

    assert metres_between(to_wgs84(shown, CoordinateSystem.GCJ02), true) < 0.5


@given(positions)
def test_a_point_of_baidu_comes_back_to_where_it_was_taken_within_half_a_metre(true):
    shown = position(prcoords.wgs_bd(prcoords.Coords(true.latitude, true.longitude)))

    assert metres_between(to_wgs84(shown, CoordinateSystem.BD09), true) < 0.5


def test_taking_a_chinese_map_for_wgs84_would_be_hundreds_of_metres_off_in_nantong():
    people_park = Position(longitude=120.8575, latitude=32.0100)

    assert metres_between(to_wgs84(people_park, CoordinateSystem.GCJ02), people_park) > 300
    assert metres_between(to_wgs84(people_park, CoordinateSystem.BD09), people_park) > 800


@pytest.mark.parametrize("system", [CoordinateSystem.WGS84, CoordinateSystem.CGCS2000])
def test_wgs84_and_cgcs2000_are_taken_as_they_are(system):
    given_position = Position(longitude=120.86, latitude=32.01)

    assert to_wgs84(given_position, system) == given_position


def test_outside_china_a_chinese_map_shows_wgs84():
    paris = Position(longitude=2.35, latitude=48.86)

    assert to_wgs84(paris, CoordinateSystem.GCJ02) == paris


@pytest.mark.parametrize(
    ("longitude", "latitude"),
    [(180.1, 0), (-181, 0), (0, 90.5), (0, -91), (math.nan, 0), (0, math.nan), (math.inf, 0), (32.0, 120.8)],
)
def test_what_is_no_longitude_and_latitude_is_refused(longitude, latitude):
    with pytest.raises(PositionRefused):
        Position(longitude=longitude, latitude=latitude)


@given(
    st.builds(Position, longitude=st.floats(-180, 180), latitude=st.floats(-90, 90)), st.sampled_from(CoordinateSystem)
)
def test_no_position_on_earth_breaks_the_conversion(anywhere, system):
    try:
        found = to_wgs84(anywhere, system)
    except PositionRefused:
        return  # BD-09 shifts a position at the edge of the map over it

    assert metres_between(found, anywhere) < 5_000
