"""Asking for a sign-in code. Whether anybody has the phone is not even looked up, so nothing can show it (S6)."""

from __future__ import annotations

import logging
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from backend.identity import rules, statements
from backend.identity.errors import CodesLimited
from backend.identity.models import SignInCode
from backend.identity.phones import mobile_number
from backend.infrastructure.crypto import Sealer
from backend.kernel.ids import uuid7

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRequest:
    """Who asks for a code: the phone as typed, the app's device id, and the address the request came from."""

    phone: str = field(repr=False)
    device_id: str = field(repr=False)
    address: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeIssued:
    """A code whose row is written. ``text`` is to be sent to ``phone`` once the row is committed."""

    challenge_id: uuid.UUID
    expires_at: datetime
    phone: str = field(repr=False)
    text: str = field(repr=False)


def issue_code(session: Session, *, sealer: Sealer, request: CodeRequest, now: datetime) -> CodeIssued | CodesLimited:
    """Write a new code for a phone, or say that too many were asked for. Both are to be committed.

    Raises PhoneInvalid.
    """
    phone = mobile_number(request.phone)
    refused = _limit_reached(session, sealer, request, phone, now)
    if refused is not None:
        return refused
    code = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}"
    issued = CodeIssued(
        challenge_id=uuid7(),
        expires_at=now + rules.CODE_LIFE,
        phone=phone,
        text=rules.CODE_TEXT.format(code=code),
    )
    session.add(
        SignInCode(
            id=issued.challenge_id,
            purpose="sign_in",
            phone_blind_index=sealer.blind_index(phone),
            code_digest=code_digest(sealer, challenge_id=issued.challenge_id, phone=phone, code=code),
            tries=0,
            created_at=now,
            expires_at=issued.expires_at,
        )
    )
    return issued


def code_digest(sealer: Sealer, *, challenge_id: uuid.UUID, phone: str, code: str) -> bytes:
    """Return what is kept of a code: keyed, and bound to the phone, the purpose and the challenge."""
    return sealer.keyed_digest(f"{challenge_id}:{phone}:{code}", purpose="sign-in-code")


def _limit_reached(
    session: Session, sealer: Sealer, request: CodeRequest, phone: str, now: datetime
) -> CodesLimited | None:
    steps = (
        (rules.SOURCE_SENDS, rules.source_of(request.address)),
        (rules.DEVICE_SENDS, request.device_id),
        (rules.PHONE_SENDS, phone),
        (rules.TOTAL_SENDS, "everybody"),
    )
    for guards, subject in steps:
        for guard in guards:
            digest = sealer.keyed_digest(subject, purpose=guard.name)
            wait_s = statements.count_within(session, guard, digest, now)
            if wait_s is not None:
                log.info("sign-in code refused", extra={"guard": guard.name})
                return CodesLimited(retry_after_s=wait_s)
    return None
