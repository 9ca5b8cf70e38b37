"""Operators and the centres they work at; and a handful of demo accounts of the real city."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import column, select, table
from sqlalchemy.orm import Session

from backend.identity.models import Person
from backend.identity.use_cases.people import OperatorAccount, add_operator
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.passwords import PasswordHasher
from backend.kernel.ids import uuid7
from backend.organization.errors import CentreUnknown
from backend.organization.models.bindings import RoleBinding
from backend.organization.roles import Role

log = logging.getLogger(__name__)

_PASSWORD_BYTES = 12
_centre = table("centre", column("id"), column("code"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEntry:
    """A person to be added: login name, name, and the role at which centre."""

    login_name: str
    name: str = field(repr=False)
    role: Role
    centre_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account just made. The password is known here and nowhere else, and never again."""

    login_name: str
    role: Role
    centre_code: str
    password: str = field(repr=False)


DEMO_STAFF = (
    StaffEntry(login_name="rugao.acceptor", name="演示如皋受理员", role=Role.ACCEPTOR, centre_code="320682"),
    StaffEntry(login_name="haian.acceptor", name="演示海安受理员", role=Role.ACCEPTOR, centre_code="320685"),
    StaffEntry(login_name="city.leader", name="演示市值班长", role=Role.DUTY_LEADER, centre_code="320600"),
    StaffEntry(login_name="city.auditor", name="演示审计员", role=Role.AUDITOR, centre_code="320600"),
)


def add_staff(
    session: Session, *, sealer: Sealer, passwords: PasswordHasher, entry: StaffEntry, now: datetime
) -> NewAccount:
    """Add an operator with one role and a random password. Raises CentreUnknown, LoginNameTaken, LoginNameInvalid."""
    centre_id = session.scalar(select(_centre.c.id).where(_centre.c.code == entry.centre_code))
    if centre_id is None:
        raise CentreUnknown
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    account = OperatorAccount(login_name=entry.login_name, name=entry.name, password_hash=passwords.hash(password))
    person_id = add_operator(session, sealer=sealer, account=account, now=now)
    session.add(RoleBinding(id=uuid7(), person_id=person_id, role=entry.role, centre_id=centre_id, valid_from=now))
    log.info("role bound", extra={"person_id": str(person_id), "role": entry.role, "centre": entry.centre_code})
    return NewAccount(login_name=entry.login_name, role=entry.role, centre_code=entry.centre_code, password=password)


def add_demo_people(
    session: Session, *, sealer: Sealer, passwords: PasswordHasher, now: datetime
) -> Sequence[NewAccount]:
    """Add the demo accounts that are not there yet and return those; a second run returns none."""
    logins = [entry.login_name for entry in DEMO_STAFF]
    there = set(session.scalars(select(Person.login_name).where(Person.login_name.in_(logins))))
    return [
        add_staff(session, sealer=sealer, passwords=passwords, entry=entry, now=now)
        for entry in DEMO_STAFF
        if entry.login_name not in there
    ]
