"""A small city for tests that call every operation: people of six roles, and the things they have."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from backend.cases.ledger import open_text
from backend.cases.models import CaseReveal, CaseText
from backend.identity.models import DeviceSession
from backend.infrastructure.crypto import Sealed
from backend.infrastructure.fakes.sms_mailbox import SmsMailbox
from backend.kernel.ids import uuid7
from backend.notifications.models import Notification, PushDevice
from backend.organization.use_cases.staff import StaffEntry, add_staff
from mobile_api.services import Services
from tests.callers import Caller, Callers
from tests.complaint_bodies import CITY, RUGAO, complaint

TOWN = "320682001"
# 路灯: handled by the county. 工地: handled by the town. Both may be withdrawn.
COUNTY_CATEGORY = {"tree": "12345", "code": "H030402"}
TOWN_CATEGORY = {"tree": "CJT214-部件", "code": "0602"}
_phones = itertools.count(13_900_000_000)
_logins = itertools.count(1)
_addresses = itertools.count(1)


class Role(StrEnum):
    """Whose token a call carries."""

    CITIZEN = "citizen"
    ACCEPTOR = "acceptor"  # of a county's centre
    TOWN_ACCEPTOR = "town acceptor"
    AUDITOR = "auditor"
    LIAISON = "liaison"  # of the unit that has the street lamps of the county
    GRID_WORKER = "grid worker"  # of the county


_BOUND = {
    Role.ACCEPTOR: ("acceptor", RUGAO),
    Role.TOWN_ACCEPTOR: ("acceptor", TOWN),
    Role.AUDITOR: ("auditor", CITY),
    Role.LIAISON: ("liaison", RUGAO, "YLJ"),
    Role.GRID_WORKER: ("grid_worker", RUGAO),
}


@dataclass
class World:
    """People and things, made when first asked for."""

    callers: Callers
    _people: dict[Role, Caller] = field(default_factory=dict)
    _filed: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def services(self) -> Services:
        """The doors of the application."""
        return self.callers.services

    def new(self, role: Role) -> Caller:
        """Return somebody new of a role, signed in."""
        caller = self.callers.citizen() if role is Role.CITIZEN else self.callers.operator(_BOUND[role])
        # An address of their own: the traffic of a whole test is more than one address may send.
        caller.client.environ_base["REMOTE_ADDR"] = new_address()
        return caller

    def somebody(self, role: Role) -> Caller:
        """Return the same person of a role again; another citizen in time, as each may file some thirty times a day."""
        if role not in self._people or (role is Role.CITIZEN and next(self._filed) % 25 == 0):
            self._people[role] = self.new(role)
        return self._people[role]

    def complaint(self, citizen: Caller, *, in_town: bool = False) -> dict[str, str]:
        """File a complaint that can be withdrawn. Returns its receipt."""
        category, division = (TOWN_CATEGORY, TOWN) if in_town else (COUNTY_CATEGORY, RUGAO)
        answer = citizen.post("/complaints", complaint(category=category, division=division))
        assert answer.status_code == 201, answer.json
        return answer.json

    def case_number(self, role: Role) -> str:
        """File a case that the role sees, and return its number."""
        return self.complaint(self.new(Role.CITIZEN), in_town=role is Role.TOWN_ACCEPTOR)["case_number"]

    def move(self, case_number: str, body: dict[str, Any]) -> None:
        """Make the first move of a case, as the county's acceptor."""
        answer = self.somebody(Role.ACCEPTOR).post(f"/cases/{case_number}/moves", body, if_match='"v1"')
        assert answer.status_code == 201, answer.json

    def notification(self, person: Caller) -> str:
        """Put a message in somebody's inbox, and return its id."""
        row = Notification(
            id=uuid7(),
            person_id=person.person_id,
            event_id=uuid7(),
            kind="case_filed",
            number="NT261125000042K",
            case_number="AJ261125000042P",
            title="诉求已提交",
            body="您的诉求已提交。",
            push_body="您有一条新消息。",
            created_at=self.services.clock.now(),
        )
        with self.services.database.transaction() as session:
            session.add(row)
        return str(row.id)

    def hired(self) -> tuple[str, str]:
        """Hire an operator. Returns login name and password."""
        entry = StaffEntry(login_name=f"maker.{next(_logins)}", name="李四", role="acceptor", centre_code=RUGAO)
        with self.services.database.transaction() as session:
            account = add_staff(
                session,
                sealer=self.services.sealer,
                passwords=self.services.passwords,
                entry=entry,
                now=self.services.clock.now(),
            )
        return account.login_name, account.password

    def code_of(self, phone: str) -> str:
        """Read the newest code that was sent to a phone."""
        mailbox = self.services.settings.sms_mailbox
        assert mailbox is not None
        found = re.search(r"\d{6}", SmsMailbox(mailbox).last(f"+86{phone}") or "")
        assert found is not None
        return found[0]

    def stored_texts(self) -> set[str]:
        """Return every text that people typed, as the database holds it, opened."""
        sealer = self.services.sealer
        with self.services.database.transaction() as session:
            texts = {open_text(row, sealer) for row in session.scalars(select(CaseText))}
            for name in session.scalars(select(DeviceSession).where(DeviceSession.device_name_sealed.is_not(None))):
                sealed = Sealed(name.device_name_key_id, name.device_name_sealed)
                texts.add(sealer.open(sealed, context="device_session.device_name"))
            texts |= set(session.scalars(select(PushDevice.app_version)))
            for reveal in session.scalars(select(CaseReveal)):
                sealed = Sealed(reveal.reason_key_id, reveal.reason_sealed)
                texts.add(sealer.open(sealed, context=f"case_reveal.reason:{reveal.id}"))
        return {text for text in texts if text is not None}


def new_phone() -> str:
    """Return a number that nobody has yet."""
    return str(next(_phones))


def new_address() -> str:
    """Return an address that nothing was sent from yet, of the block for tests of networks."""
    number = next(_addresses)
    return f"198.18.{number // 250 % 256}.{number % 250 + 1}"


def new_device() -> str:
    """Return the id of a device that nobody has yet."""
    return f"device-{uuid.uuid4()}"
