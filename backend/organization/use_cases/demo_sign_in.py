"""A demo account signs in without its password: for development alone, where the accounts are invented anyway.

The routes that lead here exist in development and nowhere else (``mobile_api.app``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity.actor import PersonKind
from backend.identity.errors import PersonUnknown
from backend.identity.models import Person
from backend.identity.phones import mobile_number
from backend.identity.use_cases.people import citizen_of
from backend.identity.use_cases.sessions import Device, Doors, SignedIn, begin_session
from backend.organization.roles import ROLE_NAMES, Role
from backend.organization.use_cases.demo_people import DEMO_STAFF

DEMO_CITIZEN = "citizen"
# The number of the first calls in the README: what was filed there is found here.
DEMO_PHONE = "13800138000"
_NAMES = {DEMO_CITIZEN: "演示市民"} | {entry.login_name: entry.name for entry in DEMO_STAFF}
_ROLES = {DEMO_CITIZEN: (Role.REPORTER,)} | {entry.login_name: (entry.role, *entry.more_roles) for entry in DEMO_STAFF}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoChoice:
    """A demo account to choose: what it signs in by, its name, and the names of its roles."""

    login: str
    name: str
    roles: tuple[str, ...]


def demo_choices(session: Session) -> Sequence[DemoChoice]:
    """Return the demo accounts that are there, the citizen first; none where no demo was loaded."""
    there = set(
        session.scalars(
            select(Person.login_name).where(
                Person.kind == PersonKind.OPERATOR, Person.login_name.in_(_NAMES), Person.disabled_at.is_(None)
            )
        )
    )
    if not there:
        return ()
    return [
        DemoChoice(login=login, name=name, roles=tuple(ROLE_NAMES[role] for role in _ROLES[login]))
        for login, name in _NAMES.items()
        if login == DEMO_CITIZEN or login in there
    ]


def sign_in_demo(session: Session, *, doors: Doors, login: str, device: Device, now: datetime) -> SignedIn:
    """Begin a session of a demo account. Raises PersonUnknown for any other."""
    if login not in {choice.login for choice in demo_choices(session)}:
        raise PersonUnknown
    person = _citizen(session, doors, now) if login == DEMO_CITIZEN else _operator(session, login)
    if person.disabled_at is not None:
        raise PersonUnknown
    return begin_session(
        session, doors=doors, person_id=person.id, kind=PersonKind(person.kind), device=device, now=now
    )


def _citizen(session: Session, doors: Doors, now: datetime) -> Person:
    return citizen_of(session, sealer=doors.sealer, phone=mobile_number(DEMO_PHONE), now=now)


def _operator(session: Session, login: str) -> Person:
    return session.scalars(select(Person).where(Person.login_name == login)).one()
