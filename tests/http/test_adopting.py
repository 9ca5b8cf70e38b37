"""Open cases of the workflow before go on by the present one; those that have ended stay as they ended."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from backend.cases.adopting import Adoption, adopt_current_workflow
from backend.cases.verification import verify_ledger
from backend.organization.queries.city import city_snapshot
from tests.callers import Callers
from tests.http.command_cast import LAMP_UNIT, Cast

# What the release before has not written.
OF_BEFORE = (
    "UPDATE command_case SET workflow_version = 1, is_physical = false, due_unit = NULL, due_exact_at = NULL,"
    " total_started_at = NULL, stage_started_at = NULL, stage_due_at = NULL, proposed_unit = NULL,"
    " routing_rule = NULL"
)


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def adopt(cast: Cast) -> int:
    """Bring what is open to the present workflow."""
    services = cast.callers.services
    with services.database.transaction() as session:
        city = city_snapshot(session)
    return adopt_current_workflow(
        services.database, Adoption(city=city, sealer=services.sealer, now=services.clock.now())
    )


@pytest.mark.parametrize("state", ["submitted", "accepted"])
def test_an_open_case_goes_on_and_its_ledger_says_so(cast, owner_database, state):
    _, number = cast.brought_to(state)
    with owner_database.transaction() as session:
        session.execute(text(OF_BEFORE))
    before = cast.of("acceptor").get(f"/cases/{number}").json["case"]

    assert (adopt(cast), adopt(cast)) == (1, 0)

    after = cast.of("acceptor").get(f"/cases/{number}").json
    assert (after["case"]["due_at"], after["case"]["next_due_at"]) == (before["due_at"], before["next_due_at"])
    assert after["proposed_unit"]["code"] == LAMP_UNIT
    last = cast.of("acceptor").get(f"/cases/{number}/ledger").json["items"][-1]
    assert (last["transition"], last["action_name"], last["role"]) == ("W01", "改按新流程办理", "system")
    way = [("acceptor", "accept")] if state == "submitted" else []
    cast.bring(number, *way, ("dispatcher", "dispatch"), ("liaison", "sign"), ("handler", "report_back"))


def test_what_has_ended_is_left_alone(cast, owner_database):
    cast.brought_to("closed")
    with owner_database.transaction() as session:
        session.execute(text(OF_BEFORE))

    assert adopt(cast) == 0


def test_the_verifier_finds_nothing_afterwards(cast, owner_database, services):
    _, number = cast.brought_to("accepted")
    with owner_database.transaction() as session:
        session.execute(text(OF_BEFORE))
    assert adopt(cast) == 1

    [verdict] = verify_ledger(owner_database, sealer=services.sealer, number=number)

    assert verdict.breaches == ()
