"""A reporter reads what the unit answers once somebody has looked at it, and never what was sent back."""

from __future__ import annotations

import pytest

from tests.callers import Callers
from tests.http.command_cast import CATKINS, FEEDBACK, Cast

ANSWER = FEEDBACK["public_answer"]


@pytest.fixture
def cast(callers: Callers) -> Cast:
    """The people of 如皋市's command system."""
    return Cast(callers)


def read(cast: Cast, number: str) -> tuple[str | None, str]:
    """Return the answer that a reporter reads in the complaint, and all that the timeline says."""
    reporter = cast.reporter(number)
    steps = reporter.get(f"/complaints/{number}/timeline").json["items"]
    return reporter.get(f"/complaints/{number}").json["answer"], " ".join(step["text"] for step in steps)


def test_before_the_review_the_reporter_reads_that_it_is_handled_and_not_the_answer(cast):
    number, _ = cast.brought_to("feedback", category=CATKINS)

    answer, told = read(cast, number)

    assert answer is None
    assert ANSWER not in told


@pytest.mark.parametrize(
    "way", [["skip_verification"], ["order_verification", "confirm_fixed"]], ids=["nothing", "thing"]
)
def test_after_the_review_the_reporter_reads_the_answer_in_both_places(cast, way):
    roles = {"skip_verification": "reviewer", "order_verification": "dispatcher", "confirm_fixed": "supervisor"}
    kind = {"category": CATKINS} if way == ["skip_verification"] else {}
    number, case_number = cast.brought_to("feedback", **kind)

    cast.bring(case_number, *((roles[action], action) for action in way))

    answer, told = read(cast, number)
    assert answer == ANSWER
    assert ANSWER in told


def test_what_was_sent_back_is_never_read(cast):
    number, case_number = cast.brought_to("feedback", category=CATKINS)
    cast.bring(case_number, ("reviewer", "send_back"))
    better = {**FEEDBACK, "public_answer": "您好，飘絮的树木已修剪并喷淋，感谢您的反映与监督。"}
    assert cast.move("handler", case_number, "report_back", feedback=better).status_code == 201
    cast.bring(case_number, ("reviewer", "skip_verification"))

    answer, told = read(cast, number)

    assert answer == better["public_answer"]
    assert ANSWER not in told
