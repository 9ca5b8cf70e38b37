"""What the worker runs for this room: events become messages, and messages reach phones."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases.numbering import GRID_REPORT_PREFIX
from backend.cases.queries import reporters_of
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.push import PushOutcome, PushProvider, PushResult
from backend.infrastructure.retry import NeverRetry, RetryLater
from backend.kernel.clock import SHANGHAI, Clock
from backend.kernel.events import CaseFiled, CaseMoved, CaseUrged, Event, SessionBegun
from backend.notifications import queries
from backend.notifications.audiences import staff_of
from backend.notifications.messages import Wording
from backend.notifications.rules import may_hand_over
from backend.notifications.subscriptions import Audience, subscriptions_to
from backend.notifications.use_cases.deliveries import ClaimedPush, claim_delivery, settle_delivery
from backend.notifications.use_cases.telling import Letter, tell

SUBSCRIBER = "notifications"


class InboxWriter:
    """Tells people what happened."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def take_in(self, session: Session, event: Event) -> None:
        """Tell everyone whom the tables of subscriptions name. An event that nobody subscribed to is passed over."""
        subscriptions = subscriptions_to(event)
        if not subscriptions:
            return
        now = self._clock.now()
        wordings = queries.wordings_on(
            session, {one.kind for one in subscriptions}, event.occurred_at.astimezone(SHANGHAI).date()
        )
        letters: list[Letter] = []
        for one in subscriptions:
            told = {letter.person_id for letter in letters}
            found = _letters(session, one.audience, event, wordings[one.kind], now)
            letters += [letter for letter in found if letter.person_id not in told]
        silent = event.session_id if isinstance(event, SessionBegun) else None
        tell(session, event_id=event.event_id, letters=letters, silent_session_id=silent, now=now)


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


def _letters(session: Session, audience: Audience, event: Event, wording: Wording, now: datetime) -> Iterator[Letter]:
    """Yield the messages to the people of an audience, with the number that each knows the case by."""
    if isinstance(event, SessionBegun):
        yield Letter(person_id=event.subject_id, wording=wording)
    elif not isinstance(event, CaseFiled | CaseMoved | CaseUrged):
        return
    elif audience is Audience.ALL_REPORTERS:
        for reporter in reporters_of(session, event.subject_id):
            yield from _to_reporter(reporter.person_id, reporter.number, event.case_number, wording)
    elif isinstance(event, CaseFiled) and audience is Audience.FILING_REPORTER:
        yield from _to_reporter(event.reporter_person_id, event.reporter_number, event.case_number, wording)
    else:
        for person_id in sorted(staff_of(session, audience, event, now=now)):
            yield Letter(person_id=person_id, case_number=event.case_number, wording=wording)


def _to_reporter(person_id: uuid.UUID, number: str, case_number: str, wording: Wording) -> Iterator[Letter]:
    """Yield the message to a reporter; none to a grid worker: it is worded for citizens, and they read their list."""
    if not number.startswith(GRID_REPORT_PREFIX):
        yield Letter(person_id=person_id, number=number, case_number=case_number, wording=wording)
