"""A street for tests of messages: people with phones, what happens to their complaints, and the worker that tells them.

Everything is the product's own but the one who rings the phones: a loopback FCM, reached by the real firebase-admin.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from backend.cases.models import Case, CaseReporter
from backend.identity.actor import Actor, PersonKind
from backend.identity.use_cases.people import citizen_of
from backend.identity.use_cases.sessions import Device, Doors, begin_session
from backend.infrastructure import outbox
from backend.infrastructure.fakes.fcm import LoopbackFcm
from backend.infrastructure.push import AddressKind, PushAddress, PushProvider
from backend.kernel.events import CaseFiled, CaseMoved, Event
from backend.kernel.ids import uuid7
from backend.notifications.models import Notification, PushDelivery
from backend.notifications.rules import Platform
from backend.notifications.use_cases.devices import Registration, register_device
from backend.organization.models.places import Centre
from backend.organization.queries.actors import actor_of
from backend.worker.app import WorkerParts
from backend.worker.runner import run_until_idle
from mobile_api.services import Services
from mobile_api.worker_table import outside_jobs, subscriptions

# Waits between tries become shorter than a statement, so that a test meets all of them.
AT_ONCE = 1e9
_numbers = itertools.count(1)


def new_number() -> str:
    """Return a number as a complaint has it."""
    return f"NT261124{next(_numbers):06d}X"


@dataclass
class Street:
    """Where a test happens."""

    services: Services
    fcm: LoopbackFcm
    provider: PushProvider
    _phones: Iterable[int] = field(default_factory=lambda: itertools.count(13_700_000_000))

    @property
    def parts(self) -> WorkerParts:
        """What the worker runs with; every wait between tries is over at once."""
        settings = self.services.settings
        return WorkerParts(
            database=self.services.database,
            database_url=settings.database_url,
            schema=settings.database_schema,
            clock=self.services.clock,
            subscriptions=subscriptions(self.services),
            outside_jobs=outside_jobs(self.services, self.provider),
            time_scale=AT_ONCE,
        )

    def work(self, **changes: Any) -> None:
        """Run the worker until nothing is due."""
        run_until_idle(replace(self.parts, **changes))

    def person(self) -> Actor:
        """Return a citizen who has just signed in."""
        now = self.services.clock.now()
        phone = f"+86{next(iter(self._phones))}"
        with self.services.database.transaction() as session:
            person = citizen_of(session, sealer=self.services.sealer, phone=phone, now=now)
            signed_in = begin_session(
                session,
                doors=Doors(sealer=self.services.sealer, tokens=self.services.tokens),
                person_id=person.id,
                kind=PersonKind.CITIZEN,
                device=Device(id=f"device-{uuid.uuid4()}"),
                now=now,
            )
            actor = actor_of(session, person_id=person.id, session_id=signed_in.session_id, now=now)
        assert actor is not None
        return actor

    def phone(self, owner: Actor, *, device_id: str = "phone-0001", address: str = "address-1") -> str:
        """Register a phone for its owner."""
        registration = Registration(
            device_id=device_id,
            platform=Platform.ANDROID,
            app_version="1.0.0",
            address=PushAddress(kind=AddressKind.FCM_FID, value=address),
        )
        with self.services.database.transaction() as session:
            register_device(
                session,
                actor=owner,
                registration=registration,
                sealer=self.services.sealer,
                now=self.services.clock.now(),
            )
        return device_id

    def happen(self, event: Event) -> None:
        """Commit an event, as a use case would with its change."""
        with self.services.database.transaction() as session:
            outbox.record(session, event)

    def file(self, reporter: Actor, *, number: str | None = None) -> CaseFiled:
        """Have a complaint of the reporter filed."""
        event = filed(reporter, now=self.services.clock.now(), number=number)
        self.happen(event)
        return event

    def case_of(self, *reporters: Actor) -> Case:
        """Put a case in the database that these people reported."""
        now = self.services.clock.now()
        with self.services.database.transaction() as session:
            case = new_case(session.scalars(select(Centre.id).limit(1)).one(), now)
            session.add(case)
            session.flush()
            for reporter in reporters:
                session.add(
                    CaseReporter(
                        id=uuid7(),
                        case_id=case.id,
                        person_id=reporter.person_id,
                        identity_shown="named",
                        channel="app",
                        number=new_number(),
                        reported_at=now,
                    )
                )
        return case

    def move(self, case: Case, transition: str) -> CaseMoved:
        """Have the case moved."""
        event = CaseMoved(
            event_id=uuid7(),
            occurred_at=self.services.clock.now(),
            subject_id=case.id,
            case_number=case.number,
            transition=transition,
            from_state="submitted",
            to_state="accepted",
        )
        self.happen(event)
        return event

    def inbox(self, person: Actor) -> list[Notification]:
        """Return a person's messages, the oldest first."""
        with self.services.database.transaction() as session:
            rows = select(Notification).where(Notification.person_id == person.person_id).order_by(Notification.id)
            return list(session.scalars(rows))

    def deliveries(self) -> list[PushDelivery]:
        """Return what was sent to which phone."""
        with self.services.database.transaction() as session:
            return list(session.scalars(select(PushDelivery).order_by(PushDelivery.id)))

    def rows(self, statement: str) -> list[Any]:
        """Ask the database."""
        with self.services.database.transaction() as session:
            return list(session.execute(text(statement)))


def filed(reporter: Actor, *, now: datetime, number: str | None = None) -> CaseFiled:
    """Return the event of a complaint that was filed."""
    return CaseFiled(
        event_id=uuid7(),
        occurred_at=now,
        subject_id=uuid7(),
        case_number="320682261124000001",
        owner_centre_id=uuid7(),
        reporter_person_id=reporter.person_id,
        reporter_number=number or new_number(),
    )


def new_case(centre_id: uuid.UUID, now: datetime, *, division_code: str = "320682") -> Case:
    """Return a case as it is when it was just filed."""
    return Case(
        id=uuid7(),
        number=f"C{next(_numbers):09d}",
        workflow_version=1,
        state="submitted",
        version=1,
        request_type="QZ",
        category_tree="12345",
        category_version="test",
        category_code="H030404",
        urgency="none",
        is_safety=False,
        division_code=division_code,
        owner_centre_id=centre_id,
        submitted_at=now,
        due_at=now,
        due_rule="test",
        due_is_provisional=False,
        due_exact_at=now,
        total_started_at=now,
        stage_started_at=now,
        next_due_at=now,
    )
