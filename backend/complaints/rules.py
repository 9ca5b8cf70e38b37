"""What a citizen reads at each state (workflow, 1.2 column "citizen sees"), and what they may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from backend.cases.rules import Action, Door, State, may_rate, may_urge, transition_of
from backend.identity.rules import Guard

STATE_WORDS: Mapping[State, str] = MappingProxyType(
    {
        State.SUBMITTED: "已提交",
        State.SUPPLEMENT: "请补充材料",
        State.ACCEPTED: "已受理",
        State.DISPATCHED: "已转办",
        State.HANDLING: "办理中",
        State.FEEDBACK: "已处理，核实中",
        State.VERIFYING: "核实中",
        State.CALLBACK: "请评价",
        State.CLOSED: "已办结",
        State.REJECTED: "不予受理",
        State.CANCELLED: "已撤销",
    }
)

# In these the reporter reads the answer.
ANSWERED = frozenset({State.CALLBACK, State.CLOSED})

# The facts that the wording of a step may name.
STEP_PLACEHOLDERS = frozenset({"centre", "unit", "answer", "missing", "ground", "explanation", "other_door", "due"})
ERASED_TEXT = "（内容已按规定删除）"


# Wrong query codes: of thirty to the power of eight, nobody finds one by so many tries. An address may be that of a
# carrier's whole town.
NUMBER_TRIES = Guard(name="try_status_number", limit=10, window=timedelta(hours=1))
SOURCE_TRIES = Guard(name="try_status_source", limit=100, window=timedelta(hours=1))


class PublicState(StrEnum):
    """How a complaint stands for whoever has its query code: coarser than what its reporter sees."""

    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"
    ACCEPTED = "accepted"
    HANDLING = "handling"
    CHECKING = "checking"
    HANDLED = "handled"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


PUBLIC_STATES: Mapping[State, PublicState] = MappingProxyType(
    {
        State.SUBMITTED: PublicState.SUBMITTED,
        State.SUPPLEMENT: PublicState.INCOMPLETE,
        State.ACCEPTED: PublicState.ACCEPTED,
        State.DISPATCHED: PublicState.HANDLING,
        State.HANDLING: PublicState.HANDLING,
        State.FEEDBACK: PublicState.CHECKING,
        State.VERIFYING: PublicState.CHECKING,
        State.CALLBACK: PublicState.HANDLED,
        State.CLOSED: PublicState.CLOSED,
        State.REJECTED: PublicState.REJECTED,
        State.CANCELLED: PublicState.CANCELLED,
    }
)
PUBLIC_WORDS: Mapping[PublicState, str] = MappingProxyType(
    {
        PublicState.SUBMITTED: "已提交",
        PublicState.INCOMPLETE: "等待补充材料",
        PublicState.ACCEPTED: "已受理",
        PublicState.HANDLING: "办理中",
        PublicState.CHECKING: "核实中",
        PublicState.HANDLED: "已处理，待评价",
        PublicState.CLOSED: "已办结",
        PublicState.REJECTED: "不予受理",
        PublicState.CANCELLED: "已撤销",
    }
)


class ReporterAction(StrEnum):
    """What a reporter may do with their complaint, by the name of its operation."""

    SUPPLEMENT = "supplement"
    URGE = "urge"
    RATE = "rate"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFacts:
    """What decides what a reporter may do. Both windows are None while the case has not ended."""

    version: int
    state: State
    is_safety: bool
    last_urged_at: datetime | None
    is_rated: bool
    rating_ends_at: datetime | None
    reopening_ends_at: datetime | None


def possible_actions(facts: ComplaintFacts, now: datetime) -> tuple[ReporterAction, ...]:
    """Return what a reporter may do now. An action that is missing would be refused."""
    state, ends_at = facts.state, facts.reopening_ends_at
    possible = {
        ReporterAction.SUPPLEMENT: _leaves(facts.version, Action.SUPPLEMENT, state),
        ReporterAction.URGE: may_urge(state, last_urged_at=facts.last_urged_at, now=now),
        ReporterAction.RATE: may_rate(state, is_rated=facts.is_rated, ends_at=facts.rating_ends_at, now=now),
        ReporterAction.REOPEN: _leaves(facts.version, Action.REOPEN, state) and ends_at is not None and now < ends_at,
        ReporterAction.WITHDRAW: may_withdraw(facts.version, state, is_safety=facts.is_safety),
    }
    return tuple(action for action, is_possible in possible.items() if is_possible)


def may_withdraw(version: int, state: State, *, is_safety: bool) -> bool:
    """Tell whether a reporter may withdraw a complaint in this state."""
    return not is_safety and _leaves(version, Action.WITHDRAW, state)


def _leaves(version: int, action: Action, state: State) -> bool:
    """Tell whether a reporter's row leaves this state."""
    row = transition_of(version, action)
    return row is not None and Door.REPORTER in row.doors and state in row.sources
