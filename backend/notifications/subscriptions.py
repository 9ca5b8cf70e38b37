"""Which event tells whom, with which message: the tables that the handler reads and the tests exhaust (ADR 0033)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from backend.cases.rules import State
from backend.kernel.events import (
    CaseAdopted,
    CaseDueChanged,
    CaseFiled,
    CaseMoved,
    CaseRated,
    CaseUrged,
    DataRequested,
    Event,
    SessionBegun,
)


class Audience(StrEnum):
    """Whom a message is for."""

    FILING_REPORTER = "filing_reporter"
    ALL_REPORTERS = "all_reporters"
    OTHER_DEVICES = "other_devices"
    ACCEPTORS = "acceptors"
    DISPATCHERS = "dispatchers"
    REVIEWERS = "reviewers"
    CALLBACK_AGENTS = "callback_agents"
    LIAISONS = "liaisons"
    ASSISTING_LIAISONS = "assisting_liaisons"
    HANDLERS = "handlers"
    VERIFIERS = "verifiers"
    FINDERS = "finders"


AUDIENCE_NAMES: Mapping[Audience, str] = MappingProxyType(
    {
        Audience.FILING_REPORTER: "提交本次诉求的人",
        Audience.ALL_REPORTERS: "该案件的全部诉求人",
        Audience.OTHER_DEVICES: "本人的其他设备",
        Audience.ACCEPTORS: "主管中心的受理员",
        Audience.DISPATCHERS: "主管中心的派遣员",
        Audience.REVIEWERS: "主管中心的审核员",
        Audience.CALLBACK_AGENTS: "主管中心的回访员",
        Audience.LIAISONS: "主办单位的联络员",
        Audience.ASSISTING_LIAISONS: "协办单位的联络员",
        Audience.HANDLERS: "主办单位的经办人",
        Audience.VERIFIERS: "主管中心或事发镇（街道）的网格员、监督员",
        Audience.FINDERS: "上报该案件的网格员",
    }
)


class MessageKind(StrEnum):
    """The messages there are. Apps choose an icon by it, so a kind never changes its meaning."""

    COMPLAINT_RECEIVED = "complaint.received"
    COMPLAINT_ACCEPTED = "complaint.accepted"
    COMPLAINT_ANSWERED = "complaint.answered"
    COMPLAINT_REJECTED = "complaint.rejected"
    COMPLAINT_WITHDRAWN = "complaint.withdrawn"
    SESSION_BEGUN = "session.begun"
    COMPLAINT_INCOMPLETE = "complaint.incomplete"
    COMPLAINT_SUPPLEMENT_LAPSED = "complaint.supplement_lapsed"
    COMPLAINT_DISPATCHED = "complaint.dispatched"
    COMPLAINT_TO_RATE = "complaint.to_rate"
    COMPLAINT_CLOSED = "complaint.closed"
    COMPLAINT_REDONE = "complaint.redone"
    COMPLAINT_REOPENED = "complaint.reopened"
    GRID_REPORT_INCOMPLETE = "grid_report.incomplete"
    CASE_TO_ACCEPT = "case.to_accept"
    CASE_TO_DISPATCH = "case.to_dispatch"
    CASE_TO_REVIEW = "case.to_review"
    CASE_DOUBTFUL = "case.doubtful"
    CASE_TO_CALL_BACK = "case.to_call_back"
    CASE_URGED = "case.urged"
    TASK_RECEIVED = "task.received"
    TASK_ASSISTING = "task.assisting"
    TASK_REFUTED = "task.refuted"
    TASK_REDONE = "task.redone"
    TASK_TO_HANDLE = "task.to_handle"
    TASK_SENT_BACK = "task.sent_back"
    TASK_TO_VERIFY = "task.to_verify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One message that an event causes."""

    kind: MessageKind
    audience: Audience


def _staff(audience: Audience, kind: MessageKind) -> Subscription:
    return Subscription(kind=kind, audience=audience)


ON_SESSION_BEGUN = Subscription(kind=MessageKind.SESSION_BEGUN, audience=Audience.OTHER_DEVICES)
_TO_ACCEPT = _staff(Audience.ACCEPTORS, MessageKind.CASE_TO_ACCEPT)
_TO_DISPATCH = _staff(Audience.DISPATCHERS, MessageKind.CASE_TO_DISPATCH)
_TO_CALL_BACK = _staff(Audience.CALLBACK_AGENTS, MessageKind.CASE_TO_CALL_BACK)
_TO_DO_AGAIN = _staff(Audience.LIAISONS, MessageKind.TASK_REDONE)

ON_FILED: tuple[Subscription, ...] = (
    Subscription(kind=MessageKind.COMPLAINT_RECEIVED, audience=Audience.FILING_REPORTER),
    _TO_ACCEPT,
)

# Effects "push" of workflow 1.3. A reporter is told of their own deeds too: it is their receipt.
_KIND_OF_MOVE = {
    "T02": MessageKind.COMPLAINT_INCOMPLETE,
    "T04": MessageKind.COMPLAINT_SUPPLEMENT_LAPSED,
    "T05": MessageKind.COMPLAINT_ANSWERED,
    "T06": MessageKind.COMPLAINT_REJECTED,
    "T08": MessageKind.COMPLAINT_ACCEPTED,
    "T09": MessageKind.COMPLAINT_DISPATCHED,
    "T22": MessageKind.COMPLAINT_TO_RATE,
    "T23": MessageKind.COMPLAINT_TO_RATE,
    "T23b": MessageKind.COMPLAINT_TO_RATE,
    "T25": MessageKind.COMPLAINT_CLOSED,
    "T26": MessageKind.COMPLAINT_REDONE,
    "T28": MessageKind.COMPLAINT_REOPENED,
    "T31": MessageKind.COMPLAINT_WITHDRAWN,
}
REPORTERS_ON_MOVE: Mapping[str, Subscription] = MappingProxyType(
    {code: Subscription(kind=kind, audience=Audience.ALL_REPORTERS) for code, kind in _KIND_OF_MOVE.items()}
)
# The transitions of which no reporter is told, each with the reason.
REPORTERS_UNTOLD: Mapping[str, str] = MappingProxyType(
    {
        "T01": "由提交事件告知",
        "T03": "诉求人自己补充，提交时已有回执",
        "T11": "内部环节，诉求人看到的状态不变",
        "T19": "内部环节，核查或免核查后再告知",
        "T20": "内部环节，不展示单位之间的往返",
        "T21": "内部环节，核查有结果后再告知",
        "T23a": "内部环节，审核认可后再告知",
        "T24": "内部环节，不展示单位之间的往返",
    }
)

# Whose work a case becomes, by the transition and the state it leads to: staff are told when a case enters their
# queue or their task list, and of nothing else.
STAFF_ON_MOVE: Mapping[tuple[str, str], tuple[Subscription, ...]] = MappingProxyType(
    {
        ("T02", State.SUPPLEMENT): (_staff(Audience.FINDERS, MessageKind.GRID_REPORT_INCOMPLETE),),
        ("T03", State.SUBMITTED): (_TO_ACCEPT,),
        ("T04", State.SUBMITTED): (_TO_ACCEPT,),
        ("T08", State.ACCEPTED): (_TO_DISPATCH,),
        ("T09", State.DISPATCHED): (
            _staff(Audience.LIAISONS, MessageKind.TASK_RECEIVED),
            _staff(Audience.ASSISTING_LIAISONS, MessageKind.TASK_ASSISTING),
        ),
        ("T11", State.HANDLING): (_staff(Audience.HANDLERS, MessageKind.TASK_TO_HANDLE),),
        ("T19", State.FEEDBACK): (_staff(Audience.REVIEWERS, MessageKind.CASE_TO_REVIEW),),
        ("T20", State.HANDLING): (_staff(Audience.HANDLERS, MessageKind.TASK_SENT_BACK),),
        ("T21", State.VERIFYING): (_staff(Audience.VERIFIERS, MessageKind.TASK_TO_VERIFY),),
        ("T22", State.CALLBACK): (_TO_CALL_BACK,),
        ("T23", State.CALLBACK): (_TO_CALL_BACK,),
        # A reviewer may uphold it, a dispatcher may have it looked at again.
        ("T23a", State.VERIFYING): (
            _staff(Audience.REVIEWERS, MessageKind.CASE_DOUBTFUL),
            _staff(Audience.DISPATCHERS, MessageKind.CASE_DOUBTFUL),
        ),
        ("T23b", State.CALLBACK): (_TO_CALL_BACK,),
        ("T24", State.DISPATCHED): (_staff(Audience.LIAISONS, MessageKind.TASK_REFUTED),),
        ("T24", State.ACCEPTED): (_TO_DISPATCH,),
        ("T26", State.DISPATCHED): (_TO_DO_AGAIN,),
        ("T26", State.ACCEPTED): (_TO_DISPATCH,),
        ("T28", State.DISPATCHED): (_TO_DO_AGAIN,),
        ("T28", State.ACCEPTED): (_TO_DISPATCH,),
    }
)
# Who hears of an urge: whose work the case is in the state where it stands. In every other state nobody may urge.
STAFF_ON_URGE: Mapping[str, Subscription] = MappingProxyType(
    {
        state: _staff(audience, MessageKind.CASE_URGED)
        for state, audience in {
            State.SUBMITTED: Audience.ACCEPTORS,
            State.ACCEPTED: Audience.DISPATCHERS,
            State.DISPATCHED: Audience.LIAISONS,
            State.HANDLING: Audience.HANDLERS,
            State.FEEDBACK: Audience.REVIEWERS,
            State.VERIFYING: Audience.VERIFIERS,
        }.items()
    }
)
# The transitions of which no member of staff is told, each with the reason.
STAFF_UNTOLD: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("T01", State.SUBMITTED): "由提交事件告知",
        ("T04", State.CANCELLED): "案件已结束",
        ("T05", State.CLOSED): "案件已结束",
        ("T06", State.REJECTED): "案件已结束",
        ("T25", State.CLOSED): "案件已结束",
        ("T31", State.CANCELLED): "案件已结束",
    }
)

EVENTS_TOLD: frozenset[type[Event]] = frozenset({CaseFiled, CaseMoved, CaseUrged, SessionBegun})
# A data request is answered in the app that asked.
# A notice of the State Council changes thousands of dues in one night: the timeline tells it, no phone rings.
# Ratings are read at the desk, with the case.
EVENTS_UNTOLD: frozenset[type[Event]] = frozenset({CaseAdopted, CaseDueChanged, CaseRated, DataRequested})

STAFF_AUDIENCES = frozenset(Audience) - {Audience.FILING_REPORTER, Audience.ALL_REPORTERS, Audience.OTHER_DEVICES}
STAFF_KINDS: frozenset[MessageKind] = frozenset(
    subscription.kind
    for subscriptions in (ON_FILED, tuple(STAFF_ON_URGE.values()), *STAFF_ON_MOVE.values())
    for subscription in subscriptions
    if subscription.audience in STAFF_AUDIENCES
)


def subscriptions_to(event: Event) -> tuple[Subscription, ...]:
    """Return the messages that the event causes. Who is of two audiences gets the message that stands first."""
    if isinstance(event, CaseFiled):
        return ON_FILED
    if isinstance(event, CaseMoved):
        reporters = REPORTERS_ON_MOVE.get(event.transition)
        staff = STAFF_ON_MOVE.get((event.transition, event.to_state), ())
        return staff if reporters is None else (reporters, *staff)
    if isinstance(event, CaseUrged):
        # A look that is in doubt waits for a reviewer, and for no verifier any more.
        state = State.FEEDBACK if event.is_flagged else event.state
        return (STAFF_ON_URGE[state],) if state in STAFF_ON_URGE else ()
    return (ON_SESSION_BEGUN,) if isinstance(event, SessionBegun) else ()
