"""Where a report belongs that names no division: what the position proposes, as far as it is no invention of ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.cases.errors import DivisionRefused, PlaceRefused
from backend.cases.filing import Place
from backend.grid_reports.areas import division_for
from backend.kernel.geography import CoordinateSystem, Position
from backend.organization.rules.grid import propose
from tests.real_city import CITY

IN_RUGAO = Place(longitude=120.56, latitude=32.37, system=CoordinateSystem.WGS84)
IN_BEIJING = Place(longitude=116.4, latitude=39.9, system=CoordinateSystem.WGS84)


def with_real_cells(**changes):
    """Return the city with the cells of an operator, and their divisions changed."""
    cells = {code: replace(cell, is_sample=False) for code, cell in CITY.cells_by_code.items()}
    divisions = {key: replace(division, **changes) for key, division in CITY.divisions_by_id.items()}
    return replace(CITY, cells_by_code=cells, divisions_by_id=divisions)


def test_the_division_that_was_chosen_stands_wherever_the_position_lies():
    assert division_for("320685", IN_RUGAO, CITY) == "320685"


def test_a_sample_cell_proposes_no_more_than_its_county():
    assert division_for(None, IN_RUGAO, CITY) == "320682"


def test_a_cell_that_the_city_supplied_proposes_its_division():
    cell = propose(CITY, Position(longitude=IN_RUGAO.longitude, latitude=IN_RUGAO.latitude)).cell

    assert division_for(None, IN_RUGAO, with_real_cells()) == CITY.divisions_by_id[cell.division_id].code


def test_a_division_that_nobody_may_pick_is_not_proposed():
    assert division_for(None, IN_RUGAO, with_real_cells(is_pickable=False)) == "320682"


def test_outside_the_city_nothing_is_proposed():
    with pytest.raises(PlaceRefused):
        division_for(None, IN_BEIJING, CITY)


def test_without_a_position_somebody_must_choose():
    with pytest.raises(DivisionRefused):
        division_for(None, None, CITY)
