"""What a grid worker is to verify: their line's, nearest deadline first, and never what they found themselves."""

from __future__ import annotations

import json
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import select, update

from backend.cases.models import CaseTask
from tests.callers import Caller, Callers
from tests.complaint_bodies import CITY, HAIAN, RUGAO
from tests.grid_bodies import handled_report, whole_report
from tests.http.command_cast import FAR_LOOK, LAMP_UNIT, Cast
from tests.replay import replayed, stored

TOWN, NEXT_TOWN = "320682103", "320682001"
# 工地: handled by the town.
TOWN_CATEGORY = {"tree": "CJT214-部件", "code": "0602"}
# Who asks, which version of the city holds, the tasks with their cases, the titles.
STATEMENTS = 4


@pytest.fixture
def cast(callers: Callers, clock) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def found(cast: Cast, finder: Caller, **changes) -> str:
    """Let a grid worker put something right on the spot; return the case, a verification of it ordered."""
    answer = finder.post("/grid-reports", handled_report(cast.callers.services, finder, **changes))
    assert answer.status_code == 201, answer.json
    number = answer.json["case_number"]
    cast.bring(number, ("dispatcher", "order_verification"))
    return number


def tasks(caller: Caller, **query) -> list[str]:
    answer = caller.get("/grid/tasks", **query)
    assert answer.status_code == 200, answer.json
    return [line["case_number"] for line in answer.json["items"]]


@pytest.fixture
def finder(callers: Callers) -> Caller:
    """A grid worker who finds things."""
    return callers.operator(("grid_worker", RUGAO))


def test_what_one_grid_worker_put_right_another_confirms_inside_the_fence(cast, finder):
    number = found(cast, finder)

    assert tasks(cast.of("grid_worker")) == [number]
    answer = cast.move("grid_worker", number, "confirm_fixed")

    assert (answer.status_code, answer.json["state"]) == (201, "callback")
    assert tasks(cast.of("grid_worker")) == []
    (line,) = finder.get("/grid-reports").json["items"]
    assert (line["case_number"], line["state"]) == (number, "callback")


def test_what_another_confirms_from_afar_is_flagged_and_stays_in_verification(cast, finder):
    number = found(cast, finder)

    answer = cast.move("grid_worker", number, "confirm_fixed", verification=FAR_LOOK)

    assert (answer.status_code, answer.json["state"]) == (201, "verifying")
    assert [move["action"] for move in cast.of("reviewer").get(f"/cases/{number}").json["possible_moves"]] == [
        "uphold_verification"
    ]


def test_what_another_refutes_goes_to_the_unit_in_another_round(cast, finder):
    number = found(cast, finder)

    answer = cast.move("grid_worker", number, "refute_fixed")

    assert (answer.status_code, answer.json["state"]) == (201, "dispatched")
    lead = cast.of("liaison").get("/tasks").json["items"][0]
    assert (lead["case"]["number"], lead["task"]["round"], lead["task"]["status"]) == (number, 2, "todo")


@pytest.mark.parametrize("action", ["confirm_fixed", "refute_fixed"])
def test_whoever_put_it_right_verifies_it_neither_way_and_does_not_find_it_in_their_list(cast, finder, action):
    number = found(cast, finder)
    cast.hired["grid_worker"] = finder

    answer = cast.move("grid_worker", number, action)

    assert (answer.status_code, answer.json["code"]) == (403, "case-verifier-not-independent")
    assert tasks(finder) == []


def test_whoever_reported_it_does_not_verify_what_a_unit_handled(cast, finder):
    number = finder.post("/grid-reports", whole_report(cast.callers.services, finder)).json["case_number"]
    cast.bring(
        number,
        ("dispatcher", "dispatch"),
        ("liaison", "sign"),
        ("handler", "report_back"),
        ("dispatcher", "order_verification"),
    )
    other = cast.of("grid_worker")
    cast.hired["grid_worker"] = finder

    answer = cast.move("grid_worker", number, "confirm_fixed")

    assert (answer.status_code, answer.json["code"]) == (403, "case-verifier-not-independent")
    assert (tasks(finder), tasks(other)) == ([], [number])


def test_the_ledger_of_what_was_put_right_on_the_spot_replays_to_what_is_stored(cast, finder, database_urls):
    found(cast, finder)
    refuted, confirmed = found(cast, finder), found(cast, finder)
    cast.bring(refuted, ("grid_worker", "refute_fixed"), ("liaison", "sign"), ("handler", "report_back"))
    cast.bring(confirmed, ("grid_worker", "confirm_fixed"), ("callback_agent", "close"))

    with psycopg.connect(database_urls.owner) as database:
        rows = database.execute("SELECT case_id::text, entry FROM case_ledger ORDER BY case_id, seq").fetchall()
        kept = stored(database)

    assert replayed((case_id, json.loads(entry)) for case_id, entry in rows) == kept
    assert {case["state"] for case in kept.values()} == {"verifying", "feedback", "closed"}


def test_whoever_handled_it_for_a_unit_does_not_find_it_among_what_they_may_verify(cast):
    both = cast.callers.operator(("handler", RUGAO, LAMP_UNIT), ("grid_worker", RUGAO))
    cast.hired["handler"] = both
    _, number = cast.brought_to("verifying")

    assert (tasks(both), tasks(cast.of("grid_worker"))) == ([], [number])


@pytest.mark.parametrize("action", ["dispatch", "sign", "report_back"])
def test_the_finders_door_is_shut_once_the_report_is_taken(cast, finder, action):
    receipt = finder.post("/grid-reports", whole_report(cast.callers.services, finder)).json
    way = {"dispatch": [], "sign": ["dispatch"], "report_back": ["dispatch", "sign"]}[action]
    cast.bring(receipt["case_number"], *[({"sign": "liaison"}.get(step, "dispatcher"), step) for step in way])
    cast.hired["grid_worker"] = finder

    answer = cast.move("grid_worker", receipt["case_number"], action)

    # Not theirs to see any more: what they reported is read in their list.
    assert (answer.status_code, answer.json["code"]) == (404, "case-not-found")


@pytest.mark.parametrize(
    ("binding", "is_shown"),
    [
        (("grid_worker", TOWN), True),
        (("grid_worker", RUGAO), True),
        (("supervisor", CITY), True),
        (("grid_worker", HAIAN), False),
    ],
)
def test_a_case_of_the_county_is_verified_on_its_line_and_nowhere_else(cast, finder, binding, is_shown):
    number = found(cast, finder, division=TOWN)
    verifier = cast.callers.operator(binding)

    assert tasks(verifier) == ([number] if is_shown else [])
    assert verifier.get(f"/cases/{number}").status_code == (200 if is_shown else 404)


@pytest.mark.parametrize(("centre", "is_shown"), [(TOWN, True), (RUGAO, True), (NEXT_TOWN, False), (HAIAN, False)])
def test_a_case_of_a_town_is_verified_by_the_town_and_those_above_and_not_next_door(cast, centre, is_shown):
    finder = cast.callers.operator(("grid_worker", TOWN))
    number = found(cast, finder, category=TOWN_CATEGORY, division=TOWN)

    assert tasks(cast.callers.operator(("grid_worker", centre))) == ([number] if is_shown else [])


def test_a_worker_of_another_county_sees_nothing_and_moves_nothing(cast, finder):
    number = found(cast, finder)
    stranger = cast.callers.operator(("grid_worker", HAIAN))
    cast.hired["grid_worker"] = stranger

    answer = cast.move("grid_worker", number, "confirm_fixed")

    assert (answer.status_code, answer.json["code"]) == (404, "case-not-found")
    assert stranger.get("/grid-reports").json["items"] == []
    assert tasks(stranger) == []


def test_a_task_shows_what_and_where_and_nothing_of_whoever_reported_it(cast, finder):
    number = found(cast, finder)

    (line,) = cast.of("grid_worker").get("/grid/tasks").json["items"]

    assert line == {
        "id": line["id"],
        "case_number": number,
        "version": 6,
        "round": 1,
        "title": "菜场门口的路灯不亮",
        "category": {"tree": "12345", "code": "H030402", "name": line["category"]["name"]},
        "urgency": "none",
        "location": {"longitude_wgs84": 120.5734, "latitude_wgs84": 32.3708, "finding": "inside"},
        "geofence_m": 50.0,
        "due_at": line["due_at"],
        "is_overdue": False,
    }


def test_a_case_without_a_position_has_no_fence_in_the_list(cast):
    _, number = cast.brought_to("verifying", location=None)

    (line,) = cast.of("grid_worker").get("/grid/tasks").json["items"]

    assert (line["case_number"], line["location"], line["geofence_m"]) == (number, None, None)


def test_tasks_are_read_nearest_deadline_first_page_by_page(cast, finder, services):
    numbers = [found(cast, finder) for _ in range(5)]
    due_at = services.clock.now() + timedelta(days=1)
    with services.database.transaction() as session:
        ids = session.scalars(
            select(CaseTask.id).where(CaseTask.kind == "verification").order_by(CaseTask.created_at, CaseTask.id)
        ).all()
        for place, task_id in enumerate(ids):
            # The last two at one instant: then by id.
            at = due_at - timedelta(hours=min(place, 3))
            session.execute(update(CaseTask).where(CaseTask.id == task_id).values(due_at=at))

    seen, cursor = [], None
    while cursor is not None or not seen:
        page = cast.of("grid_worker").get("/grid/tasks", limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [line["case_number"] for line in page["items"]]
        cursor = page["next_cursor"]

    assert seen == [numbers[place] for place in (3, 4, 2, 1, 0)]


def test_a_list_of_twenty_tasks_needs_as_many_statements_as_one_of_a_single_task(cast, finder, statements):
    verifier, counts = cast.of("grid_worker"), []
    for more in (1, 19):
        for _ in range(more):
            found(cast, finder)
        with statements.counting() as counted:
            tasks(verifier)
        counts.append(len(counted))

    assert counts == [STATEMENTS, STATEMENTS]
    assert len(tasks(verifier)) == 20


@pytest.mark.parametrize("role", ["acceptor", "handler", "auditor"])
def test_the_list_is_for_those_who_verify(callers, role):
    assert callers.operator((role, RUGAO)).get("/grid/tasks").status_code == 403
