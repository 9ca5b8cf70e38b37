"""A look at a place is asked of those who may take it, near enough and few enough (ADR 0033)."""

from __future__ import annotations

from backend.notifications.rules import MAX_VERIFIERS_ASKED
from tests.command_street import (
    CITY,
    DONGCHEN,
    HAIAN,
    HOUSING_UNIT,
    LAMP_UNIT,
    ROAD_UNIT,
    RUCHENG,
    RUGAO,
    CommandStreet,
)


def test_a_look_in_a_town_is_asked_of_its_own_verifiers_and_of_the_centres(command: CommandStreet):
    for centre in (RUGAO, RUCHENG, DONGCHEN, CITY, HAIAN):
        command.staff("grid_worker", centre)
    case = command.case(division=RUCHENG)
    command.task(case, "verification")

    command.take_in(command.moved(case, "T21", "verifying"))

    assert command.told().keys() == {f"grid_worker {RUGAO}", f"grid_worker {RUCHENG}"}


def test_a_look_in_a_village_is_asked_of_the_verifiers_of_its_town(command: CommandStreet):
    query = (
        "SELECT v.code FROM division v JOIN division t ON t.id = v.parent_id WHERE v.level = 'village' AND t.code = "
    )
    village = command.street.rows(f"{query}'{RUCHENG}' ORDER BY v.code LIMIT 1")[0].code
    for centre in (RUCHENG, DONGCHEN):
        command.staff("grid_worker", centre)
    case = command.case(division=village)
    command.task(case, "verification")

    command.take_in(command.moved(case, "T21", "verifying"))

    assert command.told().keys() == {f"grid_worker {RUCHENG}"}


def test_a_look_that_is_somebodys_is_asked_of_them_alone(command: CommandStreet):
    assignee = command.staff("grid_worker", DONGCHEN, name="assignee")
    command.staff("supervisor", RUGAO)
    case = command.case(division=RUCHENG)
    command.task(case, "verification", assignee_person_id=assignee)

    command.take_in(command.moved(case, "T21", "verifying"))

    assert command.told() == {"assignee": ["task.to_verify"]}


def test_a_look_is_not_asked_of_whoever_handled_the_round_nor_of_its_units(command: CommandStreet):
    handled = command.staff("grid_worker", RUGAO, name="handled")
    two_hats = command.staff("grid_worker", RUGAO, name="liaison as well")
    command.bind(two_hats, "liaison", RUGAO, LAMP_UNIT)
    command.staff("grid_worker", RUGAO, LAMP_UNIT, name="of the lead unit")
    command.staff("grid_worker", RUGAO, ROAD_UNIT, name="of an assisting unit")
    command.staff("grid_worker", RUGAO, HOUSING_UNIT, name="of another unit")
    case = command.case()
    command.task(case, "lead", LAMP_UNIT, status="done")
    command.task(case, "assist", ROAD_UNIT, status="done")
    command.task(case, "verification")
    command.reported(case, handled)

    command.take_in(command.moved(case, "T21", "verifying"))

    assert command.told().keys() == {"of another unit"}


def test_whoever_handled_an_earlier_round_is_asked_again(command: CommandStreet):
    handled = command.staff("grid_worker", RUGAO, name="handled before")
    command.staff("grid_worker", RUGAO, LAMP_UNIT, name="of the unit of before")
    case = command.case()
    command.task(case, "lead", LAMP_UNIT, status="returned")
    command.task(case, "lead", ROAD_UNIT, round=2, status="done")
    command.task(case, "verification", round=2)
    command.reported(case, handled)

    command.take_in(command.moved(case, "T21", "verifying"))

    assert command.told().keys() == {"handled before", "of the unit of before"}


def test_where_a_whole_town_would_be_called_the_centre_alone_is_asked(command: CommandStreet):
    for number in range(MAX_VERIFIERS_ASKED):
        command.staff("grid_worker", RUCHENG, name=f"town {number}")
    command.staff("supervisor", RUGAO, name="centre")
    case = command.case(division=RUCHENG)
    command.task(case, "verification")

    command.take_in(command.moved(case, "T21", "verifying"))

    assert command.told() == {"centre": ["task.to_verify"]}
