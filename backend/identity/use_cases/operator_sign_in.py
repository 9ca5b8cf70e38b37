"""An operator signs in by password and second factor, in two calls that are judged as one (ADR 0021).

The first answers alike whatever the password was; only the second tells, and never which of the two was wrong (S6, S7).
A refused try is a result, not an exception: the caller commits it, so that the counters survive the refusal.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.identity import rules, statements
from backend.identity.actor import PersonKind
from backend.identity.errors import SignInRefused, TriesLimited
from backend.identity.models import Person, SecondFactor, SecondFactorChallenge
from backend.identity.statements import TakenChallenge
from backend.identity.use_cases.second_factors import enrol, is_right_code, pending_secret
from backend.identity.use_cases.sessions import Device, Doors, SignedIn, begin_session, tries_subject
from backend.infrastructure.one_time_codes import enrolment_uri, spelled
from backend.infrastructure.passwords import PasswordHasher

log = logging.getLogger(__name__)

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordTry:
    """The first half of an operator's try."""

    login_name: str
    password: str = field(repr=False)
    device_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOfFactorTry:
    """The second half: the challenge that the first one was answered with, and the code of the authenticator app."""

    challenge: str = field(repr=False)
    code: str = field(repr=False)
    device: Device


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A new secret for an authenticator app, shown here and nowhere else. It counts once a code has proved it."""

    secret: str = field(repr=False)
    otpauth_uri: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A code is waited for. Who has no second factor yet, and gave the right password, is given one to enrol."""

    challenge: str = field(repr=False)
    expires_at: datetime
    enrolment: Enrolment | None = field(repr=False)


def prove_password(
    session: Session, *, doors: Doors, passwords: PasswordHasher, attempt: PasswordTry, now: datetime
) -> Challenge | TriesLimited:
    """Count the try and ask for the second factor, whether the account exists or not. Raises PasswordsBusy."""
    login_name = attempt.login_name.strip().lower()
    subject = tries_subject(doors, rules.LOGIN_TRIES, login_name)
    wait_s = statements.count_within(session, rules.LOGIN_TRIES, subject, now)
    if wait_s is not None:
        return TriesLimited(retry_after_s=wait_s)
    operator, has_factor = _operator(session, login_name)
    is_right = passwords.matches(attempt.password, operator.password_hash if operator else None)
    proved = operator if operator is not None and is_right and operator.disabled_at is None else None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    challenge = SecondFactorChallenge(
        token_digest=_digest(token),
        person_id=proved.id if proved else None,
        enrols=proved is not None and not has_factor,
        device_id=attempt.device_id,
        tries_subject=subject,
        tries=0,
        created_at=now,
        expires_at=now + rules.SECOND_FACTOR_LIFE,
    )
    session.add(challenge)
    enrolment = _enrolment(doors, token, login_name) if challenge.enrols else None
    return Challenge(challenge=token, expires_at=challenge.expires_at, enrolment=enrolment)


def prove_second_factor(
    session: Session, *, doors: Doors, attempt: CodeOfFactorTry, now: datetime
) -> SignedIn | SignInRefused | TriesLimited:
    """Judge password and code together, and begin a session when both were right. A challenge is of use once."""
    digest = _digest(attempt.challenge)
    taken = statements.take_challenge(session, token_digest=digest, device_id=attempt.device.id, now=now)
    if taken is None:
        return SignInRefused()
    # The first code was counted with its password.
    if taken.tries > 1:
        wait_s = statements.count_within(session, rules.LOGIN_TRIES, taken.tries_subject, now)
        if wait_s is not None:
            return TriesLimited(retry_after_s=wait_s)
    person_id = _proved_person(session, doors, taken, attempt, now)
    if person_id is None:
        log.info("sign-in refused", extra={"reason": SignInRefused.code})
        return SignInRefused()
    session.execute(
        update(SecondFactorChallenge).where(SecondFactorChallenge.token_digest == digest).values(used_at=now)
    )
    statements.forgive(session, rules.LOGIN_TRIES, taken.tries_subject)
    return begin_session(
        session, doors=doors, person_id=person_id, kind=PersonKind.OPERATOR, device=attempt.device, now=now
    )


def _operator(session: Session, login_name: str) -> tuple[Person | None, bool]:
    """Return the operator and whether they have a second factor.

    The row is shared until the end: who sets a new password waits, and then finds the challenge of the old one.
    """
    row = session.execute(
        select(Person, SecondFactor.person_id)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(Person.login_name == login_name, Person.kind == PersonKind.OPERATOR)
        .with_for_update(read=True, of=Person)
    ).one_or_none()
    return (None, False) if row is None else (row[0], row[1] is not None)


def _proved_person(
    session: Session, doors: Doors, taken: TakenChallenge, attempt: CodeOfFactorTry, now: datetime
) -> uuid.UUID | None:
    if taken.enrols and taken.person_id is not None:
        secret = pending_secret(doors.sealer, attempt.challenge)
        is_enrolled = enrol(
            session, sealer=doors.sealer, person_id=taken.person_id, secret=secret, code=attempt.code, now=now
        )
        return taken.person_id if is_enrolled else None
    is_right = is_right_code(session, sealer=doors.sealer, person_id=taken.person_id, code=attempt.code, now=now)
    return taken.person_id if is_right else None


def _enrolment(doors: Doors, token: str, login_name: str) -> Enrolment:
    secret = pending_secret(doors.sealer, token)
    return Enrolment(secret=spelled(secret), otpauth_uri=enrolment_uri(secret, login_name))


def _digest(token: str) -> bytes:
    """A challenge has 256 bits of chance: its plain digest cannot be tried out."""
    return hashlib.sha256(token.encode()).digest()
