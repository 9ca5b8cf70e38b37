"""People who call the API in tests: signed in by the product's own use cases, their requests by Flask's client."""

from __future__ import annotations

import itertools
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend.identity.actor import PersonKind
from backend.identity.use_cases.people import OperatorAccount, add_operator, citizen_of
from backend.identity.use_cases.sessions import Device, Doors, begin_session
from backend.infrastructure.database import Session
from backend.kernel.ids import uuid7
from backend.organization.models import Centre, RoleBinding
from mobile_api.services import Services

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

    def citizen(self) -> Caller:
        """Return a new citizen, signed in."""
        phone = f"+86{next(_phones)}"
        with self.services.database.transaction() as session:
            person = citizen_of(session, sealer=self.services.sealer, phone=phone, now=self.services.clock.now())
            token = self._token(session, person.id, PersonKind.CITIZEN)
        return Caller(self.client, token, person.id, phone)

    def operator(self, *bound: tuple[str, str]) -> Caller:
        """Return a new operator with these (role, centre code)."""
        now = self.services.clock.now()
        account = OperatorAccount(login_name=f"test.{next(_logins)}", name="测试员", password_hash="unused")
        with self.services.database.transaction() as session:
            person_id = add_operator(session, sealer=self.services.sealer, account=account, now=now)
            for role, centre in bound:
                centre_id = session.scalars(select(Centre.id).where(Centre.code == centre)).one()
                session.add(
                    RoleBinding(id=uuid7(), person_id=person_id, role=role, centre_id=centre_id, valid_from=now)
                )
            session.flush()
            token = self._token(session, person_id, PersonKind.OPERATOR)
        return Caller(self.client, token, person_id)

    def _token(self, session: Session, person_id: uuid.UUID, kind: PersonKind) -> str:
        doors = Doors(sealer=self.services.sealer, tokens=self.services.tokens)
        device = Device(id=f"device-{uuid.uuid4()}")
        now = self.services.clock.now()
        return begin_session(session, doors=doors, person_id=person_id, kind=kind, device=device, now=now).access_token
