"""Each caution that the data's README gives, read anew from the files: what they hold, and what we make of it."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from pathlib import Path

import pytest
from shapely import from_geojson, get_coordinates

from backend.kernel.due import LimitUnit
from backend.kernel.geography import Finding, Position
from backend.organization.rules.categories import HandlingLevel
from backend.organization.rules.places import Level
from tests.real_city import CITY, ROWS, SOURCE

ROOT = Path(__file__).resolve().parents[2]
DIVISIONS = list(csv.DictReader(io.StringIO(SOURCE.divisions.text)))
LEAVES = list(csv.DictReader(io.StringIO(SOURCE.categories.text)))
UNITS = list(csv.DictReader(io.StringIO(SOURCE.units.text)))
BY_CODE = {division.code: division for division in ROWS.divisions}
ZONES = {"320671", "3206X1", "3206X2"}
TOWNS = [row for row in DIVISIONS if row["level"] == "town"]


def test_the_statistical_code_is_no_key_and_ours_is():
    shared = [code for code, count in Counter(row["nbs_code"] for row in DIVISIONS).items() if code and count > 1]

    assert shared
    assert len({division.code for division in ROWS.divisions}) == len(DIVISIONS)


def test_four_real_towns_have_no_villages_and_can_still_be_chosen():
    parents = {row["parent_code"] for row in DIVISIONS if row["level"] == "village"}
    bare = {row["code"] for row in TOWNS if row["kind"] == "gov" and row["code"] not in parents}

    assert bare == {"320614002", "320685002", "320685003", "320685004"}
    for code in bare:
        assert BY_CODE[code].is_pickable
        assert CITY.pickable_children(code) == ()


def test_of_villages_32_are_virtual_and_of_towns_37_functional_and_no_picker_shows_one():
    virtual = {row["code"] for row in DIVISIONS if row["unit_type"] == "虚拟"}
    functional = {row["code"] for row in TOWNS if row["kind"] == "functional"}
    shown = {child.code for code in BY_CODE for child in CITY.pickable_children(code)}

    assert (len(virtual), len(functional)) == (32, 37)
    assert not (virtual | functional) & shown


def test_the_divisions_keep_which_of_two_vintages_each_is_of():
    vintages = {(one.source, one.as_of) for one in ROWS.divisions}

    assert {("MCA", "2025-12-31"), ("NBS", "2023-06-30")} <= vintages
    assert all(BY_CODE[row["code"]].as_of == row["as_of"] for row in DIVISIONS)


def test_both_codes_of_a_town_are_kept_where_they_differ():
    differing = [row for row in TOWNS if row["nbs_code"] and not row["nbs_code"].startswith(row["code"])]

    assert differing
    assert all(BY_CODE[row["code"]].nbs_code == row["nbs_code"] for row in differing)


def test_a_placeholder_code_is_never_taken_for_one_of_the_state():
    ours = [one for one in ROWS.divisions if re.search(r"[A-Z]", one.code)]

    assert {one.code for one in ours if one.level is Level.COUNTY} == {"3206X1", "3206X2"}
    assert {one.source for one in ours} == {"LOCAL"}  # shown with its source; never MCA or NBS
    assert all("占位" in (one.note or "") for one in ours)


def test_how_many_town_centres_there_are_is_read_from_the_seed_and_written_nowhere_in_the_code():
    marked = {row["code"] for row in DIVISIONS if row["cand96"] == "1"}
    at_towns = {centre.division_code for centre in ROWS.centres if centre.level is Level.TOWN}
    sources = [path for package in ("backend", "mobile_api") for path in (ROOT / package).rglob("*.py")]
    numbers = [path for path in sources if re.search(r"(?<![\w+.])(?:96|107)(?![\w+.])", _code_of(path))]

    assert at_towns == marked
    assert numbers == []


def _code_of(path: Path) -> str:
    """Return a file without its texts and comments, in which people may speak of 1+10+96."""
    text = re.sub(r'""".*?"""', "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r'"[^"\n]*"|#[^\n]*', "", text)


def test_seven_real_towns_have_no_centre_and_their_cases_go_to_who_governs_them():
    bare = [row["code"] for row in TOWNS if row["kind"] == "gov" and CITY.centre_of_division(row["code"]) is None]

    assert len(bare) == 7
    for code in bare:
        county = CITY.parent(BY_CODE[code])
        for level in HandlingLevel:
            assert CITY.owner_centre(code, level).division_code == county.code


def test_no_zone_has_a_polygon_and_every_real_county_has_one():
    counties = {row["code"] for row in DIVISIONS if row["level"] == "county"}

    assert counties - set(CITY.map.county_codes) == ZONES


def test_the_polygons_are_simplified_and_name_their_source():
    document = json.loads(SOURCE.boundaries.text)
    points = [feature["properties"]["vertices"] for feature in document["features"]]

    assert (len(points), min(points), max(points)) == (7, 48, 148)
    assert {row.source for row in ROWS.boundaries} == {document["metadata"]["source"]}
    assert {row.tolerance_m for row in ROWS.boundaries} == {300}


@pytest.mark.parametrize("metres", [150, 299])
def test_a_point_of_the_coast_within_the_tolerance_is_proposed_its_county(metres):
    placement = CITY.map.place(off_the_coast_of_qidong(metres))

    assert (placement.finding, placement.county_code) == (Finding.WITHIN_TOLERANCE, "320681")


@pytest.mark.parametrize("metres", [400, 1_000, 5_000, 12_000])
def test_a_point_of_the_reclaimed_coast_is_accepted_and_flagged_and_proposes_nothing(metres):
    placement = CITY.map.place(off_the_coast_of_qidong(metres))

    assert (placement.finding, placement.county_code) == (Finding.NEAR, None)
    assert placement.distance_m == pytest.approx(metres, rel=0.02)


def off_the_coast_of_qidong(metres: float) -> Position:
    """Return the point so many metres east of the easternmost point of 启东市, where the sea was."""
    geometry = next(row.geometry for row in ROWS.boundaries if row.division_id == BY_CODE["320681"].id)
    east = max(get_coordinates(from_geojson(geometry)), key=lambda point: point[0])
    degree_m = 111_413 * math.cos(math.radians(east[1]))
    return Position(longitude=east[0] + metres / degree_m, latitude=east[1])


def test_codes_recur_across_trees_so_that_the_tree_and_the_version_are_part_of_the_key():
    counts = Counter(row["code"] for row in LEAVES)

    assert sum(count > 1 for count in counts.values()) == 48
    assert len({(leaf.tree, leaf.version, leaf.code) for leaf in ROWS.categories}) == len(LEAVES)
    assert len({leaf.id for leaf in ROWS.categories}) == len(LEAVES)


def test_all_four_trees_are_there_with_all_their_leaves():
    wanted = Counter(row["tree"] for row in LEAVES)

    assert Counter(leaf.tree for leaf in ROWS.categories) == wanted
    assert len(wanted) == 4


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("天", LimitUnit.NATURAL_DAYS),
        ("工作日", LimitUnit.WORKING_DAYS),
        ("工作时", LimitUnit.WORKING_HOURS),
    ],
)
def test_every_limit_has_the_unit_of_its_word_and_days_are_natural_days(word, unit):
    written = {(row["tree"], row["code"]) for row in LEAVES if row["limit_unit"] == word}
    read = {(leaf.tree, leaf.code) for leaf in ROWS.categories if leaf.limit_unit is unit}

    assert written
    assert written <= read


def test_the_default_level_is_never_the_city():
    assert {row["level_default"] for row in LEAVES} == {"县", "镇", "村"}
    assert "市" not in {level.value for level in HandlingLevel}


def test_what_a_category_rests_on_is_kept_row_by_row():
    by_key = {(leaf.tree, leaf.code): leaf for leaf in ROWS.categories}

    for row in LEAVES:
        leaf = by_key[row["tree"], row["code"]]
        assert (leaf.source, leaf.confidence, leaf.limit_basis) == (
            row["source"], row["confidence"], row["limit_basis"],
        )  # fmt: skip


def test_parts_and_events_are_physical_and_of_the_other_trees_what_the_list_names_among_it_the_manhole():
    by_key = {(leaf.tree, leaf.code): leaf for leaf in ROWS.categories}
    listed = {
        (row["tree"], row["code"])
        for row in csv.DictReader(io.StringIO(SOURCE.category_marks.text))
        if row["is_physical"] == "1"
    }
    expected = {key for key, leaf in by_key.items() if leaf.kind in {"部件", "事件"}} | listed

    assert {key for key, leaf in by_key.items() if leaf.is_physical} == expected
    assert ("12345", "H030404") in expected


def test_the_units_of_the_files_cover_every_department_a_category_names():
    names = {row["name"] for row in UNITS} | {alias for row in UNITS for alias in row["aliases"].split(";") if alias}
    named = {part.strip() for row in LEAVES for part in row["usual_dept"].split("/")}

    assert len(UNITS) == 60
    assert named <= names


def test_no_official_calendar_of_2027_is_known():
    assert {row.status.value for row in ROWS.workdays if row.day.year == 2027} == {"estimate"}
    assert {row.status.value for row in ROWS.workdays if row.day.year < 2027} == {"official"}
    assert len(ROWS.workdays) == 162


def test_the_copies_in_the_project_are_whole():
    assert (len(DIVISIONS), len(LEAVES), len(ROWS.request_types)) == (2_156, 345, 6)
