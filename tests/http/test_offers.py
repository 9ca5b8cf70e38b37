"""What somebody is offered to do with a case: nothing that would be refused."""

from __future__ import annotations

import pytest

from tests.callers import Callers
from tests.complaint_bodies import RUGAO
from tests.http.command_cast import LAMP_UNIT, Cast

LOOKS = ["confirm_fixed", "refute_fixed"]


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def offered(caller, number: str) -> list[str]:
    """Return the actions that a case's page offers to somebody."""
    return [move["action"] for move in caller.get(f"/cases/{number}").json["possible_moves"]]


def test_a_look_is_offered_to_whoever_is_independent_and_to_nobody_of_the_unit_that_did_the_work(cast, callers):
    _, number = cast.brought_to("verifying")
    two_hats = callers.operator(("supervisor", RUGAO), ("liaison", RUGAO, LAMP_UNIT))

    assert offered(cast.of("supervisor"), number) == LOOKS
    assert offered(two_hats, number) == []
    assert cast.of("supervisor").get(f"/cases/{number}").json["possible_moves"][0]["needs"] == ["verification"]


def test_another_round_is_offered_to_a_desk_while_the_window_is_open_and_no_longer(cast, clock):
    _, number = cast.brought_to("closed")
    officer = cast.of("oversight_officer")
    clock.advance(hours=15 * 24 - 1)
    assert offered(cast.callers.again(officer), number) == ["reopen"]

    clock.advance(hours=48)

    late = cast.callers.again(officer)
    assert offered(late, number) == []
    version = late.get(f"/cases/{number}").headers["ETag"]
    refused = late.post(f"/cases/{number}/moves", {"action": "reopen", "note": "又坏了。"}, if_match=version)
    assert refused.json["code"] == "case-reopening-over"
