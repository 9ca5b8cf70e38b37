"""Tests of the city as one value: who owns a case, what may be chosen, which category holds."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from backend.kernel.calendar import DayStatus
from backend.organization.errors import CentreUnknown, DivisionUnknown
from backend.organization.rules.categories import HandlingLevel, Urgency
from backend.organization.rules.city import City
from backend.organization.rules.places import Level
from tests.real_city import CITY, ROWS

TODAY = date(2026, 11, 24)
RUGAO, DONGCHEN_TOWN = "320682", "320682103"
DEVELOPMENT_ZONE, XIAOHAI_STREET = "320671", "320613013"
SUNZHUANG_STREET, HAIAN = "320685002", "320685"


def village_of(town_code: str) -> str:
    return CITY.pickable_children(town_code)[0].code


def owner(division_code: str, level: HandlingLevel) -> str:
    return CITY.owner_centre(division_code, level).code


@pytest.mark.parametrize("level", [HandlingLevel.TOWN, HandlingLevel.VILLAGE])
def test_a_case_of_a_village_at_town_or_village_level_is_owned_by_the_towns_centre(level):
    assert owner(village_of(DONGCHEN_TOWN), level) == DONGCHEN_TOWN


@pytest.mark.parametrize("division", [RUGAO, DONGCHEN_TOWN])
def test_a_case_at_county_level_is_owned_by_the_countys_centre(division):
    assert owner(division, HandlingLevel.COUNTY) == RUGAO
    assert owner(village_of(DONGCHEN_TOWN), HandlingLevel.COUNTY) == RUGAO


@pytest.mark.parametrize("level", HandlingLevel)
def test_a_case_of_a_town_without_a_centre_is_owned_by_the_countys_centre(level):
    assert owner(SUNZHUANG_STREET, level) == HAIAN


@pytest.mark.parametrize("level", HandlingLevel)
def test_a_case_of_a_town_that_a_zone_governs_is_owned_by_the_zone_not_by_the_county_whose_code_it_carries(level):
    assert CITY.division(XIAOHAI_STREET).admin_parent_code == "320613"
    assert owner(XIAOHAI_STREET, level) == DEVELOPMENT_ZONE


def test_a_zone_may_have_a_town_centre_of_its_own():
    assert owner("320612104", HandlingLevel.TOWN) == "320612104"
    assert owner("320612104", HandlingLevel.COUNTY) == "3206X2"


@pytest.mark.parametrize("level", HandlingLevel)
def test_a_case_for_which_only_the_city_was_chosen_is_owned_by_the_citys_centre(level):
    assert owner("320600", level) == "320600"


@pytest.mark.parametrize("level", HandlingLevel)
def test_every_division_has_exactly_one_owner_at_every_level(level):
    for division in CITY.divisions_by_code.values():
        centre = CITY.owner_centre(division.code, level)
        assert CITY.divisions_by_id[centre.division_id] in CITY.ancestry(division)


def test_an_unknown_division_has_no_owner():
    with pytest.raises(DivisionUnknown):
        CITY.owner_centre("320699", HandlingLevel.COUNTY)


def test_a_retired_centre_owns_no_new_case():
    centres = [replace(centre, valid_to=TODAY) if centre.code == DONGCHEN_TOWN else centre for centre in ROWS.centres]
    city = City.of(uuid.UUID(int=2), replace(ROWS, centres=centres))

    assert city.owner_centre(DONGCHEN_TOWN, HandlingLevel.TOWN).code == RUGAO
    assert city.centre(CITY.centre_of_division(DONGCHEN_TOWN).id).valid_to == TODAY


def test_a_centre_of_an_unknown_id_is_none_of_ours():
    with pytest.raises(CentreUnknown):
        CITY.centre(uuid.UUID(int=0))


def test_the_city_is_the_root_and_parent_of_nothing_is_nothing():
    assert CITY.root.name == "南通市"
    assert CITY.parent(CITY.root) is None


def test_the_pickers_go_from_the_city_to_counties_to_towns_to_villages():
    counties = CITY.pickable_children("320600")

    assert {child.level for child in counties} == {Level.COUNTY}
    assert len(counties) == sum(one.level is Level.COUNTY for one in CITY.divisions_by_code.values())
    assert CITY.division(DONGCHEN_TOWN) in CITY.pickable_children(RUGAO)
    assert {child.level for child in CITY.pickable_children(DONGCHEN_TOWN)} == {Level.VILLAGE}


def test_every_pickable_division_is_reached_once_by_picking():
    reached = Counter()
    waiting = [CITY.root.code]
    while waiting:
        code = waiting.pop()
        reached[code] += 1
        waiting += [child.code for child in CITY.pickable_children(code)]

    pickable = {one.code for one in CITY.divisions_by_code.values() if one.is_pickable}
    assert reached == dict.fromkeys(pickable, 1)


def test_the_children_of_an_unknown_division_are_refused():
    with pytest.raises(DivisionUnknown):
        CITY.pickable_children("320699")


def test_the_story_of_the_manhole_cover_has_its_category():
    leaf = CITY.category("12345", "H030404", TODAY)

    assert (leaf.name, leaf.level_default, leaf.unit_codes) == ("无主井盖缺损", HandlingLevel.COUNTY, ("YLJ",))
    assert (leaf.is_physical, leaf.is_safety, leaf.urgency) == (True, True, Urgency.URGENT)


def test_a_category_holds_from_its_first_day_until_the_day_it_ends():
    leaf = replace(CITY.category("12345", "H030404", TODAY), valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1))
    city = City.of(uuid.UUID(int=2), replace(ROWS, categories=[leaf]))

    held = [
        city.category("12345", "H030404", day) is not None
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    ]

    assert held == [False, True, True, False]


def test_of_two_versions_the_one_of_the_day_is_found():
    old = CITY.category("12345", "H030404", TODAY)
    new = replace(old, version="2027", valid_from=date(2027, 1, 1), limit_value=2)
    city = City.of(uuid.UUID(int=2), replace(ROWS, categories=[replace(old, valid_to=date(2027, 1, 1)), new]))

    assert city.category("12345", "H030404", date(2026, 12, 31)).version == old.version
    assert city.category("12345", "H030404", date(2027, 1, 1)).version == "2027"


def test_an_unknown_category_or_request_type_is_none():
    assert CITY.category("12345", "0101", TODAY) is None
    assert CITY.request_type("XX") is None
    assert CITY.request_type("TS").name == "投诉"


def test_the_calendar_knows_which_years_are_official():
    assert {row.day.year for row in ROWS.workdays if row.status is DayStatus.ESTIMATE} == {2027}
    assert 2027 not in CITY.calendar.official_years
