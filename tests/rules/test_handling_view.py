"""What is told of the handling: the last of each part, with the words of its own step and of no earlier one."""

from __future__ import annotations

import json
from typing import Any

from backend.cases.handling_view import handling_of
from backend.cases.models import LedgerEntry


def entry(seq: int, transition: str, **told: Any) -> LedgerEntry:
    """Return a ledger entry as far as a view of the handling reads it."""
    facts = {"move": told} if told else {}
    return LedgerEntry(seq=seq, entry=json.dumps({"transition": transition, "facts": facts}))


def feedback(*, is_solved: bool) -> dict[str, Any]:
    """Return the facts of a feedback."""
    return {"is_true": True, "is_contacted": False, "contacted_at": None, "is_solved": is_solved}


def test_why_another_unit_was_chosen_is_not_told_of_a_later_dispatch_that_needed_no_reason():
    entries = [entry(1, "T01"), entry(2, "T08"), entry(3, "T09"), entry(4, "T26"), entry(5, "T09")]

    first = handling_of(entries[:3], {(3, "dispatch_reason"): "属于工地。"})
    second = handling_of(entries, {(3, "dispatch_reason"): "属于工地。"})

    assert (first.dispatch_reason, second.dispatch_reason) == ("属于工地。", None)


def test_a_feedback_stands_with_its_own_words_though_an_earlier_one_said_more():
    entries = [entry(1, "T19", feedback=feedback(is_solved=False)), entry(2, "T19", feedback=feedback(is_solved=False))]
    texts = {(1, "contact_result"): "无人接听", (1, "unsolved_reason"): "等配件", (2, "unsolved_reason"): "再等一周"}

    view = handling_of(entries, texts).feedback

    assert view is not None
    assert (view.contact_result, view.unsolved_reason) == (None, "再等一周")
