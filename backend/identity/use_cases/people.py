"""People come into being, and are disabled: a citizen by the first sign-in, an operator by an administrator."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.identity.actor import PersonKind
from backend.identity.errors import LoginNameInvalid, LoginNameTaken, PersonUnknown
from backend.identity.models import NAME_CONTEXT, PHONE_CONTEXT, DeviceSession, Person
from backend.identity.rules import LOGIN_NAME
from backend.infrastructure.crypto import Sealer
from backend.kernel.ids import uuid7

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAccount:
    """What an operator's account is made of. The password is hashed already."""

    login_name: str
    name: str = field(repr=False)
    password_hash: str = field(repr=False)


def citizen_of(session: Session, *, sealer: Sealer, phone: str, now: datetime) -> Person:
    """Return the citizen of an E.164 phone, made now if there is none. Two at once make one."""
    index = sealer.blind_index(phone)
    sealed = sealer.seal(phone, context=PHONE_CONTEXT)
    session.execute(
        insert(Person)
        .values(
            id=uuid7(),
            kind=PersonKind.CITIZEN.value,
            phone_sealed=sealed.ciphertext,
            phone_key_id=sealed.key_id,
            phone_blind_index=index,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Person.phone_blind_index])
    )
    # Locked: who is being erased at this moment is waited for, and then is not found: the next round makes a new one.
    known = select(Person).where(Person.phone_blind_index == index).with_for_update(key_share=True)
    person = session.scalars(known).one_or_none()
    return person if person is not None else citizen_of(session, sealer=sealer, phone=phone, now=now)


def add_operator(session: Session, *, sealer: Sealer, account: OperatorAccount, now: datetime) -> uuid.UUID:
    """Add an operator and return their id. Raises LoginNameInvalid or LoginNameTaken."""
    if LOGIN_NAME.fullmatch(account.login_name) is None:
        raise LoginNameInvalid
    name = sealer.seal(account.name, context=NAME_CONTEXT)
    added: uuid.UUID | None = session.scalar(
        insert(Person)
        .values(
            id=uuid7(),
            kind=PersonKind.OPERATOR.value,
            login_name=account.login_name,
            password_hash=account.password_hash,
            name_sealed=name.ciphertext,
            name_key_id=name.key_id,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=[Person.login_name])
        .returning(Person.id)
    )
    if added is None:
        raise LoginNameTaken
    log.info("operator added", extra={"person_id": str(added)})
    return added


def disable_person(session: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Disable a person and end all their sessions: the next call of any of them is refused (S4)."""
    disabled = session.scalar(
        update(Person)
        .where(Person.id == person_id, Person.disabled_at.is_(None))
        .values(disabled_at=now)
        .returning(Person.id)
    )
    if disabled is None and session.get(Person, person_id) is None:
        raise PersonUnknown
    session.execute(
        update(DeviceSession)
        .where(DeviceSession.person_id == person_id, DeviceSession.ended_at.is_(None))
        .values(ended_at=now, end_reason="person_disabled")
    )
    log.info("person disabled", extra={"person_id": str(person_id)})
