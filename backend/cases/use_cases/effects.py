"""What each action does beside the state: marks on the case, and tasks (workflow 1.3, column effects)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from backend.cases.models import CaseTask
from backend.cases.rules import Action, DispatchOrder, Door, State, TaskStatus
from backend.cases.use_cases import stages, tasks
from backend.cases.use_cases.step import Step


def set_marks(step: Step) -> None:
    """Set what the case keeps of a move, before the dues of its new stage are set."""
    mark = _MARKS.get(step.move.action)
    if mark is not None:
        mark(step)


def change_tasks(step: Step) -> list[CaseTask]:
    """Give, sign, end or take back tasks, and return those that changed, once the dues are set."""
    change = _TASKS.get(step.move.action)
    return [] if change is None else change(step)


def _ask_for_more(step: Step) -> None:
    step.case.missing = sorted(set(step.move.missing or ()))
    step.case.paused_at = step.desk.now


def _go_on(step: Step) -> None:
    stages.resume(step.case, step.timing)


def _accept(step: Step) -> None:
    step.case.accepted_at = step.desk.now


def _reject(step: Step) -> None:
    step.case.rejection_ground = step.move.ground


def _flag(step: Step) -> None:
    step.case.verification_flagged = True


def _unflag(step: Step) -> None:
    step.case.verification_flagged = False


def _keep_outcome(step: Step) -> None:
    """Keep the four facts of the callback. A case that the clock closed was reached by nobody."""
    told, case = step.move.callback, step.case
    case.outcome_contacted = told.is_contacted if told else False
    case.outcome_solved = told.is_solved if told else None
    case.outcome_satisfied = told.is_satisfied if told else None
    case.outcome_true = told.is_true if told else None


def _begin_round(step: Step) -> None:
    """A case that goes on has no outcome yet, and its limit once more."""
    case = step.case
    case.outcome_contacted = case.outcome_solved = case.outcome_satisfied = case.outcome_true = None
    case.accepted_at = case.accepted_at or step.desk.now
    stages.begin_round(case, step.timing)


def _dispatch(step: Step) -> list[CaseTask]:
    if step.mover.door is Door.FINDER:
        return tasks.give_to_finder(step.session, step.case, city=step.desk.city, now=step.desk.now)
    order = step.move.dispatch or DispatchOrder()
    return tasks.give_to_units(step.session, step.case, order, city=step.desk.city, now=step.desk.now)


def _sign(step: Step) -> list[CaseTask]:
    return tasks.sign(step.tasks, is_auto=step.mover.door is Door.SYSTEM, now=step.desk.now)


def _report(step: Step) -> list[CaseTask]:
    return tasks.report(step.tasks, by=step.mover.witness.person_id, now=step.desk.now)


def _send_back(step: Step) -> list[CaseTask]:
    return tasks.take_up_again(step.tasks)


def _order_verification(step: Step) -> list[CaseTask]:
    return tasks.order_verification(step.session, step.case, now=step.desk.now)


def _end_verification(step: Step) -> list[CaseTask]:
    return tasks.verified(step.tasks, by=step.mover.witness.person_id, now=step.desk.now)


def _accept_work(step: Step) -> list[CaseTask]:
    return tasks.settle(step.tasks, TaskStatus.ACCEPTED)


def _confirm(step: Step) -> list[CaseTask]:
    return _end_verification(step) + _accept_work(step)


def _refute(step: Step) -> list[CaseTask]:
    ended = _end_verification(step) + tasks.settle(step.tasks, TaskStatus.RETURNED)
    step.session.flush()  # one main task at a time, says the index: the old one must be ended first
    return ended + _give_again(step)


def _give_again(step: Step) -> list[CaseTask]:
    if step.case.state != State.DISPATCHED:
        return []  # no unit to go back to: the desk dispatches anew
    return tasks.give_again(step.session, step.case, step.tasks, city=step.desk.city, now=step.desk.now)


_MARKS: Mapping[Action, Callable[[Step], None]] = MappingProxyType(
    {
        Action.REQUEST_SUPPLEMENT: _ask_for_more,
        Action.SUPPLEMENT: _go_on,
        Action.LAPSE_SUPPLEMENT: _go_on,
        Action.ACCEPT: _accept,
        Action.REJECT: _reject,
        Action.FLAG_VERIFICATION: _flag,
        Action.ORDER_VERIFICATION: _unflag,
        Action.UPHOLD_VERIFICATION: _unflag,
        Action.REFUTE_FIXED: _unflag,
        Action.CLOSE: _keep_outcome,
        Action.REDO: _begin_round,
        Action.REOPEN: _begin_round,
    }
)
_TASKS: Mapping[Action, Callable[[Step], list[CaseTask]]] = MappingProxyType(
    {
        Action.DISPATCH: _dispatch,
        Action.SIGN: _sign,
        Action.REPORT_BACK: _report,
        Action.SEND_BACK: _send_back,
        Action.ORDER_VERIFICATION: _order_verification,
        Action.SKIP_VERIFICATION: _accept_work,
        Action.CONFIRM_FIXED: _confirm,
        Action.FLAG_VERIFICATION: _end_verification,
        Action.UPHOLD_VERIFICATION: _accept_work,
        Action.REFUTE_FIXED: _refute,
        Action.REDO: _give_again,
        Action.REOPEN: _give_again,
    }
)
