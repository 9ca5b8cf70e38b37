"""The workflow table: states, actions, transitions and their guards, one immutable version each (workflow, 1.2-1.4).

This version holds T01, T05, T06, T08 and T31, and only the states they reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from backend.cases import errors
from backend.identity.permissions import Permission


class State(StrEnum):
    """Where a case stands."""

    SUBMITTED = "submitted"  # 待受理
    ACCEPTED = "accepted"  # 已受理·待派遣
    CLOSED = "closed"  # 已结案
    REJECTED = "rejected"  # 不予受理
    CANCELLED = "cancelled"  # 已撤销


class Action(StrEnum):
    """What is done to a case."""

    SUBMIT = "submit"  # 提交
    ANSWER_DIRECTLY = "answer_directly"  # 直接答复
    REJECT = "reject"  # 不予受理
    ACCEPT = "accept"  # 受理
    WITHDRAW = "withdraw"  # 撤销


class Clock(StrEnum):
    """The clocks of this version: acceptance, dispatch, and the whole."""

    ACCEPTANCE = "acceptance"  # 受理
    DISPATCH = "dispatch"  # 派遣
    TOTAL = "total"  # 总


# What operators read (workflow, 1.2 and 1.3).
STATE_NAMES: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "待受理",
        State.ACCEPTED: "已受理·待派遣",
        State.CLOSED: "已结案",
        State.REJECTED: "不予受理",
        State.CANCELLED: "已撤销",
    }
)
ACTION_NAMES: Mapping[Action, str] = MappingProxyType(
    {
        Action.SUBMIT: "提交",
        Action.ANSWER_DIRECTLY: "直接答复",
        Action.REJECT: "不予受理",
        Action.ACCEPT: "受理",
        Action.WITHDRAW: "撤销",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row: from which states, by which action, to where, who may, and what must come with it.

    ``desk_permission`` is held over the case's area, ``reporter_permission`` for one's own case; None: that door has
    no such move. ``takes`` names the fields of the request that belong to the action.
    """

    code: str
    action: Action
    sources: frozenset[State]
    target: State
    desk_permission: Permission | None = None
    reporter_permission: Permission | None = None
    takes: frozenset[str] = frozenset()


_V1: tuple[Transition, ...] = (
    Transition(
        code="T01",
        action=Action.SUBMIT,
        sources=frozenset(),
        target=State.SUBMITTED,
        reporter_permission=Permission.FILE_COMPLAINT,
    ),
    Transition(
        code="T05",
        action=Action.ANSWER_DIRECTLY,
        sources=frozenset({State.SUBMITTED}),
        target=State.CLOSED,
        desk_permission=Permission.ANSWER_CASE,
        takes=frozenset({"answer"}),
    ),
    Transition(
        code="T06",
        action=Action.REJECT,
        sources=frozenset({State.SUBMITTED}),
        target=State.REJECTED,
        desk_permission=Permission.REJECT_CASE,
        takes=frozenset({"ground", "note"}),
    ),
    Transition(
        code="T08",
        action=Action.ACCEPT,
        sources=frozenset({State.SUBMITTED}),
        target=State.ACCEPTED,
        desk_permission=Permission.ACCEPT_CASE,
        takes=frozenset({"note"}),
    ),
    Transition(
        code="T31",
        action=Action.WITHDRAW,
        sources=frozenset({State.SUBMITTED, State.ACCEPTED}),
        target=State.CANCELLED,
        desk_permission=Permission.CANCEL_CASE,
        reporter_permission=Permission.WITHDRAW_OWN_COMPLAINT,
        takes=frozenset({"note"}),
    ),
)

CURRENT_VERSION = 1
WORKFLOWS: Mapping[int, tuple[Transition, ...]] = MappingProxyType({1: _V1})
MIN_ANSWER_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What an actor asks to do to a case. Texts are trimmed; an absent one is None."""

    action: Action
    answer: str | None = None
    ground: str | None = None
    note: str | None = None


def transition_of(version: int, action: Action) -> Transition:
    """Return the row of an action."""
    return next(row for row in WORKFLOWS[version] if row.action is action)


def actions_from(version: int, state: State) -> tuple[Transition, ...]:
    """Return the rows that leave a state."""
    return tuple(row for row in WORKFLOWS[version] if state in row.sources)


def check_state(row: Transition, state: State) -> None:
    """Raise TransitionNotAllowed unless the row leaves this state."""
    if state not in row.sources:
        raise errors.TransitionNotAllowed(errors={"state": state.value, "action": row.action.value})


def check_move(row: Transition, move: Move, *, grounds: frozenset[str], is_safety: bool) -> None:
    """Raise the error of the first guard that refuses: foreign fields, answer, ground, safety."""
    given = {name for name in ("answer", "ground", "note") if getattr(move, name) is not None}
    if given - row.takes:
        raise errors.FieldNotOfThisAction(errors={"json": {name: ["此操作不需要。"] for name in given - row.takes}})
    if row.action is Action.ANSWER_DIRECTLY and len("".join((move.answer or "").split())) < MIN_ANSWER_LENGTH:
        raise errors.AnswerTooShort(errors={"json": {"answer": [f"至少 {MIN_ANSWER_LENGTH} 个字。"]}})
    if row.action is Action.REJECT and move.ground not in grounds:
        raise errors.GroundRequired(errors={"json": {"ground": sorted(grounds)}})
    if row.action is Action.WITHDRAW and is_safety:
        raise errors.SafetyNotWithdrawable


def is_open(version: int, state: State) -> bool:
    """Tell whether a case in this state still has a way to go."""
    return bool(actions_from(version, state))
