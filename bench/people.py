"""Who acts in a bench: citizens who are signed in and agreed that positions are kept, and the demo desks.

Their sessions are rows as a sign-in leaves them; tokens are signed anew for each act, since they live ten minutes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from backend.consents.models import ConsentRecord, ConsentText
from backend.identity.actor import PersonKind
from backend.identity.models import PHONE_CONTEXT, DeviceSession, Person
from backend.identity.queries import operator_id
from backend.identity.rules import SESSION_LIVES
from backend.identity.use_cases.sessions import Device, Doors, begin_session
from backend.infrastructure.database import Session
from backend.infrastructure.settings import load_settings
from backend.kernel.ids import uuid7
from bench.installation import Installation
from mobile_api.composition import open_services
from mobile_api.services import Services

# So many that none comes near the daily quota of complaints, which is left as it is (30 in 24 hours).
CITIZENS = 2_000
_FIRST_PHONE = 13_900_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person and one of their sessions."""

    person_id: uuid.UUID
    session_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A running installation, its doors, and who lives there."""

    installation: Installation
    services: Services
    citizens: Sequence[SignedIn]

    def token_of(self, somebody: SignedIn) -> str:
        """Return an access token that is good for ten minutes."""
        now = self.services.clock.now()
        return self.services.tokens.issue_access(somebody.person_id, somebody.session_id, now)

    def operator(self, login_name: str) -> SignedIn:
        """Begin a session of a demo account."""
        services, now = self.services, self.services.clock.now()
        with services.database.transaction() as session:
            person_id = operator_id(session, login_name)
            begun = begin_session(
                session,
                doors=Doors(sealer=services.sealer, tokens=services.tokens),
                person_id=person_id,
                kind=PersonKind.OPERATOR,
                device=Device(id=f"bench-{uuid.uuid4()}"),
                now=now,
            )
        return SignedIn(person_id=person_id, session_id=begun.session_id)


def people_of(installation: Installation, *, citizens: int = CITIZENS) -> World:
    """Open the installation's doors and let citizens move in."""
    services = open_services(load_settings(installation.settings()))
    now = services.clock.now()
    with services.database.transaction() as session:
        people = [_person(services, number, now) for number in range(citizens)]
        sessions = [_session(person["id"], now) for person in people]
        session.execute(insert(Person), people)
        session.execute(insert(DeviceSession), sessions)
        session.execute(insert(ConsentRecord), _consents(session, people, now))
    moved_in = [SignedIn(person_id=row["person_id"], session_id=row["id"]) for row in sessions]
    return World(installation=installation, services=services, citizens=moved_in)


def _person(services: Services, number: int, now: datetime) -> dict[str, Any]:
    phone = f"+86{_FIRST_PHONE + number}"
    sealed = services.sealer.seal(phone, context=PHONE_CONTEXT)
    return {
        "id": uuid7(),
        "kind": PersonKind.CITIZEN.value,
        "phone_sealed": sealed.ciphertext,
        "phone_key_id": sealed.key_id,
        "phone_blind_index": services.sealer.blind_index(phone),
        "created_at": now,
    }


def _session(person_id: uuid.UUID, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "person_id": person_id,
        "device_id": f"phone-{person_id}",
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + SESSION_LIVES[PersonKind.CITIZEN].absolute,
    }


def _consents(session: Session, people: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    text = session.scalars(select(ConsentText).where(ConsentText.purpose == "precise_location")).one()
    return [
        {
            "id": uuid7(),
            "person_id": person["id"],
            "purpose": text.purpose,
            "version": text.version,
            "text_hash": text.text_hash,
            "is_given": True,
            "channel": "app",
            "recorded_at": now,
        }
        for person in people
    ]
