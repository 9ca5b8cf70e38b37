"""Who handled does not verify (G-sod), and a look from afar or without a photo is looked at again (G-verify)."""

from __future__ import annotations

import pytest

from tests.callers import Caller, Callers
from tests.complaint_bodies import RUGAO
from tests.http.command_cast import FRESH_LOOK, LAMP_UNIT, Cast
from tests.ready_photos import ready_photo

OTHER_UNIT = "CGJ"


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def look(cast: Cast, caller: Caller, number: str, action: str = "confirm_fixed", *, photo: bool = True, **changes):
    """Tell what somebody found on the spot."""
    body = {"action": action, "verification": {**FRESH_LOOK, **changes}}
    if photo:
        body["evidence_ids"] = [ready_photo(cast.callers.services, caller.person_id, stage="after")]
    return caller.post(f"/cases/{number}/moves", body, if_match=cast.version(number))


@pytest.mark.parametrize("role", ["liaison", "handler", "unit_leader"])
def test_nobody_of_the_unit_verifies_in_whatever_other_role_they_hold(cast, callers, role):
    _, number = cast.brought_to("verifying")
    two_hats = callers.operator(("supervisor", RUGAO), (role, RUGAO, LAMP_UNIT))

    assert look(cast, two_hats, number).json["code"] == "case-verifier-not-independent"


def test_nobody_of_an_assisting_unit_verifies(cast, callers):
    _, number = cast.brought_to("accepted")
    order = {"unit": LAMP_UNIT, "assisting": [OTHER_UNIT]}
    assert cast.move("dispatcher", number, "dispatch", dispatch=order).status_code == 201
    cast.bring(number, ("liaison", "sign"), ("handler", "report_back"), ("dispatcher", "order_verification"))
    two_hats = callers.operator(("supervisor", RUGAO), ("liaison", RUGAO, OTHER_UNIT))

    assert look(cast, two_hats, number).json["code"] == "case-verifier-not-independent"


def test_who_reported_before_it_was_sent_back_does_not_verify_what_a_colleague_reported_after(cast, callers, clock):
    _, number = cast.brought_to("handling")
    moved_on = callers.operator(("supervisor", RUGAO), ("handler", RUGAO, LAMP_UNIT))
    cast.hired["handler"] = moved_on
    cast.bring(number, ("handler", "report_back"), ("reviewer", "send_back"))
    cast.hired.pop("handler")
    cast.bring(number, ("handler", "report_back"), ("dispatcher", "order_verification"))
    callers.leave_unit(moved_on)
    clock.advance(seconds=1)

    assert look(cast, moved_on, number).json["code"] == "case-verifier-not-independent"


@pytest.mark.parametrize(
    "changes",
    [
        {"photo": False},
        {"photo_captured_at": None},
        {"photo_captured_at": "2026-11-24T07:49:00Z"},  # sixteen minutes before the look
        {"photo_captured_at": "2026-11-24T08:06:00Z"},  # after it
        {"accuracy_m": 101},
        {"latitude_wgs84": 32.3720},  # about 130 m north
        {"longitude_wgs84": None, "latitude_wgs84": None, "no_position_reason": "室内没有信号"},
    ],
    ids=["no photo", "no time", "old photo", "later photo", "vague", "far", "no position"],
)
def test_a_doubtful_look_stays_under_an_operators_eye(cast, changes):
    _, number = cast.brought_to("verifying")

    answer = look(cast, cast.of("supervisor"), number, **changes)

    assert answer.json["state"] == "verifying"
    assert cast.of("reviewer").get(f"/cases/{number}").json["case"]["is_flagged"] is True


def test_a_look_from_the_spot_with_a_fresh_photo_needs_no_other(cast):
    _, number = cast.brought_to("verifying")

    assert look(cast, cast.of("supervisor"), number).json["state"] == "callback"


@pytest.mark.parametrize("half", [{"longitude_wgs84": None}, {"latitude_wgs84": None}], ids=["north", "east"])
def test_half_a_position_is_none(cast, half):
    _, number = cast.brought_to("verifying")

    answer = look(cast, cast.of("supervisor"), number, **half)

    assert answer.json["code"] == "case-verification-position-missing"


def test_a_refutation_needs_a_photo_or_a_word(cast):
    _, number = cast.brought_to("verifying")
    supervisor = cast.of("supervisor")

    assert look(cast, supervisor, number, "refute_fixed", photo=False).json["code"] == "case-refutation-unproved"
    assert look(cast, supervisor, number, "refute_fixed").json["state"] == "dispatched"


def test_a_verifier_who_had_nothing_to_do_with_a_case_does_not_see_it_once_it_was_looked_at(cast, callers):
    _, number = cast.brought_to("verifying")
    idle = callers.operator(("grid_worker", "320682003"))
    assert idle.get(f"/cases/{number}").status_code == 200
    assert look(cast, cast.of("supervisor"), number).status_code == 201

    assert idle.get(f"/cases/{number}").json["code"] == "case-not-found"
    assert idle.get("/tasks", open="false").json["items"] == []
    assert cast.of("supervisor").get(f"/cases/{number}").status_code == 200
