"""Tests of the files of the city: every caution of the data's README."""

from __future__ import annotations

from collections import Counter

import pytest

from backend.kernel.due import LimitUnit
from backend.organization.rules.categories import HandlingLevel, Urgency
from backend.organization.rules.places import DataOrigin, Level
from backend.organization.rules.sources.city import rows_of
from tests.real_city import ROWS, SOURCE

DIVISIONS = {division.code: division for division in ROWS.divisions}
CENTRES = {centre.code: centre for centre in ROWS.centres}
LEAVES = {(leaf.tree, leaf.code): leaf for leaf in ROWS.categories}


def test_every_row_of_the_divisions_is_taken_though_statistical_codes_recur():
    shared = [code for code, count in Counter(one.nbs_code for one in ROWS.divisions).items() if code and count > 1]

    assert len(DIVISIONS) == SOURCE.divisions.text.count("\n") - 1
    assert shared
    assert len({one.id for one in ROWS.divisions}) == len(DIVISIONS)


def test_virtual_villages_and_functional_towns_cannot_be_picked_and_zones_can():
    hidden = Counter(one.level for one in ROWS.divisions if not one.is_pickable)

    assert hidden == {Level.TOWN: 37, Level.VILLAGE: 32}
    assert all("虚拟" in one.unit_type for one in ROWS.divisions if one.level is Level.VILLAGE and not one.is_pickable)
    assert all(DIVISIONS[code].is_pickable for code in ("320671", "3206X1", "3206X2"))


def test_both_codes_of_a_town_are_kept():
    assert (DIVISIONS["320612002"].nbs_code, DIVISIONS["320612003"].nbs_code) == ("320612003000", "320612002000")
    assert DIVISIONS["320685002"].nbs_code is None


def test_a_town_that_a_zone_governs_hangs_below_the_zone_and_keeps_whose_code_it_carries():
    town = DIVISIONS["320612104"]

    assert town.parent_id == DIVISIONS["3206X2"].id
    assert town.admin_parent_code == "320612"


def test_there_is_a_centre_for_the_city_each_county_row_and_each_marked_town():
    rows = [line.split(",") for line in SOURCE.divisions.text.splitlines()[1:]]
    marked = {row[0] for row in rows if row[2] == "town" and row[8] == "1"}
    counties = {row[0] for row in rows if row[2] == "county"}

    assert set(CENTRES) == {"320600"} | counties | marked
    assert {code for code, centre in CENTRES.items() if centre.is_assumed} == marked


def test_the_development_zone_has_no_town_centre():
    assert not [one for one in ROWS.centres if one.parent_id == CENTRES["320671"].id]


def test_the_path_of_a_centre_names_those_above_it():
    assert CENTRES["320682103"].path == "320600/320682/320682103/"
    assert CENTRES["320612104"].path == "320600/3206X2/320612104/"
    assert CENTRES["320600"].path == "320600/"


def test_codes_recur_across_trees_and_each_leaf_is_kept():
    codes = Counter(code for _, code in LEAVES)

    assert len(LEAVES) == len(ROWS.categories) == SOURCE.categories.text.count("\n") - 1
    assert sum(count > 1 for count in codes.values()) == 48


def test_tian_is_natural_days_and_no_leaf_is_handled_at_city_level_by_default():
    assert LEAVES["CJT214-部件", "0101"].limit_unit is LimitUnit.NATURAL_DAYS
    assert LEAVES["CJT214-事件", "0102"].limit_unit is LimitUnit.WORKING_HOURS
    assert LEAVES["12345", "H030404"].limit_unit is LimitUnit.WORKING_DAYS
    assert {leaf.level_default for leaf in ROWS.categories} == set(HandlingLevel)


def test_of_a_composite_department_the_first_leads_and_the_others_assist():
    assert LEAVES["12345", "H040401"].unit_codes == ("CGJ", "JJ")
    assert LEAVES["12345", "H080201"].unit_codes == ("GAJ", "CGJ", "STJ")


def test_two_names_of_one_unit_count_once():
    assert LEAVES["网格事件", "W02"].unit_codes == ("SFS",)


def test_physical_are_the_parts_the_events_and_what_the_list_names():
    by_kind = {leaf.kind: set() for leaf in ROWS.categories}
    for leaf in ROWS.categories:
        by_kind[leaf.kind].add(leaf.is_physical)

    assert by_kind == {"部件": {True}, "事件": {True}, "网格事件": {True, False}, "诉求": {True, False}}
    assert LEAVES["12345", "H030404"].is_physical
    assert not LEAVES["12345", "H010101"].is_physical


@pytest.mark.parametrize(
    ("key", "urgency", "is_safety"),
    [
        (("12345", "H110301"), Urgency.LIFE, True),  # gas
        (("CJT214-事件", "0403"), Urgency.LIFE, True),
        (("12345", "H110201"), Urgency.URGENT, False),  # a power cut is urgent, and its reporter may say it is over
        (("12345", "H030404"), Urgency.URGENT, True),
        (("12345", "H040101"), Urgency.NONE, False),
    ],
)
def test_marks_say_what_is_urgent_and_what_cannot_be_withdrawn(key, urgency, is_safety):
    assert (LEAVES[key].urgency, LEAVES[key].is_safety) == (urgency, is_safety)


def test_most_complaints_can_be_withdrawn():
    complaints = [leaf for leaf in ROWS.categories if leaf.tree == "12345"]

    assert sum(leaf.is_safety for leaf in complaints) < len(complaints) / 5


def test_a_danger_to_life_always_is_a_matter_of_safety():
    assert all(leaf.is_safety for leaf in ROWS.categories if leaf.urgency is Urgency.LIFE)


def test_each_tree_has_one_version():
    assert len({(leaf.tree, leaf.version) for leaf in ROWS.categories}) == len({tree for tree, _ in LEAVES}) == 4


def test_the_projects_polygons_have_a_tolerance_of_300_metres_and_are_the_projects():
    assert {(row.tolerance_m, row.origin) for row in ROWS.boundaries} == {(300, DataOrigin.PROJECT)}


def test_ids_are_the_same_in_every_database():
    again = rows_of(SOURCE)

    assert again == ROWS
    assert str(DIVISIONS["320682"].id) == "6e72bcb4-c999-5e88-8f3f-a061da3e340f"
