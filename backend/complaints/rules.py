"""What a citizen reads at each state and step (workflow, 1.2 column "citizen sees"), and when they may withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from backend.cases.rules import CURRENT_VERSION, Action, State, transition_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWording:
    """The words of a step. ``text`` may hold {centre}, {answer}, {ground}, {explanation} and {other_door}."""

    title: str
    text: str


STATE_WORDS: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "已提交",
        State.ACCEPTED: "已受理",
        State.CLOSED: "已办结",
        State.REJECTED: "不予受理",
        State.CANCELLED: "已撤销",
    }
)

STEP_WORDING: Mapping[str, StepWording] = MappingProxyType(
    {
        "T01": StepWording(title="已提交", text="您的诉求已提交，工作人员将尽快受理。"),
        "T05": StepWording(title="已答复", text="{centre}已答复：{answer}"),
        "T06": StepWording(title="不予受理", text="{centre}不予受理，理由：{ground}。{explanation}{other_door}"),
        "T08": StepWording(title="已受理", text="{centre}已受理您的诉求，正在安排办理。"),
        "T31": StepWording(title="已撤销", text="该诉求已撤销，不再办理。"),
    }
)


def may_withdraw(state: State, *, is_safety: bool) -> bool:
    """Tell whether a reporter may withdraw a complaint in this state."""
    return not is_safety and state in transition_of(CURRENT_VERSION, Action.WITHDRAW).sources
