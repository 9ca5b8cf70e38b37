"""Every subscription as people read it: what happens, who is told, in which words; and what is told to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend.cases.rules import ACTION_NAMES, CURRENT_VERSION, STATE_NAMES, URGED, WORKFLOWS, State, Transition
from backend.notifications.messages import Wording, Words
from backend.notifications.subscriptions import (
    AUDIENCE_NAMES,
    ON_FILED,
    ON_SESSION_BEGUN,
    REPORTERS_ON_MOVE,
    REPORTERS_UNTOLD,
    STAFF_ON_MOVE,
    STAFF_ON_URGE,
    STAFF_UNTOLD,
    MessageKind,
    Subscription,
)

# No complaint and no case has these: nobody may take a sample for somebody's.
SAMPLE_NUMBER = "〔示例：诉求编号〕"
SAMPLE_CASE_NUMBER = "〔示例：案件编号〕"
_FILED, _SIGNED_IN = "提交诉求", "在新设备登录"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A subscription, in words."""

    cause: str
    audience: str
    kind: MessageKind
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """What is told to nobody of a side, and why."""

    cause: str
    side: str
    reason: str


def everything_told(wordings: Mapping[MessageKind, Wording]) -> Iterator[Told]:
    """Yield every subscription, in the order of the workflow."""
    yield from (_told(_FILED, one, wordings) for one in ON_FILED)
    for row in WORKFLOWS[CURRENT_VERSION]:
        if row.code in REPORTERS_ON_MOVE:
            yield _told(_named(row), REPORTERS_ON_MOVE[row.code], wordings)
        for state in row.targets:
            told = STAFF_ON_MOVE.get((row.code, state), ())
            yield from (_told(_named(row, state), one, wordings) for one in told)
    for urged_in, one in STAFF_ON_URGE.items():
        yield _told(f"{URGED.code} {URGED.name}（{STATE_NAMES[State(urged_in)]}）", one, wordings)
    yield _told(_SIGNED_IN, ON_SESSION_BEGUN, wordings)


def everything_untold() -> Iterator[Untold]:
    """Yield every transition of which a side is not told, with the reason."""
    for row in WORKFLOWS[CURRENT_VERSION]:
        if row.code in REPORTERS_UNTOLD:
            yield Untold(cause=_named(row), side="诉求人", reason=REPORTERS_UNTOLD[row.code])
        for state in row.targets:
            reason = STAFF_UNTOLD.get((row.code, state))
            if reason is not None:
                yield Untold(cause=_named(row, state), side="工作人员", reason=reason)


def _told(cause: str, subscription: Subscription, wordings: Mapping[MessageKind, Wording]) -> Told:
    return Told(
        cause=cause,
        audience=AUDIENCE_NAMES[subscription.audience],
        kind=subscription.kind,
        words=wordings[subscription.kind].filled(number=SAMPLE_NUMBER, case_number=SAMPLE_CASE_NUMBER),
    )


def _named(row: Transition, state: State | None = None) -> str:
    name = f"{row.code} {ACTION_NAMES[row.action]}"
    # Where a row may lead to two states, who is told depends on which.
    return f"{name}→{STATE_NAMES[state]}" if state is not None and len(row.targets) > 1 else name
