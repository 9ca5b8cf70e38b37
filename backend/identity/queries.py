"""What is read of people, masked: nobody needs the whole of a number to know it again (S36)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from backend.identity.actor import Actor, PersonKind
from backend.identity.errors import PersonGone, PersonUnknown
from backend.identity.models import (
    DEVICE_NAME_CONTEXT,
    NAME_CONTEXT,
    PHONE_CONTEXT,
    DeviceSession,
    Person,
    RefreshToken,
)
from backend.identity.rules import masked_name, masked_phone
from backend.infrastructure.crypto import Sealed, Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person as anyone may be shown them: masked."""

    id: uuid.UUID
    kind: PersonKind
    login_name: str | None
    phone: str | None = field(repr=False)
    name: str | None = field(repr=False)
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInDevice:
    """A living session as its person sees it. ``last_seen_at`` is its newest refresh, or its beginning."""

    id: uuid.UUID
    device_name: str | None = field(repr=False)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


def profile_of(session: Session, *, sealer: Sealer, person_id: uuid.UUID) -> Profile:
    """Return the masked profile of a person. Raises PersonUnknown."""
    person = session.get(Person, person_id)
    if person is None:
        raise PersonUnknown
    return _profile(person, sealer)


def profiles_of(session: Session, *, sealer: Sealer, person_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Profile]:
    """Return the masked profiles of these people by id, in one statement; none for an empty list."""
    if not person_ids:
        return {}
    rows = session.scalars(select(Person).where(Person.id.in_(person_ids)))
    return {person.id: _profile(person, sealer) for person in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a person is called and reached, in full. Whoever asks for it records that it was asked for."""

    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


def contacts_of(session: Session, *, sealer: Sealer, person_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Contact]:
    """Return the contacts of these people by id, in one statement; none for an empty list."""
    if not person_ids:
        return {}
    rows = session.scalars(select(Person).where(Person.id.in_(person_ids)))
    return {
        row.id: Contact(
            name=_opened(sealer, row.name_key_id, row.name_sealed, NAME_CONTEXT),
            phone=_opened(sealer, row.phone_key_id, row.phone_sealed, PHONE_CONTEXT),
        )
        for row in rows
    }


def lock_person(session: Session, person_id: uuid.UUID) -> None:
    """Hold a person's row to the end of the transaction, so that what is counted for them is counted one by one.

    Rows that point to the person may still be written meanwhile: the lock leaves the key alone. Raises PersonGone for
    whoever was disabled or erased since they were let in: nothing of theirs may be written any more.
    """
    living = select(Person.id).where(Person.id == person_id, Person.disabled_at.is_(None))
    if session.scalar(living.with_for_update(key_share=True)) is None:
        raise PersonGone


def operators(session: Session, *, sealer: Sealer) -> Sequence[Profile]:
    """Return the masked profiles of all operators, by login name."""
    rows = session.scalars(select(Person).where(Person.kind == PersonKind.OPERATOR).order_by(Person.login_name))
    return [_profile(person, sealer) for person in rows]


def operator_id(session: Session, login_name: str) -> uuid.UUID:
    """Return the id of the operator with this login name. Raises PersonUnknown."""
    found = session.scalar(select(Person.id).where(Person.login_name == login_name))
    if found is None:
        raise PersonUnknown
    return found


def is_living(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a session can still go on: neither ended nor over, its newest token not too old."""
    has_live_token = exists().where(
        RefreshToken.session_id == DeviceSession.id, RefreshToken.used_at.is_(None), RefreshToken.expires_at > now
    )
    return and_(DeviceSession.ended_at.is_(None), DeviceSession.expires_at > now, has_live_token)


def sessions_of(session: Session, *, sealer: Sealer, actor: Actor, now: datetime) -> Sequence[SignedInDevice]:
    """Return the living sessions of the actor, the newest first."""
    rows = session.scalars(
        select(DeviceSession)
        .where(DeviceSession.person_id == actor.person_id, is_living(now))
        .order_by(DeviceSession.created_at.desc(), DeviceSession.id.desc())
    )
    return [
        SignedInDevice(
            id=row.id,
            device_name=_opened(sealer, row.device_name_key_id, row.device_name_sealed, DEVICE_NAME_CONTEXT),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            is_current=row.id == actor.session_id,
        )
        for row in rows
    ]


def _profile(person: Person, sealer: Sealer) -> Profile:
    phone = _opened(sealer, person.phone_key_id, person.phone_sealed, PHONE_CONTEXT)
    name = _opened(sealer, person.name_key_id, person.name_sealed, NAME_CONTEXT)
    return Profile(
        id=person.id,
        kind=PersonKind(person.kind),
        login_name=person.login_name,
        phone=masked_phone(phone) if phone else None,
        name=masked_name(name) if name else None,
        disabled_at=person.disabled_at,
    )


def _opened(sealer: Sealer, key_id: str | None, ciphertext: bytes | None, context: str) -> str | None:
    if key_id is None or ciphertext is None:
        return None
    return sealer.open(Sealed(key_id, ciphertext), context=context)
