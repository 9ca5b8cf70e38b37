"""Tests of who handles a case: every category in every division, against a reading of the files that knows no code."""

from __future__ import annotations

import csv
import io
import uuid
from dataclasses import replace
from datetime import date

import pytest

from backend.organization.errors import DivisionUnknown
from backend.organization.rules.categories import HandlingLevel
from backend.organization.rules.city import City
from backend.organization.rules.places import Level
from backend.organization.rules.routing import Post, may_dispatch_to, post_of, route_of
from tests.real_city import CITY, ROWS, SOURCE

TODAY = date(2026, 11, 24)
RUGAO, DONGCHEN_TOWN, SUNZHUANG_STREET, HAIAN = "320682", "320682103", "320685002", "320685"
DEVELOPMENT_ZONE, XIAOHAI_STREET = "320671", "320613013"


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(getattr(SOURCE, name).text)))


class Reading:
    """What the files say, read anew: levels of the units, names and aliases, who lies below whom, where centres are."""

    def __init__(self) -> None:
        self.levels = {row["code"]: row["levels"].split("|") for row in rows("units")}
        self.unit_of = {row["name"]: row["code"] for row in rows("units")}
        for row in rows("units"):
            self.unit_of |= {alias: row["code"] for alias in row["aliases"].split(";") if alias}
        divisions = {row["code"]: row for row in rows("divisions")}
        self.above = {code: row["parent_code"] for code, row in divisions.items() if row["parent_code"] in divisions}
        self.level = {
            code: {"city": "市", "county": "县", "town": "镇"}.get(row["level"]) for code, row in divisions.items()
        }
        self.has_centre = {
            code for code, row in divisions.items() if row["level"] in ("city", "county") or row["cand96"] == "1"
        }

    def line(self, division: str) -> list[str]:
        """Return the divisions with a centre from this one up to the city, smallest first."""
        found = []
        code: str | None = division
        while code is not None:
            if code in self.has_centre:
                found.append(code)
            code = self.above.get(code)
        return found

    def expected(self, department: str, level_default: str, division: str) -> list[tuple[str | None, str]]:
        """Return (unit, place) of the lead and then of each that assists; no unit: the centre itself."""
        line = self.line(division)
        owner = next(code for code in line if level_default != "县" or self.level[code] != "镇")
        upwards = line[line.index(owner) :]
        downwards = list(reversed(line[: line.index(owner)]))
        posts = []
        for name in department.split("/"):
            unit = self.unit_of[name.strip()]
            place = next((code for code in upwards + downwards if self.level[code] in self.levels[unit]), None)
            posts.append((None, owner) if place is None else (unit, place))
        return list(dict.fromkeys(posts))


def told(post: Post) -> tuple[str | None, str]:
    return (None if post.unit is None else post.unit.code, post.centre.code)


def test_every_category_in_every_division_is_handled_by_whom_the_files_say():
    reading = Reading()
    ways = {}
    for row in rows("categories"):
        leaf = CITY.category(row["tree"], row["code"], TODAY)
        ways.setdefault((row["usual_dept"], row["level_default"]), leaf)

    judged = 0
    for (department, level), leaf in ways.items():
        for division in CITY.divisions_by_code:
            route = route_of(CITY, leaf, division)

            assert [told(route.lead), *map(told, route.assistants)] == reading.expected(department, level, division)
            judged += 1
    assert judged > 100_000


def test_a_unit_that_stands_at_the_centres_level_handles_there():
    post = post_of(CITY, CITY.units_by_code["CGJ"], CITY.centre_of_division(RUGAO), RUGAO)

    assert told(post) == ("CGJ", RUGAO)


@pytest.mark.parametrize(
    ("unit", "owner", "place"),
    [
        ("CGJ", DONGCHEN_TOWN, RUGAO),  # not in a town: the county's
        ("CG", DONGCHEN_TOWN, "320600"),  # neither in a town nor in a county: the city's
        ("CG", RUGAO, "320600"),
        ("CGJ", DEVELOPMENT_ZONE, DEVELOPMENT_ZONE),  # a zone is governed like a county
    ],
)
def test_a_unit_that_does_not_stand_at_the_level_is_that_of_the_nearest_level_above(unit, owner, place):
    post = post_of(CITY, CITY.units_by_code[unit], CITY.centre_of_division(owner), owner)

    assert told(post) == (unit, place)


def test_a_unit_that_stands_only_below_is_that_of_the_town_of_the_case():
    village = CITY.pickable_children(DONGCHEN_TOWN)[0].code

    post = post_of(CITY, CITY.units_by_code["ZJ"], CITY.centre_of_division(RUGAO), village)

    assert told(post) == ("ZJ", DONGCHEN_TOWN)


@pytest.mark.parametrize(
    ("owner", "division"),
    [(RUGAO, RUGAO), (HAIAN, SUNZHUANG_STREET), (DEVELOPMENT_ZONE, XIAOHAI_STREET)],
)
def test_without_a_town_or_with_one_that_has_no_centre_the_county_centre_itself_handles(owner, division):
    post = post_of(CITY, CITY.units_by_code["ZJ"], CITY.centre_of_division(owner), division)

    assert told(post) == (None, owner)


def test_of_a_composite_the_first_leads_and_the_others_assist():
    leaf = CITY.category("12345", "H080201", TODAY)

    route = route_of(CITY, leaf, DONGCHEN_TOWN)

    assert told(route.lead) == ("GAJ", RUGAO)
    assert [told(post) for post in route.assistants] == [("CGJ", RUGAO), ("STJ", RUGAO)]


def test_a_village_has_no_centre_so_the_towns_unit_handles():
    leaf = next(one for one in CITY.categories("网格事件", TODAY) if one.level_default is HandlingLevel.VILLAGE)
    village = CITY.pickable_children(DONGCHEN_TOWN)[0]

    assert route_of(CITY, leaf, village.code).lead.centre.level in (Level.TOWN, Level.COUNTY)
    assert CITY.owner_centre(village.code, HandlingLevel.VILLAGE).code == DONGCHEN_TOWN


def test_a_retired_unit_is_passed_over_and_without_any_the_centre_itself_handles():
    leaf = CITY.category("12345", "H040401", TODAY)  # 城管局/公安交警
    units = [replace(unit, valid_to=TODAY) if unit.code in ("CGJ", "JJ") else unit for unit in ROWS.units]
    without_first = [replace(unit, valid_to=TODAY) if unit.code == "CGJ" else unit for unit in ROWS.units]

    city, other = (City.of(uuid.UUID(int=2), replace(ROWS, units=some)) for some in (units, without_first))

    assert told(route_of(city, leaf, RUGAO).lead) == (None, RUGAO)
    assert told(route_of(other, leaf, RUGAO).lead) == ("JJ", RUGAO)
    assert route_of(other, leaf, RUGAO).assistants == ()


def test_a_case_of_no_division_has_no_route():
    with pytest.raises(DivisionUnknown):
        route_of(CITY, CITY.category("12345", "H040401", TODAY), "320699")


@pytest.mark.parametrize(
    ("centre", "place", "may"),
    [
        (DONGCHEN_TOWN, RUGAO, True),  # its own county's offices
        (DONGCHEN_TOWN, "320600", True),
        (RUGAO, DONGCHEN_TOWN, True),
        (DONGCHEN_TOWN, "320682001", False),  # another town's
        (RUGAO, HAIAN, False),
        (HAIAN, DONGCHEN_TOWN, False),
        ("320600", DONGCHEN_TOWN, True),
    ],
)
def test_a_centre_may_dispatch_within_its_own_line_and_never_sideways(centre, place, may):
    post = Post(unit=CITY.units_by_code["CGJ"], centre=CITY.centre_of_division(place))

    assert may_dispatch_to(CITY.centre_of_division(centre), post) is may


def test_whoever_handles_may_be_dispatched_to_by_the_centre_that_owns_the_case():
    for leaf in {leaf.unit_codes: leaf for leaf in ROWS.categories}.values():
        for code in (RUGAO, DONGCHEN_TOWN, SUNZHUANG_STREET, XIAOHAI_STREET, "320600"):
            route, owner = route_of(CITY, leaf, code), CITY.owner_centre(code, leaf.level_default)

            assert all(may_dispatch_to(owner, post) for post in (route.lead, *route.assistants))


def test_a_unit_that_stands_above_and_below_handles_above():
    both = replace(CITY.units_by_code["ZJ"], levels=("市", "镇"))

    post = post_of(CITY, both, CITY.centre_of_division(RUGAO), DONGCHEN_TOWN)

    assert post.centre.code == "320600"
