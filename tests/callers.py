"""People who call the API in tests: signed in by the product's own use cases, their requests by Flask's client."""

from __future__ import annotations

import itertools
import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from backend.identity.actor import PersonKind
from backend.identity.use_cases.people import OperatorAccount, add_operator, citizen_of
from backend.identity.use_cases.sessions import Device, Doors, SignedIn, begin_session
from backend.infrastructure.database import Session
from backend.kernel.ids import uuid7
from backend.organization.models import Centre, RoleBinding
from mobile_api.services import Services
from tests.agreeing import agree_to_location

API = "/api/v1"
_phones = itertools.count(13_800_000_000)
_logins = itertools.count(1)


@dataclass
class Caller:
    """Somebody who is signed in, or nobody where the token is None."""

    client: FlaskClient
    token: str | None = None
    person_id: uuid.UUID | None = None
    phone: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read."""
        return self.client.get(API + path, query_string=query, headers=self._headers())

    def post(self, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> TestResponse:
        """Write with a fresh Idempotency-Key, the given one, or none (None). ``if_match`` becomes If-Match."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            more["Idempotency-Key"] = key or str(uuid.uuid4())
        # By the standard library, as any app would: orjson refuses to write some of what a test must send.
        raw = json.dumps(body)
        return self.client.post(API + path, data=raw, content_type="application/json", headers=self._headers() | more)

    def delete(self, path: str) -> TestResponse:
        """Remove."""
        return self.client.delete(API + path, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        signed = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.headers | signed


@dataclass
class Callers:
    """Makes callers."""

    client: FlaskClient
    services: Services

    def nobody(self) -> Caller:
        """Return a caller who is not signed in."""
        return Caller(self.client)

    def citizen(self, *, agrees: bool = True) -> Caller:
        """Return a new citizen, signed in, who has agreed that positions are kept."""
        phone = f"+86{next(_phones)}"
        with self.services.database.transaction() as session:
            person = citizen_of(session, sealer=self.services.sealer, phone=phone, now=self.services.clock.now())
            token = self._token(session, person.id, PersonKind.CITIZEN)
            if agrees:
                agree_to_location(session, person.id, now=self.services.clock.now())
        return Caller(self.client, token, person.id, phone)

    def refresh_token_of_a_citizen(self) -> str:
        """Return the refresh token of a new citizen's first session."""
        now = self.services.clock.now()
        with self.services.database.transaction() as session:
            person = citizen_of(session, sealer=self.services.sealer, phone=f"+86{next(_phones)}", now=now)
            return self._begin(session, person.id, PersonKind.CITIZEN).refresh_token

    def again(self, citizen: Caller) -> Caller:
        """Return the same citizen, signed in now: an access token does not outlive ten minutes."""
        assert citizen.person_id is not None
        with self.services.database.transaction() as session:
            token = self._token(session, citizen.person_id, PersonKind.CITIZEN)
        return Caller(self.client, token, citizen.person_id, citizen.phone)

    def operator(self, *bound: tuple[str, ...]) -> Caller:
        """Return a new operator with these (role, centre code); a third names the unit of a unit's staff."""
        now = self.services.clock.now()
        account = OperatorAccount(login_name=f"test.{next(_logins)}", name="测试员", password_hash="unused")
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
            session.flush()
            token = self._token(session, person_id, PersonKind.OPERATOR)
        return Caller(self.client, token, person_id)

    def leave_unit(self, caller: Caller) -> None:
        """End the roles in units of somebody, a moment after they began; those of desks and verifiers go on."""
        ended = update(RoleBinding).values(valid_to=RoleBinding.valid_from + timedelta(microseconds=1))
        with self.services.database.transaction() as session:
            session.execute(ended.where(RoleBinding.person_id == caller.person_id, RoleBinding.unit_code.is_not(None)))

    def _token(self, session: Session, person_id: uuid.UUID, kind: PersonKind) -> str:
        return self._begin(session, person_id, kind).access_token

    def _begin(self, session: Session, person_id: uuid.UUID, kind: PersonKind) -> SignedIn:
        doors = Doors(sealer=self.services.sealer, tokens=self.services.tokens)
        device = Device(id=f"device-{uuid.uuid4()}")
        now = self.services.clock.now()
        return begin_session(session, doors=doors, person_id=person_id, kind=kind, device=device, now=now)
