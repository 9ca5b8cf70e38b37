"""What a citizen reads at each state (workflow, 1.2 column "citizen sees"), and when they may withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.cases.rules import Action, State, transition_of

STATE_WORDS: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "已提交",
        State.ACCEPTED: "已受理",
        State.CLOSED: "已办结",
        State.REJECTED: "不予受理",
        State.CANCELLED: "已撤销",
    }
)

# The facts that the wording of a step may name.
STEP_PLACEHOLDERS = frozenset({"centre", "answer", "ground", "explanation", "other_door"})
ERASED_TEXT = "（内容已按规定删除）"


def may_withdraw(version: int, state: State, *, is_safety: bool) -> bool:
    """Tell whether a reporter may withdraw a complaint in this state."""
    return not is_safety and state in transition_of(version, Action.WITHDRAW).sources
