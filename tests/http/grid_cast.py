"""What the tests of grid reports share: sending one, and reading what the ledger says of its case."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from sqlalchemy import select

from backend.cases.models import Case, LedgerEntry
from backend.cases.verification import verify_ledger
from backend.infrastructure.outbox import OutboxEvent
from backend.worker.event_reader import read_event
from mobile_api.services import Services
from mobile_api.worker_table import subscriptions
from tests.callers import Caller


def seen(services: Services) -> datetime:
    """Return the instant of a moment ago."""
    return services.clock.now() - timedelta(minutes=1)


def report(worker: Caller, body: dict, **more: str) -> dict:
    """Send a report that is taken; return its receipt."""
    answer = worker.post("/grid-reports", body, **more)
    assert answer.status_code == 201, answer.json
    return answer.json


def ledger_of(services: Services, case_number: str) -> list[dict]:
    """Return the entries of a case's ledger."""
    with services.database.transaction() as session:
        case_id = session.scalars(select(Case.id).where(Case.number == case_number)).one()
        rows = session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.seq))
        return [json.loads(row.entry) for row in rows]


def tell(services: Services) -> None:
    """Do what the worker does: tell each event to whoever listens."""
    listeners = subscriptions(services)
    with services.database.transaction() as session:
        for event in session.scalars(select(OutboxEvent).order_by(OutboxEvent.id)).all():
            for subscriber in listeners.get(event.name, ()):
                subscriber.handler(session, read_event(session, event.id))


def breaches(services: Services, case_number: str) -> list[str]:
    """Return what the verifier of the ledger finds of a case."""
    verdicts = verify_ledger(services.database, sealer=services.sealer, number=case_number)
    return [breach for verdict in verdicts for breach in verdict.breaches]
