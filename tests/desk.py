"""People and a filing for tests of use cases, without HTTP."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from backend.cases.filing import Channel, Filing, IdentityShown, Place
from backend.identity.actor import Actor, Binding, PersonKind
from backend.identity.use_cases.people import OperatorAccount, add_operator, citizen_of
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Session
from backend.kernel.geography import CoordinateSystem
from backend.organization.models import Centre
from backend.organization.roles import GRANTS, Role
from tests.agreeing import agree_to_location

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
_phones = itertools.count(13_700_000_000)
_logins = itertools.count(1)


def citizen_in(session: Session, sealer: Sealer) -> uuid.UUID:
    """Return a new citizen, who has agreed that positions are kept."""
    person_id = citizen_of(session, sealer=sealer, phone=f"+86{next(_phones)}", now=NOW).id
    agree_to_location(session, person_id, now=NOW)
    return person_id


def reporter_of(person_id: uuid.UUID) -> Actor:
    """Return a citizen, as the request's edge would build them."""
    return Actor(
        person_id=person_id,
        session_id=uuid.uuid4(),
        kind=PersonKind.CITIZEN,
        own_role=Role.REPORTER,
        own_permissions=GRANTS[Role.REPORTER],
    )


def acceptor_at(session: Session, centre_code: str, sealer: Sealer) -> Actor:
    """Return an acceptor of a centre, as the request's edge would build them."""
    account = OperatorAccount(login_name=f"desk.{next(_logins)}", name="测试员", password_hash="unused")
    person_id = add_operator(session, sealer=sealer, account=account, now=NOW)
    centre = session.scalars(select(Centre).where(Centre.code == centre_code)).one()
    binding = Binding(
        role=Role.ACCEPTOR, centre_id=centre.id, centre_path=centre.path, permissions=GRANTS[Role.ACCEPTOR]
    )
    return Actor(
        person_id=person_id,
        session_id=uuid.uuid4(),
        kind=PersonKind.OPERATOR,
        own_role=None,
        own_permissions=frozenset(),
        bindings=(binding,),
    )


def filing_by(person_id: uuid.UUID, **changes: Any) -> Filing:
    """Return a filing about a broken street lamp in 如皋市, with these fields changed."""
    values: dict[str, Any] = {
        "person_id": person_id,
        "channel": Channel.APP,
        "request_type": "QZ",
        "category_tree": "12345",
        "category_code": "H030402",
        "division_code": "320682",
        "identity_shown": IdentityShown.NAMED,
        "place": Place(longitude=120.5734, latitude=32.3708, system=CoordinateSystem.WGS84),
        "texts": {"title": "路灯不亮", "description": "晚上看不见路。", "address": "海阳路 8 号"},
    }
    return Filing(**values | changes)
