"""A handful of demo accounts of the real city, for development: enough to bring a case from its filing to its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity.models import Person
from backend.identity.use_cases.second_factors import enrol_at_once
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.passwords import PasswordHasher
from backend.organization.roles import Role
from backend.organization.use_cases.staff import NewAccount, StaffEntry, add_staff

_DESK_ROLES = (Role.DISPATCHER, Role.REVIEWER, Role.CALLBACK_AGENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccount:
    """A demo account and the secret of its second factor, to be put into an authenticator app."""

    account: NewAccount
    secret: str = field(repr=False)


DEMO_STAFF = (
    StaffEntry(login_name="rugao.acceptor", name="演示如皋受理员", role=Role.ACCEPTOR, centre_code="320682"),
    StaffEntry(login_name="haian.acceptor", name="演示海安受理员", role=Role.ACCEPTOR, centre_code="320685"),
    # Two of the county seat, of different streets: who verifies a case is never of the unit that handled it.
    StaffEntry(
        login_name="rugao.grid",
        name="演示如城网格员",
        role=Role.GRID_WORKER,
        centre_code="320682001",
        cell_code="320682001001-S1",
    ),
    StaffEntry(
        login_name="rugao.grid2",
        name="演示城南网格员",
        role=Role.GRID_WORKER,
        centre_code="320682003",
        cell_code="320682401001-S1",
    ),
    StaffEntry(login_name="city.leader", name="演示市值班长", role=Role.DUTY_LEADER, centre_code="320600"),
    StaffEntry(login_name="city.auditor", name="演示审计员", role=Role.AUDITOR, centre_code="320600"),
    # Looks at what a grid worker of a town found themselves.
    StaffEntry(login_name="rugao.supervisor", name="演示如皋监督员", role=Role.SUPERVISOR, centre_code="320682"),
    # Who brings a case through: two desks, and two units of the county. One person does here what many do there.
    StaffEntry(
        login_name="rugao.desk",
        name="演示如皋值守席",
        role=Role.ACCEPTOR,
        more_roles=_DESK_ROLES,
        centre_code="320682",
    ),
    StaffEntry(
        login_name="rucheng.desk",
        name="演示如城值守席",
        role=Role.ACCEPTOR,
        more_roles=_DESK_ROLES,
        centre_code="320682001",
    ),
    StaffEntry(
        login_name="rugao.ylj",
        name="演示如皋市政经办人",
        role=Role.LIAISON,
        more_roles=(Role.HANDLER,),
        centre_code="320682",
        unit_code="YLJ",
    ),
    StaffEntry(
        login_name="rugao.cgj",
        name="演示如皋城管经办人",
        role=Role.LIAISON,
        more_roles=(Role.HANDLER,),
        centre_code="320682",
        unit_code="CGJ",
    ),
)


def add_demo_people(
    session: Session, *, sealer: Sealer, passwords: PasswordHasher, now: datetime
) -> Sequence[DemoAccount]:
    """Add the demo accounts that are not there yet and return those; a second run returns none."""
    logins = [entry.login_name for entry in DEMO_STAFF]
    there = set(session.scalars(select(Person.login_name).where(Person.login_name.in_(logins))))
    added = []
    for entry in DEMO_STAFF:
        if entry.login_name not in there:
            account = add_staff(session, sealer=sealer, passwords=passwords, entry=entry, now=now)
            secret = enrol_at_once(session, sealer=sealer, person_id=account.person_id, now=now)
            added.append(DemoAccount(account=account, secret=secret))
    return added
