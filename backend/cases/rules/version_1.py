"""Version 1 of the workflow: T01, T05, T06, T08 and T31. Cases that ended under it stay on it (ADR 0012, 0031)."""

from __future__ import annotations

from backend.cases.rules.transitions import Transition, Workflow
from backend.cases.rules.vocabulary import Action, Door, State
from backend.identity.permissions import Permission

VERSION_1: Workflow = (
    Transition(
        code="T01",
        action=Action.SUBMIT,
        sources=frozenset(),
        targets=(State.SUBMITTED,),
        doors={Door.REPORTER: Permission.FILE_COMPLAINT},
    ),
    Transition(
        code="T05",
        action=Action.ANSWER_DIRECTLY,
        sources=frozenset({State.SUBMITTED}),
        targets=(State.CLOSED,),
        doors={Door.DESK: Permission.ANSWER_CASE},
        needs=frozenset({"answer"}),
    ),
    Transition(
        code="T06",
        action=Action.REJECT,
        sources=frozenset({State.SUBMITTED}),
        targets=(State.REJECTED,),
        doors={Door.DESK: Permission.REJECT_CASE},
        needs=frozenset({"ground"}),
        takes=frozenset({"note"}),
    ),
    Transition(
        code="T08",
        action=Action.ACCEPT,
        sources=frozenset({State.SUBMITTED}),
        targets=(State.ACCEPTED,),
        doors={Door.DESK: Permission.ACCEPT_CASE},
        takes=frozenset({"note"}),
    ),
    Transition(
        code="T31",
        action=Action.WITHDRAW,
        sources=frozenset({State.SUBMITTED, State.ACCEPTED}),
        targets=(State.CANCELLED,),
        doors={Door.DESK: Permission.CANCEL_CASE, Door.REPORTER: Permission.WITHDRAW_OWN_COMPLAINT},
        takes=frozenset({"note"}),
    ),
)
