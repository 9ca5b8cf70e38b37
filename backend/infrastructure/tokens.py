"""The door to access tokens: JSON Web Tokens signed with ES256 and nothing else.

Source: RFC 8725 (best practices), RFC 9068 (``at+jwt``), S9 of the requirements.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm

from backend.infrastructure.verified_tokens import VerifiedTokens
from backend.kernel.errors import Unauthenticated
from backend.kernel.ids import uuid7

ACCESS_LIFE = timedelta(minutes=10)
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type, not a secret
_ALGORITHM = "ES256"
_MAX_TOKEN_CHARS = 2048
_CLOCK_SKEW_S = 30
_REQUIRED_CLAIMS = ("exp", "iat", "iss", "aud", "sub", "sid", "jti")


class TokenRefused(Unauthenticated):
    """The access token is missing, expired, or not one of ours."""

    code = "token-refused"
    default_detail = "登录状态无效或已过期，请重新登录。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a verified access token says: who, in which session, until when."""

    person_id: uuid.UUID
    session_id: uuid.UUID
    expires_at: datetime


class TokenIssuer:
    """Issues and verifies the product's own access tokens. The key is parsed once."""

    def __init__(self, private_key_pem: str, *, issuer: str, audience: str) -> None:
        key = load_pem_private_key(private_key_pem.encode(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise TypeError("the token key must be a P-256 private key (ES256)")
        self._private_key = key
        self.key_id = _thumbprint(key.public_key())
        self._public_keys = {self.key_id: key.public_key()}
        self._issuer = issuer
        self._audience = audience
        self._verified: VerifiedTokens[Claims] = VerifiedTokens()

    def issue_access(self, person_id: uuid.UUID, session_id: uuid.UUID, now: datetime) -> str:
        """Return a signed access token of ten minutes for one session of one person."""
        issued_s = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(person_id),
            "sid": str(session_id),
            "jti": str(uuid7()),
            "iat": issued_s,
            "exp": issued_s + int(ACCESS_LIFE.total_seconds()),
        }
        headers = {"typ": TOKEN_TYPE, "kid": self.key_id}
        return jwt.encode(claims, self._private_key, algorithm=_ALGORITHM, headers=headers)

    def read_access(self, token: str, *, now: datetime) -> Claims:
        """Verify a token and return its claims. Raises TokenRefused for everything that is not ours and alive."""
        if len(token) > _MAX_TOKEN_CHARS or not token.isascii():
            raise TokenRefused
        return self._verified.proved(token, now, partial(self._verify, token, now))

    def _verify(self, token: str, now: datetime) -> tuple[Claims, datetime]:
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(
                token,
                self._key_named_by(header),
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                # The time is judged by ``_alive``: against the caller's clock and with a bound on the life.
                options={
                    "require": list(_REQUIRED_CLAIMS),
                    "strict_aud": True,
                    "verify_exp": False,
                    "verify_iat": False,
                },
            )
            alive = _alive(claims, now)
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError):
            raise TokenRefused from None
        return alive, alive.expires_at

    def _key_named_by(self, header: dict[str, object]) -> ec.EllipticCurvePublicKey:
        key = self._public_keys.get(str(header.get("kid")))
        if key is None or header.get("typ") != TOKEN_TYPE or "crit" in header:
            raise TokenRefused
        return key


def _alive(claims: dict[str, object], now: datetime) -> Claims:
    """Return the claims of a token that is alive now; one of a longer life than ours was not meant to be made."""
    expires_s, issued_s = claims["exp"], claims["iat"]
    if type(expires_s) is not int or type(issued_s) is not int:
        raise TokenRefused
    now_s = now.timestamp()
    life_s = expires_s - issued_s
    if not 0 < life_s <= ACCESS_LIFE.total_seconds() or issued_s > now_s + _CLOCK_SKEW_S or expires_s <= now_s:
        raise TokenRefused
    return Claims(
        person_id=uuid.UUID(str(claims["sub"])),
        session_id=uuid.UUID(str(claims["sid"])),
        expires_at=datetime.fromtimestamp(expires_s, UTC),
    )


def _thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """Return the RFC 7638 thumbprint of a public key, shortened: stable, and says nothing secret."""
    jwk = ECAlgorithm.to_jwk(key, as_dict=True)
    canonical = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
