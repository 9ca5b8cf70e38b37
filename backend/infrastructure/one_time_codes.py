"""The door to the codes of authenticator apps: TOTP with SHA-1, six digits and thirty seconds (RFC 6238).

Every app knows this form; many ignore any other that a URI asks for.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20
ISSUER = "南通百通"


def step_at(instant: datetime) -> int:
    """Return the number of the time step that an instant lies in."""
    return int(instant.timestamp()) // STEP_S


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a step."""
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()  # noqa: S303 - RFC 6238; HMAC needs no collision freedom


def step_of(secret: bytes, code: str, *, among: Iterable[int]) -> int | None:
    """Return the step whose code this is, or None. All are computed, so that the time does not tell which."""
    matching = [step for step in among if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return matching[0] if matching else None


def spelled(secret: bytes) -> str:
    """Return a secret as apps take it when it is typed: base32."""
    return base64.b32encode(secret).decode()


def read_secret(text: str) -> bytes:
    """Return the secret that was spelled so."""
    return base64.b32decode(text)


def enrolment_uri(secret: bytes, account: str) -> str:
    """Return what an app takes in as a QR code: ``otpauth://totp/...``."""
    return TOTP(secret, DIGITS, SHA1(), STEP_S).get_provisioning_uri(account, ISSUER)  # noqa: S303 - as above
