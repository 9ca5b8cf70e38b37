"""Tests of grid cells: samples that say so, an operator's in their place, and the chosen division that decides."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from shapely import from_geojson, unary_union
from shapely.geometry import Point

from backend.kernel.geography import CellMap, Finding, Position, cut_evenly
from backend.organization.errors import DivisionUnknown, SourceRefused
from backend.organization.rules.city import City
from backend.organization.rules.grid import cell_of, cells_below, propose
from backend.organization.rules.places import DataOrigin, GridCell, Level
from backend.organization.rules.sources.city import rows_of
from backend.organization.rules.sources.lines import SourceFile
from tests.real_city import CITY, ROWS, SOURCE

DIVISIONS = {division.id: division for division in ROWS.divisions}
BY_CODE = {division.code: division for division in ROWS.divisions}
COUNTIES = {row.division_id: from_geojson(row.geometry) for row in ROWS.boundaries}
RUGAO, DONGCHEN_TOWN, ZONES = "320682", "320682103", ("320671", "3206X1", "3206X2")
TOWNS_WITHOUT_VILLAGES = {"320614002", "320685002", "320685003", "320685004"}
IN_RUGAO = Position(longitude=120.56, latitude=32.37)
SQUARE = '{"type":"Polygon","coordinates":[[[120.0,32.0],[120.1,32.0],[120.1,32.1],[120.0,32.1],[120.0,32.0]]]}'


def county_of(cell: GridCell) -> str:
    division = DIVISIONS[cell.division_id]
    while division.level is not Level.COUNTY:
        division = DIVISIONS[division.parent_id]
    return division.code


def operators_grid(*features: dict[str, object], **metadata: object) -> SourceFile:
    document = {"type": "FeatureCollection", "metadata": {"valid_from": "2026-01-01"} | metadata, "features": features}
    return SourceFile(name="grid.geojson", text=json.dumps(document, ensure_ascii=False))


def feature(code: str = "RG-001", **changes: object) -> dict[str, object]:
    properties = {"code": code, "name": "东陈第一网格", "division": DONGCHEN_TOWN} | changes
    return {"type": "Feature", "properties": properties, "geometry": json.loads(SQUARE)}


def city_with(*features: dict[str, object], **metadata: object) -> City:
    return City.of(uuid.UUID(int=2), rows_of(replace(SOURCE, grid=operators_grid(*features, **metadata))))


def test_every_village_to_choose_has_one_sample_cell_and_so_has_each_of_the_four_towns_without_villages():
    villages = {one.id for one in ROWS.divisions if one.level is Level.VILLAGE and one.is_pickable}
    towns = {BY_CODE[code].id for code in TOWNS_WITHOUT_VILLAGES}

    assert Counter(cell.division_id for cell in ROWS.grid_cells) == dict.fromkeys(villages | towns, 1)


def test_every_town_where_people_live_has_cells_below_it_and_functional_zones_only_in_their_villages():
    for town in (one for one in ROWS.divisions if one.level is Level.TOWN):
        homes = {town.code} if town.code in TOWNS_WITHOUT_VILLAGES else set()
        homes |= {one.code for one in ROWS.divisions if one.parent_id == town.id and one.is_pickable}

        assert {DIVISIONS[cell.division_id].code for cell in cells_below(CITY, town.code)} == homes
        assert homes or not town.is_pickable


def test_a_sample_cell_says_so_in_its_mark_its_name_and_its_source():
    assert all(cell.is_sample and "示例" in cell.name and "示例" in cell.source for cell in ROWS.grid_cells)
    assert {cell.origin for cell in ROWS.grid_cells} == {DataOrigin.PROJECT}


def test_cells_have_a_polygon_where_their_county_has_one_and_none_in_the_zones():
    drawn = {county_of(cell) for cell in ROWS.grid_cells if cell.geometry is not None}
    undrawn = {county_of(cell) for cell in ROWS.grid_cells if cell.geometry is None}

    assert drawn == set(CITY.map.county_codes)
    assert undrawn == set(ZONES)


def test_the_sample_cells_of_a_county_tile_its_polygon_and_are_about_as_large_as_each_other():
    for code in CITY.map.county_codes:
        county = COUNTIES[BY_CODE[code].id]
        shapes = [from_geojson(cell.geometry) for cell in ROWS.grid_cells if county_of(cell) == code]

        assert all(shape.is_valid for shape in shapes)
        assert unary_union(shapes).symmetric_difference(county).area < county.area * 1e-4
        assert sum(shape.area for shape in shapes) == pytest.approx(county.area, rel=1e-4)
        assert max(shape.area for shape in shapes) < 3 * min(shape.area for shape in shapes)


def test_the_cells_of_one_town_lie_together():
    shapes = [from_geojson(cell.geometry) for cell in cells_below(CITY, DONGCHEN_TOWN)]

    assert len(shapes) > 5
    assert unary_union([shape.buffer(1e-6) for shape in shapes]).geom_type == "Polygon"


def test_the_same_polygon_is_cut_the_same_way_each_time():
    cut_evenly.cache_clear()
    first = cut_evenly(SQUARE, (4, 3))
    cut_evenly.cache_clear()

    assert cut_evenly(SQUARE, (4, 3)) == first
    assert len(set(first)) == 7


def test_a_position_in_a_county_is_proposed_the_cell_whose_polygon_holds_it():
    proposal = propose(CITY, IN_RUGAO)

    assert (proposal.finding, proposal.county.code) == (Finding.INSIDE, RUGAO)
    assert from_geojson(proposal.cell.geometry).contains(Point(IN_RUGAO.longitude, IN_RUGAO.latitude))
    assert county_of(proposal.cell) == RUGAO


def test_every_cell_is_proposed_for_a_position_inside_it():
    for cell in ROWS.grid_cells:
        if cell.geometry is not None:
            inside = from_geojson(cell.geometry).representative_point()

            assert CITY.cell_map.at(Position(longitude=inside.x, latitude=inside.y)) == (cell.code,)


@pytest.mark.parametrize(
    ("position", "finding"),
    [
        (Position(longitude=121.47, latitude=31.23), Finding.OUTSIDE),  # Shanghai
        (Position(longitude=121.62, latitude=32.30), Finding.NEAR),  # the reclaimed coast
    ],
)
def test_where_no_polygon_is_no_cell_is_proposed(position, finding):
    proposal = propose(CITY, position)

    assert (proposal.finding, proposal.county, proposal.cell) == (finding, None, None)


def test_the_chosen_village_decides_whatever_the_polygons_say():
    village = CITY.pickable_children(DONGCHEN_TOWN)[0]

    assert cell_of(CITY, village.code, IN_RUGAO) == cell_of(CITY, village.code, None)
    assert cell_of(CITY, village.code, None).division_id == village.id


def test_in_a_chosen_town_the_position_only_chooses_among_its_own_cells():
    cells = cells_below(CITY, DONGCHEN_TOWN)
    inside = from_geojson(cells[2].geometry).representative_point()

    assert cell_of(CITY, DONGCHEN_TOWN, Position(longitude=inside.x, latitude=inside.y)) == cells[2]
    assert cell_of(CITY, DONGCHEN_TOWN, IN_RUGAO) is None  # a cell of another town holds that position
    assert cell_of(CITY, DONGCHEN_TOWN, None) is None


@pytest.mark.parametrize("town", sorted(TOWNS_WITHOUT_VILLAGES))
def test_a_town_without_villages_has_one_cell_for_all_of_it(town):
    assert cell_of(CITY, town, None).division_id == BY_CODE[town].id


def test_an_unknown_division_has_no_cells():
    with pytest.raises(DivisionUnknown):
        cells_below(CITY, "320699")


def test_an_operators_grid_takes_the_place_of_all_samples_and_is_none():
    city = city_with(
        feature(), feature("RG-002", division=CITY.pickable_children(DONGCHEN_TOWN)[0].code), source="市网格办"
    )

    assert sorted(city.cells_by_code) == ["RG-001", "RG-002"]
    assert {(cell.is_sample, cell.source, cell.origin) for cell in city.cells_by_code.values()} == {
        (False, "市网格办", DataOrigin.OPERATOR)
    }


def test_a_cell_without_a_polygon_may_be_supplied_and_is_never_proposed():
    city = city_with(feature() | {"geometry": None})

    assert len(city.cell_map) == 0
    assert cell_of(city, DONGCHEN_TOWN, None).code == "RG-001"


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (operators_grid(), "没有任何网格"),
        (operators_grid(feature(), feature()), "重复"),
        (operators_grid(feature(division="320682")), "不是可选的镇街或村居"),  # a county is nobody's cell
        (operators_grid(feature(division="320682402000")), "不是可选的镇街或村居"),  # a functional zone
        (operators_grid(feature(division=None)), "division"),
        (operators_grid(feature(name="")), "name"),
        (operators_grid(feature(name="第一\n网格")), "name"),
        (operators_grid(feature(code="X" * 41)), "code"),
        (operators_grid(feature() | {"geometry": {"type": "Point", "coordinates": [120, 32]}}), "多边形"),
        (operators_grid(feature(), valid_from="soon"), "valid_from"),
        (operators_grid(feature(), valid_from=None), "valid_from"),
        (operators_grid(feature(), tolerance_m=-1), "tolerance_m"),
        (SourceFile(name="grid.geojson", text="{"), "JSON"),
    ],
)
def test_a_grid_that_cannot_be_taken_is_refused_with_file_and_line(broken, told):
    with pytest.raises(SourceRefused, match=rf"grid\.geojson:\d+: .*{told}"):
        rows_of(replace(SOURCE, grid=broken))


def test_a_cell_that_ended_is_not_asked():
    cells = [replace(cell, valid_to=date(2026, 11, 24)) for cell in ROWS.grid_cells]
    city = City.of(uuid.UUID(int=2), replace(ROWS, grid_cells=cells))

    assert propose(city, IN_RUGAO).cell is None
    assert cells_below(city, "320600") == ()


def test_a_position_just_beside_all_cells_is_proposed_the_nearest_within_the_tolerance():
    east = SQUARE.replace("120.1", "120.2").replace("120.0", "120.1")
    cells = CellMap({"W": SQUARE, "E": east}, tolerance_m=300)
    north = 32.1 + 100 / 110_890

    assert cells.at(Position(longitude=120.05, latitude=north)) == ("W",)
    assert cells.at(Position(longitude=120.1 - 0.0001, latitude=north)) == ("W", "E")
    assert cells.at(Position(longitude=120.1 + 0.0001, latitude=north)) == ("E", "W")
    assert cells.at(Position(longitude=120.1, latitude=32.05)) == ("E", "W")  # on the line between
    assert cells.at(Position(longitude=120.05, latitude=32.1 + 400 / 110_890)) == ()
