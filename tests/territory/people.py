"""Makes people who are signed in, by the product's own use cases."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from backend.identity.actor import PersonKind
from backend.identity.use_cases.people import OperatorAccount, add_operator, citizen_of
from backend.identity.use_cases.sessions import Device, Doors, begin_session
from backend.kernel.clock import Clock
from backend.kernel.ids import uuid7
from backend.organization.models import Centre, RoleBinding
from mobile_api.services import Services


@dataclass
class SignedIn:
    """Somebody's tokens."""

    person_id: uuid.UUID
    kind: PersonKind
    session_id: uuid.UUID
    access_token: str
    refresh_token: str


@dataclass
class People:
    """Where they are made."""

    services: Services
    clock: Clock

    def citizen(self, phone: str) -> SignedIn:
        """Return a new citizen, signed in."""
        with self.services.database.transaction() as session:
            person = citizen_of(session, sealer=self.services.sealer, phone=phone, now=self.clock.now())
            person_id = person.id
        return self.signed_in(person_id, PersonKind.CITIZEN)

    def operator(self, login_name: str, bound: Sequence[tuple[str, ...]]) -> SignedIn:
        """Return a new operator with these (role, centre code), signed in; a third names the unit of a unit's staff."""
        account = OperatorAccount(login_name=login_name, name="测试员", password_hash="unused")
        now = self.clock.now()
        with self.services.database.transaction() as session:
            person_id = add_operator(session, sealer=self.services.sealer, account=account, now=now)
            for role, centre, *unit in bound:
                centre_id = session.scalars(select(Centre.id).where(Centre.code == centre)).one()
                session.add(
                    RoleBinding(
                        id=uuid7(),
                        person_id=person_id,
                        role=role,
                        centre_id=centre_id,
                        unit_code=unit[0] if unit else None,
                        valid_from=now,
                    )
                )
        return self.signed_in(person_id, PersonKind.OPERATOR)

    def signed_in(self, person_id: uuid.UUID, kind: PersonKind) -> SignedIn:
        """Return the person with a new session."""
        doors = Doors(sealer=self.services.sealer, tokens=self.services.tokens)
        with self.services.database.transaction() as session:
            tokens = begin_session(
                session,
                doors=doors,
                person_id=person_id,
                kind=kind,
                device=Device(id="device-of-a-world"),
                now=self.clock.now(),
            )
        return SignedIn(person_id, kind, tokens.session_id, tokens.access_token, tokens.refresh_token)
