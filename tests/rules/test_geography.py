"""Tests of the county polygons: they propose, within their tolerance, and never decide."""

from __future__ import annotations

import json
import random

import pytest
import shapely

from backend.kernel.geography import (
    BoundaryInvalid,
    CityMap,
    Finding,
    Position,
    geometry_text,
    parse_boundary,
)
from tests.real_city import CITY, ROWS

RUGAO, HAIAN = "320682", "320685"
# A point of 如皋; Shanghai; the middle of the Pacific.
IN_RUGAO = Position(longitude=120.56, latitude=32.37)
SHANGHAI = Position(longitude=121.47, latitude=31.23)
PACIFIC = Position(longitude=-150.0, latitude=0.0)
# A square kilometre or so, so that distances can be typed.
SQUARE = '{"type":"Polygon","coordinates":[[[120.0,32.0],[120.01,32.0],[120.01,32.01],[120.0,32.01],[120.0,32.0]]]}'
DEGREE_NORTH_M = 110_890.0


def north_of_the_square(metres: float) -> Position:
    return Position(longitude=120.005, latitude=32.01 + metres / DEGREE_NORTH_M)


def test_seven_counties_have_a_polygon_and_no_zone_has_one():
    assert len(CITY.map.county_codes) == 7
    assert not {"320671", "3206X1", "3206X2"} & set(CITY.map.county_codes)


def test_a_point_in_a_county_is_found_there():
    placement = CITY.map.place(IN_RUGAO)

    assert (placement.finding, placement.county_code, placement.distance_m) == (Finding.INSIDE, RUGAO, 0.0)
    assert CITY.map.agrees(RUGAO, IN_RUGAO) is True
    assert CITY.map.agrees(HAIAN, IN_RUGAO) is False


def test_no_polygon_can_tell_of_a_zone():
    assert CITY.map.agrees("3206X2", IN_RUGAO) is None
    assert CITY.map.distance_m("3206X2", IN_RUGAO) is None


@pytest.mark.parametrize("position", [SHANGHAI, PACIFIC])
def test_a_point_far_away_is_outside(position):
    placement = CITY.map.place(position)

    assert (placement.finding, placement.county_code) == (Finding.OUTSIDE, None)


@pytest.mark.parametrize(
    ("metres", "finding"),
    [
        (0, Finding.INSIDE),
        (295, Finding.WITHIN_TOLERANCE),
        (305, Finding.NEAR),
        (19_900, Finding.NEAR),
        (20_100, Finding.OUTSIDE),
    ],
)
def test_a_point_is_taken_within_300_metres_and_flagged_within_20_kilometres(metres, finding):
    city_map = CityMap({"X": SQUARE})

    assert city_map.find(north_of_the_square(metres)) is finding


def test_only_a_point_within_the_tolerance_is_proposed_a_county():
    city_map = CityMap({"X": SQUARE})

    assert city_map.place(north_of_the_square(100)).county_code == "X"
    assert city_map.place(north_of_the_square(400)).county_code is None


def test_a_surveyed_set_may_have_a_smaller_tolerance():
    assert CityMap({"X": SQUARE}, tolerance_m=30).find(north_of_the_square(100)) is Finding.NEAR


def test_a_point_on_the_line_between_two_counties_is_in_one_of_them_always_the_same():
    east = SQUARE.replace("120.01", "120.02").replace("120.0,", "120.01,")
    between = Position(longitude=120.01, latitude=32.005)

    assert CityMap({"B": east, "A": SQUARE}).place(between).county_code == "A"
    assert CityMap({"A": SQUARE, "B": east}).place(between).county_code == "A"


def test_what_was_learned_of_a_square_never_changes_a_county():
    """The oracle asks the polygons in degrees; the map is asked of neighbours, so that it has seen most squares."""
    draw = random.Random(752915)
    code_by_id = {division.id: division.code for division in ROWS.divisions}
    texts = {code_by_id[boundary.division_id]: boundary.geometry for boundary in ROWS.boundaries}
    polygons = {code: shapely.from_geojson(text) for code, text in texts.items()}
    west, south, east, north = shapely.union_all(list(polygons.values())).bounds
    city_map = CityMap(texts)
    learned = 0
    for _ in range(400):
        longitude, latitude = draw.uniform(west, east), draw.uniform(south, north)
        for _ in range(10):
            at = Position(longitude=longitude + draw.gauss(0, 0.005), latitude=latitude + draw.gauss(0, 0.005))
            point = shapely.Point(at.longitude, at.latitude)
            expected = next((code for code in sorted(polygons) if shapely.covers(polygons[code], point)), None)
            placement = city_map.place(at)
            assert (placement.county_code if placement.finding is Finding.INSIDE else None) == expected
            learned += expected is not None

    assert learned > 1000


def test_a_city_without_polygons_has_no_inside():
    assert CityMap({}).find(IN_RUGAO) is Finding.OUTSIDE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "null",
        "{}",
        '{"type":"Point","coordinates":[120,32]}',
        '{"type":"Polygon","coordinates":[]}',
        '{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}',  # it crosses itself
        '{"type":"Polygon","coordinates":[[[500000,3500000],[500001,3500000],[500001,3500001],[500000,3500000]]]}',
    ],
)
def test_what_is_no_valid_polygon_in_degrees_is_refused(text):
    with pytest.raises(BoundaryInvalid):
        parse_boundary(text)


def test_equal_boundaries_have_one_text_whatever_the_order_of_their_members():
    one = json.loads(SQUARE)

    assert geometry_text(one) == geometry_text(dict(reversed(one.items())))
