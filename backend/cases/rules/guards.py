"""The guards of the workflow (1.4): pure questions to a row, a move, and what is known of the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from backend.cases import errors
from backend.cases.rules.moves import Move, given_parts
from backend.cases.rules.transitions import Transition
from backend.cases.rules.vocabulary import Action, Door, State

CONSULTATION = "ZX"
MIN_ANSWER_LENGTH = 20
_AT_LEAST = f"至少 {MIN_ANSWER_LENGTH} 个字。"
MAX_ROUND_OF_ROUTINE = 2
_WAYS_OF_VERIFICATION = frozenset({Action.ORDER_VERIFICATION, Action.SKIP_VERIFICATION, Action.UPHOLD_VERIFICATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the rules ask of a case.

    ``has_unit``: a unit has had it, and still works. ``reopening_ends_at``: when the window of T28 is over, for a case
    that is closed.
    """

    state: State
    round: int
    request_type: str
    is_safety: bool
    is_physical: bool
    is_flagged: bool = False
    has_unit: bool = False
    reopening_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedLists:
    """The codes that may be chosen from on a day: grounds of rejection, what may be missing, reasons to send back."""

    grounds: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()


def check_state(row: Transition, state: State) -> None:
    """Raise TransitionNotAllowed unless the row leaves this state."""
    if state not in row.sources:
        raise errors.TransitionNotAllowed(errors={"state": state.value, "action": row.action.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A move, and all that its guards may look at."""

    row: Transition
    move: Move
    door: Door
    facts: CaseFacts
    lists: ClosedLists
    now: datetime


def check_move(asked: Asked) -> None:
    """Raise the error of the first guard that refuses. What a clock does brings no parts."""
    if asked.door is not Door.SYSTEM:
        _check_parts(asked.row, asked.move)
        for guard in _GUARDS.get(asked.row.action, ()):
            guard(asked)
    _check_way_of_verification(asked.row.action, asked.facts)


def is_offered(row: Transition, facts: CaseFacts, now: datetime) -> bool:
    """Tell whether a row is worth offering to somebody for whom a door of it stands open."""
    if row.action is Action.FLAG_VERIFICATION:
        return False  # the product's to choose, when a result is doubtful
    if row.action is Action.WITHDRAW:
        return not facts.is_safety
    if row.action is Action.REOPEN:
        return _is_reopenable(facts, now)
    try:
        _check_way_of_verification(row.action, facts)
    except (errors.VerificationByCategory, errors.VerificationNotDoubtful):
        return False
    return True


def target_of(row: Transition, facts: CaseFacts) -> State:
    """Return where a row leads: of two targets, the case decides."""
    match row.action:
        case Action.LAPSE_SUPPLEMENT:
            return State.CANCELLED if facts.request_type == CONSULTATION else State.SUBMITTED
        case Action.REFUTE_FIXED | Action.REDO | Action.REOPEN:
            return State.DISPATCHED if facts.has_unit else State.ACCEPTED
        case _:
            return row.targets[0]


def round_after(row: Transition, facts: CaseFacts) -> int:
    """Return the round after a move: T24, T26 and T28 begin another."""
    return facts.round + (row.action in (Action.REFUTE_FIXED, Action.REDO, Action.REOPEN))


def is_hard(round_number: int) -> bool:
    """Tell whether a case that has gone round so often is a hard one: from round 3 on."""
    return round_number > MAX_ROUND_OF_ROUTINE


def _check_parts(row: Transition, move: Move) -> None:
    given = given_parts(move)
    foreign = given - row.parts
    if foreign:
        raise errors.FieldNotOfThisAction(errors={"json": {name: ["此操作不需要。"] for name in sorted(foreign)}})
    # Answer and ground have refusals of their own, which say more.
    missing = row.needs - given - {"answer", "ground"}
    if missing:
        raise errors.FieldOfThisActionMissing(errors={"json": {name: ["此操作必须填写。"] for name in sorted(missing)}})


def _check_answer(asked: Asked) -> None:
    if is_short(asked.move.answer):
        raise errors.AnswerTooShort(errors={"json": {"answer": [_AT_LEAST]}})


def is_short(answer: str | None) -> bool:
    """Tell whether a public answer says too little; blanks do not count."""
    return len("".join((answer or "").split())) < MIN_ANSWER_LENGTH


def _check_ground(asked: Asked) -> None:
    if asked.move.ground not in asked.lists.grounds:
        raise errors.GroundRequired(errors={"json": {"ground": sorted(asked.lists.grounds)}})


def _check_missing(asked: Asked) -> None:
    if not asked.move.missing or not set(asked.move.missing) <= asked.lists.missing:
        raise errors.MissingItemsRequired(errors={"json": {"missing": sorted(asked.lists.missing)}})


def _check_reason(asked: Asked) -> None:
    if asked.move.reason not in asked.lists.reasons:
        raise errors.ReasonRequired(errors={"json": {"reason": sorted(asked.lists.reasons)}})


def _check_safety(asked: Asked) -> None:
    if asked.facts.is_safety:
        raise errors.SafetyNotWithdrawable


def _check_feedback(asked: Asked) -> None:
    """G-fb: contact, outcome and the answer for the public."""
    feedback = asked.move.feedback
    assert feedback is not None  # noqa: S101 - a needed part, checked before
    told: dict[str, list[str]] = {}
    if feedback.is_contacted and (feedback.contacted_at is None or feedback.contact_result is None):
        told["contacted_at"] = ["已联系诉求人时，须填写联系时间和联系结果。"]
    if feedback.contacted_at is not None and feedback.contacted_at > asked.now:
        told["contacted_at"] = ["联系时间不能晚于现在。"]
    if not feedback.is_contacted and feedback.contact_result is None:
        told["contact_result"] = ["未联系诉求人时，须说明原因。"]
    if not feedback.is_solved and feedback.unsolved_reason is None:
        told["unsolved_reason"] = ["未解决时，须说明原因。"]
    if is_short(feedback.public_answer):
        told["public_answer"] = [_AT_LEAST]
    if told:
        raise errors.FeedbackIncomplete(errors={"json": {"feedback": told}})


def _check_verification(asked: Asked) -> None:
    """G-verify blocks only where there is neither a position nor a reason why not."""
    found = asked.move.verification
    assert found is not None  # noqa: S101 - a needed part, checked before
    has_longitude, has_latitude = found.longitude_wgs84 is not None, found.latitude_wgs84 is not None
    if has_longitude != has_latitude or (not has_longitude and found.no_position_reason is None):
        raise errors.VerificationPositionMissing


def _check_refutation(asked: Asked) -> None:
    """Who sends a unit back to work shows why, or says it."""
    if not asked.move.evidence_ids and asked.move.note is None:
        raise errors.RefutationUnproved


def _check_redo(asked: Asked) -> None:
    known = asked.move.callback
    is_known = known is not None and known.is_contacted
    if known is None or not is_known or (known.is_solved is not False and known.is_satisfied is not False):
        raise errors.CallbackUnclear(errors={"json": {"callback": ["重办须有未解决或不满意的结果。"]}})


def _check_callback(asked: Asked) -> None:
    """G-cb: whom nobody reached is closed by the clock alone, and never counts as content."""
    known = asked.move.callback
    if known is None or not known.is_contacted or known.is_solved is None or known.is_satisfied is None:
        raise errors.CallbackUnclear(errors={"json": {"callback": ["须已联系诉求人，并记录是否解决、是否满意。"]}})


def _check_window(asked: Asked) -> None:
    if not _is_reopenable(asked.facts, asked.now):
        raise errors.ReopeningOver


def _is_reopenable(facts: CaseFacts, now: datetime) -> bool:
    return facts.reopening_ends_at is not None and now < facts.reopening_ends_at


def _check_way_of_verification(action: Action, facts: CaseFacts) -> None:
    """A thing at a place is looked at by somebody else, always; nothing else can be. Only a doubtful look is judged."""
    if action not in _WAYS_OF_VERIFICATION:
        return
    if action is (Action.SKIP_VERIFICATION if facts.is_physical else Action.ORDER_VERIFICATION):
        raise errors.VerificationByCategory
    if facts.state is State.VERIFYING and not facts.is_flagged:
        raise errors.VerificationNotDoubtful


_GUARDS: Mapping[Action, tuple[Callable[[Asked], None], ...]] = MappingProxyType(
    {
        Action.ANSWER_DIRECTLY: (_check_answer,),  # G-direct
        Action.REJECT: (_check_ground,),  # G-rej
        Action.REQUEST_SUPPLEMENT: (_check_missing,),
        Action.SEND_BACK: (_check_reason,),
        Action.WITHDRAW: (_check_safety,),
        Action.REPORT_BACK: (_check_feedback,),  # G-fb
        Action.CONFIRM_FIXED: (_check_verification,),  # G-verify
        Action.FLAG_VERIFICATION: (_check_verification,),
        Action.REFUTE_FIXED: (_check_verification, _check_refutation),
        Action.REDO: (_check_redo,),  # G-cb
        Action.CLOSE: (_check_callback,),  # G-cb
        Action.REOPEN: (_check_window,),
    }
)
