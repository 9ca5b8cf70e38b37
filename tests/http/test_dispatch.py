"""To whom a case is dispatched: the rules' units, the desk's, the same once more, and never one that is no more."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.callers import Callers
from tests.http.command_cast import CATKINS, LAMP_UNIT, Cast

OTHER_UNIT = "CGJ"
REASON = "路灯属于城管工地。"


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def units_of(cast: Cast, number: str, *, round_number: int = 1) -> list[tuple[str, str]]:
    """Return (kind, unit) of the tasks of a round."""
    tasks = cast.of("acceptor").get(f"/cases/{number}").json["tasks"]
    return sorted((task["kind"], task["unit"]["code"]) for task in tasks if task["round"] == round_number)


@pytest.mark.parametrize("order", [{}, {"unit": LAMP_UNIT}], ids=["nobody named", "the proposed one named"])
def test_assistants_may_be_chosen_beside_the_proposed_unit_and_each_is_asked_once(cast, order):
    _, number = cast.brought_to("accepted")

    answer = cast.move("dispatcher", number, "dispatch", dispatch={**order, "assisting": [OTHER_UNIT, OTHER_UNIT]})

    assert answer.status_code == 201
    assert units_of(cast, number) == [("assist", OTHER_UNIT), ("lead", LAMP_UNIT)]


def test_another_unit_needs_a_reason_which_the_desk_reads_and_no_citizen_does(cast):
    number, case_number = cast.brought_to("accepted")
    refused = cast.move("dispatcher", case_number, "dispatch", dispatch={"unit": OTHER_UNIT})
    taken = cast.move(
        "dispatcher", case_number, "dispatch", dispatch={"unit": OTHER_UNIT, "reason": "路灯属于城管工地。"}
    )

    assert refused.json["code"] == "case-field-of-action-missing"
    assert taken.status_code == 201
    detail = cast.of("acceptor").get(f"/cases/{case_number}").json
    assert detail["handling"]["dispatch_reason"] == REASON
    assert "工地" not in cast.reporter(number).get(f"/complaints/{number}").get_data(as_text=True)
    assert "工地" not in cast.reporter(number).get(f"/complaints/{number}/timeline").get_data(as_text=True)


@pytest.mark.parametrize("unit", ["NOBODY", "A"])
def test_a_unit_that_there_is_not_is_refused(cast, unit):
    _, number = cast.brought_to("accepted")

    answer = cast.move("dispatcher", number, "dispatch", dispatch={"unit": unit, "reason": "试一试。"})

    assert answer.json["code"] == "case-unit-refused"


def test_another_round_goes_to_the_same_units_again(cast):
    _, number = cast.brought_to("accepted", category=CATKINS)
    assert cast.move("dispatcher", number, "dispatch", dispatch={"assisting": [OTHER_UNIT]}).status_code == 201
    cast.bring(number, ("liaison", "sign"), ("handler", "report_back"), ("reviewer", "skip_verification"))

    cast.bring(number, ("callback_agent", "redo"))

    assert units_of(cast, number, round_number=2) == [("assist", OTHER_UNIT), ("lead", LAMP_UNIT)]


def test_the_unit_reads_why_its_work_was_sent_back_and_the_reviewer_what_it_told(cast):
    _, number = cast.brought_to("feedback")
    told = cast.of("reviewer").get(f"/cases/{number}").json["handling"]["feedback"]
    cast.bring(number, ("reviewer", "send_back"))

    assert (told["is_contacted"], told["contact_result"], told["is_solved"]) == (True, "已电话告知诉求人。", True)
    assert cast.of("handler").get(f"/cases/{number}").json["handling"]["send_back_reason"] == "unclear_answer"


def test_a_task_that_was_changed_beside_the_ledger_is_found(cast, owner_database, services):
    from backend.cases.verification import verify_ledger

    _, number = cast.brought_to("handling")
    with owner_database.transaction() as session:
        session.execute(text("UPDATE case_task SET unit_code = 'CGJ'"))

    [verdict] = verify_ledger(owner_database, sealer=services.sealer, number=number)

    assert any(breach.startswith("任务 ") for breach in verdict.breaches)
