"""What the jobs do: tell an event to its subscribers, run a subscriber, and reach outside between two transactions."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.infrastructure.database import Database, driver_connection
from backend.infrastructure.figures import OUTSIDE_RESULTS
from backend.infrastructure.jobs import defer
from backend.infrastructure.outbox import OutboxEvent
from backend.kernel.clock import Clock
from backend.worker.event_reader import EVENT_CLASSES, UnknownEvent, read_event
from backend.worker.models import EventReceipt
from backend.worker.table import OutsideJob, Subscriptions

log = logging.getLogger(__name__)

DELIVER_TASK = "deliver"
DELIVER_QUEUE = "deliver"
_RELAY = "relay"
# A worker that was stopped in a transaction and goes on later (a zombie) finds its connection closed by the server,
# before anybody else is given its job: shorter than the time after which a job counts as stalled.
IDLE_TIMEOUT_S = 10


class UnknownSubscriber(LookupError):
    """A job names a subscriber that this release does not have."""


class Tasks:
    """The bodies of the jobs. Each message is one transaction: all of its effects, and its receipt, or none."""

    def __init__(self, *, database: Database, clock: Clock, subscriptions: Subscriptions) -> None:
        self._database = database
        self._clock = clock
        self._subscriptions = subscriptions
        self._subscribers = {s.name: s for listed in subscriptions.values() for s in listed}

    def relay(self, event_id: str) -> None:
        """Put one job in the queue for each subscriber of the event. Once, however often it runs."""
        with structlog.contextvars.bound_contextvars(event_id=event_id), self.transaction() as session:
            if not self._take_in(session, event_id, _RELAY):
                return
            event = session.execute(
                select(OutboxEvent.name, OutboxEvent.subject_id).where(OutboxEvent.id == uuid.UUID(event_id))
            ).one()
            if event.name not in EVENT_CLASSES:
                # Written by a newer release: its own worker will know whom to tell.
                raise UnknownEvent(event.name)
            for subscriber in self._subscriptions.get(event.name, ()):
                defer(
                    driver_connection(session),
                    DELIVER_TASK,
                    queue=DELIVER_QUEUE,
                    # One subscriber that cannot go on holds up neither the others nor other subjects.
                    lock=f"{subscriber.name}:{event.subject_id}",
                    subscriber=subscriber.name,
                    event_id=event_id,
                )

    def deliver(self, subscriber: str, event_id: str) -> None:
        """Let a subscriber take in an event: the handler's effects and the receipt are one commit."""
        if subscriber not in self._subscribers:
            raise UnknownSubscriber(subscriber)
        with (
            structlog.contextvars.bound_contextvars(event_id=event_id, subscriber=subscriber),
            self.transaction() as session,
        ):
            if self._take_in(session, event_id, subscriber):
                self._subscribers[subscriber].handler(session, read_event(session, uuid.UUID(event_id)))

    def reach_outside(self, job: OutsideJob, ids: dict[str, str], *, is_last_try: bool) -> None:
        """Claim in one transaction, perform in none, settle in another; then tell the queue to try again, or not."""
        with structlog.contextvars.bound_contextvars(**ids):
            with self.transaction() as session:
                work = job.claim(session, **ids)
            if work is None:
                return
            result = job.perform(work)
            OUTSIDE_RESULTS.labels(job.queue, str(getattr(result, "outcome", "done"))).inc()
            with self.transaction() as session:
                verdict = job.settle(session, work, result, is_last_try)
            if verdict is not None:
                raise verdict

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a transaction that the server ends when its worker falls silent in the middle."""
        with self._database.transaction() as session:
            session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_TIMEOUT_S}s'"))
            yield session

    def _take_in(self, session: Session, event_id: str, subscriber: str) -> bool:
        """Write the receipt; False when it is there already. Waits while another transaction is writing it."""
        receipt = (
            insert(EventReceipt)
            .values(event_id=uuid.UUID(event_id), subscriber=subscriber, received_at=self._clock.now())
            .on_conflict_do_nothing()
            .returning(EventReceipt.subscriber)
        )
        return session.scalar(receipt) is not None
