"""Version 2 of the workflow: from filing through dispatch, handling, verification and callback to a rated end.

Rows and roles are those of workflow 1.3; what is simpler on purpose stands in ADR 0031.
"""

from __future__ import annotations

from backend.cases.rules.transitions import Transition, Workflow
from backend.cases.rules.vocabulary import Action, Door, State
from backend.identity.permissions import Permission

_NOTE = frozenset({"note"})
_PHOTOS = frozenset({"evidence_ids"})

_ACCEPTANCE: Workflow = (
    Transition(
        code="T01",
        action=Action.SUBMIT,
        sources=frozenset(),
        targets=(State.SUBMITTED,),
        doors={Door.REPORTER: Permission.FILE_COMPLAINT, Door.FINDER: Permission.REPORT_FROM_GRID},
    ),
    Transition(
        code="T02",
        action=Action.REQUEST_SUPPLEMENT,
        sources=frozenset({State.SUBMITTED}),
        targets=(State.SUPPLEMENT,),
        doors={Door.DESK: Permission.REQUEST_SUPPLEMENT},
        needs=frozenset({"missing"}),
        takes=_NOTE,
    ),
    Transition(
        code="T03",
        action=Action.SUPPLEMENT,
        sources=frozenset({State.SUPPLEMENT}),
        targets=(State.SUBMITTED,),
        doors={Door.REPORTER: Permission.SUPPLEMENT_OWN_COMPLAINT, Door.DESK: Permission.SUPPLEMENT_CASE},
        needs=frozenset({"supplement"}),
        takes=_PHOTOS,
    ),
    Transition(
        code="T04",
        action=Action.LAPSE_SUPPLEMENT,
        sources=frozenset({State.SUPPLEMENT}),
        # A consultation nobody answers for is over; whatever else was reported goes on with what there is.
        targets=(State.SUBMITTED, State.CANCELLED),
        doors={Door.SYSTEM: None},
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
        takes=_NOTE,
    ),
    Transition(
        code="T08",
        action=Action.ACCEPT,
        sources=frozenset({State.SUBMITTED}),
        targets=(State.ACCEPTED,),
        # A whole report of a grid worker needs no acceptor.
        doors={Door.DESK: Permission.ACCEPT_CASE, Door.SYSTEM: None},
        takes=_NOTE,
    ),
    Transition(
        code="T31",
        action=Action.WITHDRAW,
        sources=frozenset({State.SUBMITTED, State.ACCEPTED}),
        targets=(State.CANCELLED,),
        doors={Door.DESK: Permission.CANCEL_CASE, Door.REPORTER: Permission.WITHDRAW_OWN_COMPLAINT},
        takes=_NOTE,
    ),
)

_HANDLING: Workflow = (
    Transition(
        code="T09",
        action=Action.DISPATCH,
        sources=frozenset({State.ACCEPTED}),
        targets=(State.DISPATCHED,),
        doors={Door.DESK: Permission.DISPATCH_CASE, Door.FINDER: Permission.REPORT_FROM_GRID},
        needs=frozenset({"dispatch"}),
        takes=_NOTE,
    ),
    Transition(
        code="T11",
        action=Action.SIGN,
        sources=frozenset({State.DISPATCHED}),
        targets=(State.HANDLING,),
        # Nobody signs: the system does, because no clock may wait for the party that it times.
        doors={Door.UNIT: Permission.SIGN_TASK, Door.FINDER: Permission.REPORT_FROM_GRID, Door.SYSTEM: None},
    ),
    Transition(
        code="T19",
        action=Action.REPORT_BACK,
        sources=frozenset({State.HANDLING}),
        targets=(State.FEEDBACK,),
        doors={Door.UNIT: Permission.REPORT_BACK, Door.FINDER: Permission.REPORT_FROM_GRID},
        needs=frozenset({"feedback"}),
        takes=_NOTE | _PHOTOS,
    ),
    Transition(
        code="T20",
        action=Action.SEND_BACK,
        sources=frozenset({State.FEEDBACK}),
        targets=(State.HANDLING,),
        doors={Door.DESK: Permission.REVIEW_FEEDBACK},
        needs=frozenset({"reason"}),
        takes=_NOTE,
    ),
)

_VERIFICATION: Workflow = (
    Transition(
        code="T21",
        action=Action.ORDER_VERIFICATION,
        # A doubtful result is looked at again by ordering another one.
        sources=frozenset({State.FEEDBACK, State.VERIFYING}),
        targets=(State.VERIFYING,),
        doors={Door.DESK: Permission.ORDER_VERIFICATION, Door.SYSTEM: None},
        takes=_NOTE,
    ),
    Transition(
        code="T22",
        action=Action.SKIP_VERIFICATION,
        sources=frozenset({State.FEEDBACK}),
        targets=(State.CALLBACK,),
        doors={Door.DESK: Permission.REVIEW_FEEDBACK, Door.SYSTEM: None},
        takes=_NOTE,
    ),
    Transition(
        code="T23",
        action=Action.CONFIRM_FIXED,
        sources=frozenset({State.VERIFYING}),
        targets=(State.CALLBACK,),
        doors={Door.VERIFIER: Permission.VERIFY_CASE},
        needs=frozenset({"verification"}),
        takes=_NOTE | _PHOTOS,
    ),
    Transition(
        # Confirmed from afar, or with an old photo (G-verify): it stays, under an operator's eye.
        code="T23a",
        action=Action.FLAG_VERIFICATION,
        sources=frozenset({State.VERIFYING}),
        targets=(State.VERIFYING,),
        doors={Door.VERIFIER: Permission.VERIFY_CASE},
        needs=frozenset({"verification"}),
        takes=_NOTE | _PHOTOS,
    ),
    Transition(
        code="T23b",
        action=Action.UPHOLD_VERIFICATION,
        sources=frozenset({State.VERIFYING}),
        targets=(State.CALLBACK,),
        doors={Door.DESK: Permission.REVIEW_FEEDBACK},
        needs=_NOTE,
    ),
    Transition(
        code="T24",
        action=Action.REFUTE_FIXED,
        sources=frozenset({State.VERIFYING}),
        targets=(State.DISPATCHED, State.ACCEPTED),
        doors={Door.VERIFIER: Permission.VERIFY_CASE},
        needs=frozenset({"verification"}),
        takes=_NOTE | _PHOTOS,
    ),
)

_END: Workflow = (
    Transition(
        code="T25",
        action=Action.CLOSE,
        sources=frozenset({State.CALLBACK}),
        targets=(State.CLOSED,),
        doors={Door.DESK: Permission.CLOSE_CASE, Door.SYSTEM: None},
        needs=frozenset({"callback"}),
        takes=_NOTE,
    ),
    Transition(
        code="T26",
        action=Action.REDO,
        sources=frozenset({State.CALLBACK}),
        targets=(State.DISPATCHED, State.ACCEPTED),
        doors={Door.DESK: Permission.CLOSE_CASE},
        needs=frozenset({"callback"}),
        takes=_NOTE,
    ),
    Transition(
        code="T28",
        action=Action.REOPEN,
        sources=frozenset({State.CLOSED}),
        # A case that was answered without dispatch, or whose unit is no more, has none to go back to: so above too.
        targets=(State.DISPATCHED, State.ACCEPTED),
        doors={Door.REPORTER: Permission.REOPEN_OWN_COMPLAINT, Door.DESK: Permission.REOPEN_CASE},
        needs=_NOTE,
        takes=_PHOTOS,
    ),
)

VERSION_2: Workflow = (*_ACCEPTANCE, *_HANDLING, *_VERIFICATION, *_END)
