"""The second factor of operators: proved by a code before it counts, and each code taken once."""

from __future__ import annotations

import logging
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.identity import statements
from backend.identity.models import SECOND_FACTOR_CONTEXT, Person, SecondFactor
from backend.identity.rules import SECOND_FACTOR_STEPS_OFF
from backend.infrastructure.crypto import Sealed, Sealer
from backend.infrastructure.one_time_codes import (
    SECRET_BYTES,
    STEP_S,
    code_at,
    read_secret,
    spelled,
    step_at,
    step_of,
)

log = logging.getLogger(__name__)

_NOBODY = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCode:
    """A code and in how many seconds it will be taken."""

    code: str = field(repr=False)
    wait_s: int


def pending_secret(sealer: Sealer, challenge: str) -> bytes:
    """Return the secret that an enrolment is offered: derived from its challenge, so that nobody has to keep it."""
    return sealer.keyed_digest(challenge, purpose="second-factor-secret")[:SECRET_BYTES]


def enrol(session: Session, *, sealer: Sealer, person_id: uuid.UUID, secret: bytes, code: str, now: datetime) -> bool:
    """Give a person the second factor that the code proves; False when it does not, or there is one already."""
    step = step_of(secret, code, among=_steps_around(now))
    is_disabled = session.scalar(select(Person.disabled_at).where(Person.id == person_id)) is not None
    if step is None or is_disabled:
        return False
    return _add(session, sealer, person_id, secret, step, now)


def enrol_at_once(session: Session, *, sealer: Sealer, person_id: uuid.UUID, now: datetime) -> str:
    """Give a new account of a demonstration a second factor and return its secret, spelled."""
    secret = secrets.token_bytes(SECRET_BYTES)
    _add(session, sealer, person_id, secret, step_at(now) - SECOND_FACTOR_STEPS_OFF - 1, now)
    return spelled(secret)


def is_right_code(session: Session, *, sealer: Sealer, person_id: uuid.UUID | None, code: str, now: datetime) -> bool:
    """Tell whether the code is the person's and new, and spend it. Nobody's code is computed like somebody's (S6)."""
    factor = session.scalar(
        select(SecondFactor)
        .join(Person, Person.id == SecondFactor.person_id)
        .where(SecondFactor.person_id == (person_id or _NOBODY), Person.disabled_at.is_(None))
    )
    secret = _secret_of(factor, sealer) if factor else bytes(SECRET_BYTES)
    step = step_of(secret, code, among=_steps_around(now))
    return (
        factor is not None
        and step is not None
        and statements.spend_step(session, person_id=factor.person_id, step=step)
    )


def next_code(session: Session, *, sealer: Sealer, person_id: uuid.UUID, now: datetime) -> NextCode | None:
    """Return the next code of a person that will be taken; None without a second factor. For development alone."""
    factor = session.get(SecondFactor, person_id)
    if factor is None:
        return None
    step = max(step_at(now), factor.last_step + 1)
    wait_s = (step - SECOND_FACTOR_STEPS_OFF) * STEP_S - int(now.timestamp())
    return NextCode(code=code_at(_secret_of(factor, sealer), step), wait_s=max(0, wait_s))


def _add(session: Session, sealer: Sealer, person_id: uuid.UUID, secret: bytes, step: int, now: datetime) -> bool:
    sealed = sealer.seal(spelled(secret), context=SECOND_FACTOR_CONTEXT.format(person_id))
    added = session.scalar(
        insert(SecondFactor)
        .values(
            person_id=person_id,
            secret_sealed=sealed.ciphertext,
            secret_key_id=sealed.key_id,
            last_step=step,
            enrolled_at=now,
        )
        # Of two enrolments at once the first one counts; the second has proved a secret that is nobody's.
        .on_conflict_do_nothing(index_elements=[SecondFactor.person_id])
        .returning(SecondFactor.person_id)
    )
    if added is not None:
        log.info("second factor enrolled", extra={"person_id": str(person_id)})
    return added is not None


def _steps_around(now: datetime) -> range:
    return range(step_at(now) - SECOND_FACTOR_STEPS_OFF, step_at(now) + SECOND_FACTOR_STEPS_OFF + 1)


def _secret_of(factor: SecondFactor, sealer: Sealer) -> bytes:
    sealed = Sealed(factor.secret_key_id, factor.secret_sealed)
    return read_secret(sealer.open(sealed, context=SECOND_FACTOR_CONTEXT.format(factor.person_id)))
