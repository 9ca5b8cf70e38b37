"""The rules of the command workflow: words, table, guards. Pure (workflow, 1.2 to 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.cases.rules.clocks import BEYOND_TOTAL, STAGE_CLOCKS
from backend.cases.rules.guards import (
    MIN_ANSWER_LENGTH,
    Asked,
    CaseFacts,
    ClosedLists,
    check_move,
    check_state,
    is_hard,
    is_offered,
    is_short,
    round_after,
    target_of,
)
from backend.cases.rules.moves import Callback, DispatchOrder, Feedback, Move, Verification
from backend.cases.rules.photos import check_photos, stages_of_photos
from backend.cases.rules.transitions import Transition, Workflow
from backend.cases.rules.upkeep import DUE_RECOMPUTED, RATED, UPKEEP, URGED, WORKFLOW_ADOPTED, Upkeep
from backend.cases.rules.version_1 import VERSION_1
from backend.cases.rules.version_2 import VERSION_2
from backend.cases.rules.vocabulary import (
    ACTION_NAMES,
    STATE_NAMES,
    Action,
    ChoiceKind,
    Clock,
    Door,
    State,
    TaskKind,
    TaskStatus,
)
from backend.cases.rules.voices import MAX_STARS, Rating, check_rating, check_urge, may_rate, may_urge

__all__ = [
    "ACTION_NAMES",
    "BEYOND_TOTAL",
    "CURRENT_VERSION",
    "DUE_RECOMPUTED",
    "MAX_STARS",
    "MIN_ANSWER_LENGTH",
    "RATED",
    "STAGE_CLOCKS",
    "STATE_NAMES",
    "UPKEEP",
    "URGED",
    "WORKFLOWS",
    "WORKFLOW_ADOPTED",
    "Action",
    "Asked",
    "Callback",
    "CaseFacts",
    "ChoiceKind",
    "Clock",
    "ClosedLists",
    "DispatchOrder",
    "Door",
    "Feedback",
    "Move",
    "Rating",
    "State",
    "TaskKind",
    "TaskStatus",
    "Transition",
    "Upkeep",
    "Verification",
    "Workflow",
    "actions_from",
    "check_move",
    "check_photos",
    "check_rating",
    "check_state",
    "check_urge",
    "is_hard",
    "is_offered",
    "is_open",
    "is_short",
    "may_rate",
    "may_urge",
    "name_of_action",
    "open_states",
    "round_after",
    "stages_of_photos",
    "target_of",
    "transition_of",
]

CURRENT_VERSION = 2
WORKFLOWS: Mapping[int, Workflow] = MappingProxyType({1: VERSION_1, 2: VERSION_2})
# No row but T28 leads out of these (workflow 1.7, invariant 2).
_ENDED = frozenset({State.CLOSED, State.REJECTED, State.CANCELLED})


def transition_of(version: int, action: Action) -> Transition | None:
    """Return the row of an action; None when this version has none."""
    return next((row for row in WORKFLOWS[version] if row.action is action), None)


def actions_from(version: int, state: State) -> tuple[Transition, ...]:
    """Return the rows that leave a state."""
    return tuple(row for row in WORKFLOWS[version] if state in row.sources)


def is_open(state: State) -> bool:
    """Tell whether somebody still has to act on a case in this state."""
    return state not in _ENDED


def open_states() -> frozenset[State]:
    """Return the states in which somebody still has to act."""
    return frozenset(State) - _ENDED


def name_of_action(action: str) -> str:
    """Return what people read of an action of the ledger: a move's, or an upkeep's."""
    upkeep = next((one for one in UPKEEP if one.action == action), None)
    return ACTION_NAMES[Action(action)] if upkeep is None else upkeep.name
