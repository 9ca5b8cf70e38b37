"""What the worker runs for this room: events become messages, and messages reach phones."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy.orm import Session

from backend.cases.queries import reporters_of
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.push import PushOutcome, PushProvider, PushResult
from backend.infrastructure.retry import NeverRetry, RetryLater
from backend.kernel.clock import SHANGHAI, Clock
from backend.kernel.events import CaseFiled, CaseMoved, Event
from backend.notifications import queries
from backend.notifications.rules import may_hand_over
from backend.notifications.subscriptions import subscription_to
from backend.notifications.use_cases.deliveries import ClaimedPush, claim_delivery, settle_delivery
from backend.notifications.use_cases.telling import News, tell_person

SUBSCRIBER = "notifications"


class InboxWriter:
    """Tells people what happened."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def take_in(self, session: Session, event: Event) -> None:
        """Tell everyone whom the table of subscriptions names. An event that nobody subscribed to is passed over."""
        subscription = subscription_to(event)
        if subscription is None or not isinstance(event, CaseFiled | CaseMoved):
            return
        wording = queries.wording_on(session, subscription.kind, event.occurred_at.astimezone(SHANGHAI).date())
        news = News(event_id=event.event_id, case_number=event.case_number, wording=wording)
        for person_id, number in _recipients(session, event):
            tell_person(session, person_id=person_id, number=number, news=news, now=self._clock.now())


class PushRun:
    """The steps of a push job: the worker opens a transaction around the first and the last, none around sending."""

    def __init__(self, *, provider: PushProvider, sealer: Sealer, clock: Clock) -> None:
        self._provider = provider
        self._sealer = sealer
        self._clock = clock

    def claim(self, session: Session, delivery_id: str) -> ClaimedPush | None:
        """Take the message for this try."""
        return claim_delivery(session, delivery_id=uuid.UUID(delivery_id), sealer=self._sealer, now=self._clock.now())

    def perform(self, claimed: ClaimedPush) -> PushResult:
        """Hand the message to the provider, unless this worker slept so long that another may have done it."""
        if not may_hand_over(claimed_at=claimed.claimed_at, now=self._clock.now()):
            return PushResult(outcome=PushOutcome.RETRY, code="claimed-too-long-ago")
        return self._provider.send(claimed.message)

    def settle(
        self,
        session: Session,
        claimed: ClaimedPush,
        result: PushResult,
        is_last_try: bool,  # noqa: FBT001 - the worker calls every job's settle alike
    ) -> RetryLater | NeverRetry | None:
        """Record what came of it."""
        return settle_delivery(session, claimed=claimed, result=result, is_last_try=is_last_try, now=self._clock.now())


def _recipients(session: Session, event: CaseFiled | CaseMoved) -> Iterator[tuple[uuid.UUID, str]]:
    """Yield the people of the message with the number that each knows the case by."""
    if isinstance(event, CaseFiled):
        yield event.reporter_person_id, event.reporter_number
        return
    for reporter in reporters_of(session, event.subject_id):
        yield reporter.person_id, reporter.number
