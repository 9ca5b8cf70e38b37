"""Which event tells whom, with which message: the table that the handler reads and the tests exhaust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from backend.kernel.events import CaseFiled, CaseMoved, Event


class Audience(StrEnum):
    """Whom a message is for."""

    FILING_REPORTER = "filing_reporter"  # 提交本次诉求的人
    ALL_REPORTERS = "all_reporters"  # 该案件的全部诉求人


class MessageKind(StrEnum):
    """The messages there are. Apps choose an icon by it, so a kind never changes its meaning."""

    COMPLAINT_RECEIVED = "complaint.received"
    COMPLAINT_ACCEPTED = "complaint.accepted"
    COMPLAINT_ANSWERED = "complaint.answered"
    COMPLAINT_REJECTED = "complaint.rejected"
    COMPLAINT_WITHDRAWN = "complaint.withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One message that an event causes."""

    kind: MessageKind
    audience: Audience


# Effects "push" of workflow 1.3. A move that is not named here is nobody's news.
ON_FILED = Subscription(kind=MessageKind.COMPLAINT_RECEIVED, audience=Audience.FILING_REPORTER)
ON_MOVE: Mapping[str, Subscription] = MappingProxyType(
    {
        "T05": Subscription(kind=MessageKind.COMPLAINT_ANSWERED, audience=Audience.ALL_REPORTERS),
        "T06": Subscription(kind=MessageKind.COMPLAINT_REJECTED, audience=Audience.ALL_REPORTERS),
        "T08": Subscription(kind=MessageKind.COMPLAINT_ACCEPTED, audience=Audience.ALL_REPORTERS),
        "T31": Subscription(kind=MessageKind.COMPLAINT_WITHDRAWN, audience=Audience.ALL_REPORTERS),
    }
)
# Moves of which nobody is told, each for a reason: T01 is told as CaseFiled.
MOVES_UNTOLD = frozenset({"T01"})

EVENTS_TOLD: frozenset[type[Event]] = frozenset({CaseFiled, CaseMoved})
EVENTS_UNTOLD: frozenset[type[Event]] = frozenset()


def subscription_to(event: Event) -> Subscription | None:
    """Return the message that the event causes, if it causes one."""
    if isinstance(event, CaseFiled):
        return ON_FILED
    if isinstance(event, CaseMoved):
        return ON_MOVE.get(event.transition)
    return None
