"""A citizen signs in by the code that was sent to their phone.

A refused try is a result, not an exception: the caller commits it, so that the counters survive the refusal.
"""

from __future__ import annotations

import hmac
import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.identity import rules, statements
from backend.identity.actor import PersonKind
from backend.identity.errors import CodeRefused, TriesLimited
from backend.identity.models import SignInCode
from backend.identity.phones import mobile_number
from backend.identity.use_cases.codes import code_digest
from backend.identity.use_cases.people import citizen_of
from backend.identity.use_cases.sessions import Device, Doors, SignedIn, begin_session, tries_subject

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTry:
    """A citizen's try: the challenge, the phone as typed, the code, and the device that asks."""

    challenge_id: uuid.UUID
    phone: str = field(repr=False)
    code: str = field(repr=False)
    device: Device


def sign_in_citizen(
    session: Session, *, doors: Doors, attempt: CodeTry, now: datetime
) -> SignedIn | CodeRefused | TriesLimited:
    """Redeem a code, once; the first time the citizen comes into being. Raises PhoneInvalid."""
    phone = mobile_number(attempt.phone)
    refused = _refusal_of_code(session, doors, attempt, phone, now)
    if refused is not None:
        log.info("sign-in refused", extra={"reason": refused.code})
        return refused
    session.execute(update(SignInCode).where(SignInCode.id == attempt.challenge_id).values(used_at=now))
    statements.forgive(session, rules.PHONE_TRIES, tries_subject(doors, rules.PHONE_TRIES, phone))
    citizen = citizen_of(session, sealer=doors.sealer, phone=phone, now=now)
    if citizen.disabled_at is not None:
        return CodeRefused()
    return begin_session(
        session, doors=doors, person_id=citizen.id, kind=PersonKind.CITIZEN, device=attempt.device, now=now
    )


def _refusal_of_code(
    session: Session, doors: Doors, attempt: CodeTry, phone: str, now: datetime
) -> CodeRefused | TriesLimited | None:
    """Count the try, on the code and on the phone, then judge it; None when the code is right."""
    expected = statements.take_try(
        session, challenge_id=attempt.challenge_id, phone_blind_index=doors.sealer.blind_index(phone), now=now
    )
    if expected is None:
        # Not counted on the phone: a challenge that was never sent must not lock its owner out.
        return CodeRefused()
    wait_s = statements.count_within(session, rules.PHONE_TRIES, tries_subject(doors, rules.PHONE_TRIES, phone), now)
    if wait_s is not None:
        return TriesLimited(retry_after_s=wait_s)
    given = code_digest(doors.sealer, challenge_id=attempt.challenge_id, phone=phone, code=attempt.code)
    return None if hmac.compare_digest(expected, given) else CodeRefused()
