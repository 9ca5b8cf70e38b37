"""What is read of people, masked: nobody needs the whole of a number to know it again (S36)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.identity.actor import PersonKind
from backend.identity.errors import PersonUnknown
from backend.identity.models import NAME_CONTEXT, PHONE_CONTEXT, Person
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


def lock_person(session: Session, person_id: uuid.UUID) -> None:
    """Hold a person's row to the end of the transaction, so that what is counted for them is counted one by one.

    Rows that point to the person may still be written meanwhile: the lock leaves the key alone.
    """
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


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
