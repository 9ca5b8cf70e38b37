"""No answer tells anything of a neighbour: two worlds that differ in the neighbours alone answer alike (S2)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.territory.deeds import Part
from tests.territory.oracle import compared
from tests.territory.script import API, DRAWS, EXCLUDED, draw_script
from tests.territory.worlds import Territory

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
METHODS = {"get", "put", "post", "delete", "patch"}
RUGAO, RUCHENG, DONGCHEN = "320682", "320682001", "320682103"
HAIAN, HAIAN_TOWN, CITY = "320685", "320685001", "320600"
# 路灯: the same department in either county, and each has its own tasks.
LAMP_UNIT = "YLJ"
COUNTY_KINDS = [("12345", "H030402"), ("12345", "H030404"), ("CJT214-部件", "0101")]
TOWN_KINDS = [("CJT214-部件", "0602"), ("CJT214-部件", "0604")]

COUNTY = Territory(
    name="a county with its towns",
    ours=Part(
        desks={
            "county-acceptor": [("acceptor", RUGAO)],
            "county-auditor": [("auditor", RUGAO)],
            "county-dispatcher": [("dispatcher", RUGAO)],
            "town-acceptor": [("acceptor", RUCHENG)],
            "town-auditor": [("auditor", DONGCHEN)],
            "two-hats": [("agent", RUCHENG), ("auditor", RUGAO)],
            "county-unit": [("liaison", RUGAO, LAMP_UNIT)],
            "county-verifier": [("supervisor", RUGAO)],
            "county-grid": [("grid_worker", RUGAO)],
        },
        divisions=[RUGAO, RUCHENG, DONGCHEN],
        categories=COUNTY_KINDS + TOWN_KINDS,
    ),
    neighbours=Part(
        desks={
            "their-acceptor": [("acceptor", HAIAN)],
            "their-town": [("acceptor", HAIAN_TOWN)],
            "their-city": [("acceptor", CITY)],
            "their-dispatcher": [("dispatcher", HAIAN)],
            "their-unit": [("liaison", HAIAN, LAMP_UNIT)],
            "their-grid": [("grid_worker", HAIAN)],
        },
        divisions=[HAIAN, HAIAN_TOWN, CITY],
        categories=COUNTY_KINDS + TOWN_KINDS,
    ),
)
# The county above the town is its neighbour here, and so is the next town.
TOWN = Territory(
    name="a town alone",
    ours=Part(
        desks={
            "town-acceptor": [("acceptor", RUCHENG)],
            "town-auditor": [("auditor", RUCHENG)],
            "town-agent": [("agent", RUCHENG)],
            "town-verifier": [("supervisor", RUCHENG)],
            "town-grid": [("grid_worker", RUCHENG)],
        },
        divisions=[RUCHENG],
        categories=TOWN_KINDS,
    ),
    neighbours=Part(
        desks={
            "their-county": [("acceptor", RUGAO)],
            "their-next-town": [("acceptor", DONGCHEN)],
            "their-acceptor": [("acceptor", HAIAN)],
            "their-grid": [("grid_worker", DONGCHEN)],
        },
        divisions=[RUGAO, DONGCHEN, HAIAN],
        categories=COUNTY_KINDS + TOWN_KINDS,
    ),
)
LENGTH = 450
# Of these somebody is served in every script, and of these somebody is told that there is no such thing: else a
# script would prove nothing.
SERVED = [
    f"GET {API}/cases",
    f"GET {API}/cases/{{number}}",
    f"GET {API}/cases/{{number}}/ledger",
    f"GET {API}/complaints",
    f"GET {API}/complaints/{{number}}",
    f"POST {API}/complaints",
    f"GET {API}/notifications",
    f"GET {API}/notifications/unread-count",
    f"GET {API}/tasks",
    f"POST {API}/grid-reports",
    f"GET {API}/grid-reports",
    f"GET {API}/grid/tasks",
]
GUARDED = [f"GET {API}/cases/{{number}}", f"POST {API}/cases/{{number}}/moves", f"GET {API}/complaints/{{number}}"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("territory", "seed"), [(COUNTY, 1), (COUNTY, 2), (TOWN, 3)], ids=["county 1", "county 2", "town 3"]
)
def test_two_worlds_that_differ_in_the_neighbours_answer_our_people_alike(worlds, territory: Territory, seed: int):
    one, other = worlds(territory, seed)

    came = compared(one, other, draw_script(seed, territory.cast, length=LENGTH))

    assert not came.differences, "\n\n".join(map(str, came.differences))
    # Worlds that do not differ, or of which we see nothing, would prove nothing.
    assert one.known["case", "foreign"] != other.known["case", "foreign"]
    assert len(one.known["case", "own"]) >= 10
    for operation in SERVED:
        assert came.answered(operation, 200, 201, 204), operation
    for operation in GUARDED:
        assert came.answered(operation, 404), operation


def test_every_operation_of_the_document_is_played_or_excluded_with_a_reason():
    paths = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
    operations = {f"{method.upper()} {path}" for path, item in paths.items() for method in METHODS & set(item)}

    assert operations == set(DRAWS) | set(EXCLUDED)
    assert not set(DRAWS) & set(EXCLUDED)
    assert all(EXCLUDED.values())


def test_a_script_plays_every_operation_and_is_the_same_for_the_same_seed():
    script = draw_script(7, COUNTY.cast, length=LENGTH)

    assert {step.operation for step in script} == set(DRAWS)
    assert script == draw_script(7, COUNTY.cast, length=LENGTH)
