"""What the worker runs for this room: a request that came in is worked on once its event is told."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backend.data_protection.use_cases import work_on
from backend.infrastructure.crypto import Sealer
from backend.kernel.clock import Clock
from backend.kernel.events import DataRequested, Event

SUBSCRIBER = "data_protection"


class RequestWorker:
    """Makes copies and erases."""

    def __init__(self, *, sealer: Sealer, clock: Clock) -> None:
        self._sealer = sealer
        self._clock = clock

    def take_in(self, session: Session, event: Event) -> None:
        """Work on the request that the event tells of."""
        if isinstance(event, DataRequested):
            work_on(session, request_id=event.subject_id, sealer=self._sealer, now=self._clock.now())
