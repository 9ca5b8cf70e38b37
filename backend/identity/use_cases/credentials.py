"""What an administrator does for an operator who lost their password or their phone. Either ends all their sessions."""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from backend.identity.models import DeviceSession, Person, SecondFactor, SecondFactorChallenge
from backend.identity.queries import lock_person
from backend.infrastructure.passwords import PasswordHasher

log = logging.getLogger(__name__)

_PASSWORD_BYTES = 12


def random_password() -> str:
    """Return a password of 96 bits of chance."""
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def give_new_password(session: Session, *, passwords: PasswordHasher, person_id: uuid.UUID, now: datetime) -> str:
    """Give an operator a new random password and return it: it is known here and never again. Raises PasswordsBusy."""
    password = random_password()
    password_hash = passwords.hash(password)
    session.execute(update(Person).where(Person.id == person_id).values(password_hash=password_hash))
    ended = _begin_anew(session, person_id, now)
    log.warning("password set", extra={"person_id": str(person_id), "sessions_ended": ended})
    return password


def reset_second_factor(session: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Take an operator's second factor away: the next sign-in with the right password enrols a new one."""
    lock_person(session, person_id)
    session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    ended = _begin_anew(session, person_id, now)
    log.warning("second factor reset", extra={"person_id": str(person_id), "sessions_ended": ended})


def _begin_anew(session: Session, person_id: uuid.UUID, now: datetime) -> int:
    """Void what was proved by the old credentials; the person is locked. Return how many sessions that ended."""
    # Challenges first: a sign-in that holds one is waited for, and its session is then seen below.
    session.execute(
        update(SecondFactorChallenge)
        .where(SecondFactorChallenge.person_id == person_id, SecondFactorChallenge.used_at.is_(None))
        .values(used_at=now)
    )
    ended = session.scalars(
        update(DeviceSession)
        .where(DeviceSession.person_id == person_id, DeviceSession.ended_at.is_(None))
        .values(ended_at=now, end_reason="credentials_changed")
        .returning(DeviceSession.id)
    )
    return len(ended.all())
