"""Operators and the centres, or units, that they work at."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, column, exists, select, table
from sqlalchemy.orm import Session

from backend.identity.use_cases.credentials import random_password
from backend.identity.use_cases.people import OperatorAccount, add_operator
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.passwords import PasswordHasher
from backend.kernel.ids import uuid7
from backend.organization.errors import CentreUnknown, UnitUnknown
from backend.organization.models import Unit
from backend.organization.models.bindings import RoleBinding
from backend.organization.roles import Role
from backend.organization.use_cases.grid_workers import serve_cell

log = logging.getLogger(__name__)

_centre = table("centre", column("id"), column("code"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEntry:
    """A person to be added: login name, name, and the role at which centre.

    ``unit_code``: it is a role in that unit, where it stands beside the centre. ``more_roles`` are held at the same
    place. ``cell_code``: the cell that a grid worker serves.
    """

    login_name: str
    name: str = field(repr=False)
    role: Role
    centre_code: str
    unit_code: str | None = None
    more_roles: tuple[Role, ...] = ()
    cell_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account just made. The password is known here and nowhere else, and never again."""

    person_id: uuid.UUID
    login_name: str
    role: Role
    centre_code: str
    password: str = field(repr=False)


def add_staff(
    session: Session, *, sealer: Sealer, passwords: PasswordHasher, entry: StaffEntry, now: datetime
) -> NewAccount:
    """Add an operator with a random password.

    Raises CentreUnknown, UnitUnknown, CellUnknown, LoginNameTaken, LoginNameInvalid.
    """
    centre_id = session.scalar(select(_centre.c.id).where(_centre.c.code == entry.centre_code))
    if centre_id is None:
        raise CentreUnknown
    if entry.unit_code is not None and not session.scalar(select(_is_active(entry.unit_code))):
        raise UnitUnknown
    password = random_password()
    account = OperatorAccount(login_name=entry.login_name, name=entry.name, password_hash=passwords.hash(password))
    person_id = add_operator(session, sealer=sealer, account=account, now=now)
    session.add_all(
        RoleBinding(
            id=uuid7(),
            person_id=person_id,
            role=role,
            centre_id=centre_id,
            unit_code=entry.unit_code,
            valid_from=now,
        )
        for role in (entry.role, *entry.more_roles)
    )
    if entry.cell_code is not None:
        serve_cell(session, person_id=person_id, cell_code=entry.cell_code, now=now)
    log.info("role bound", extra={"person_id": str(person_id), "role": entry.role, "centre": entry.centre_code})
    return NewAccount(
        person_id=person_id,
        login_name=entry.login_name,
        role=entry.role,
        centre_code=entry.centre_code,
        password=password,
    )


def _is_active(unit_code: str) -> ColumnElement[bool]:
    return exists().where(Unit.code == unit_code, Unit.valid_to.is_(None))
