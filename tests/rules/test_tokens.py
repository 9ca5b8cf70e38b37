"""Tests of access tokens: every way in which a token can be not ours, not for us, or not alive."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from backend.infrastructure.tokens import TokenIssuer, TokenRefused

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
ISSUER, AUDIENCE = "https://baitong.test", "baitong-api"
PERSON, SESSION = uuid.uuid4(), uuid.uuid4()
KEY = ec.generate_private_key(ec.SECP256R1())


def pem_of(key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


TOKENS = TokenIssuer(pem_of(KEY), issuer=ISSUER, audience=AUDIENCE)
GOOD_CLAIMS = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": str(PERSON),
    "sid": str(SESSION),
    "jti": str(uuid.uuid4()),
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
}
GOOD_HEADER = {"typ": "at+jwt", "kid": TOKENS.key_id}


def forged(*, claims=None, without=None, header=None, key=KEY, algorithm="ES256") -> str:
    payload = GOOD_CLAIMS | (claims or {})
    payload.pop(without, None)
    return jwt.encode(payload, key, algorithm=algorithm, headers=GOOD_HEADER | (header or {}))


def test_an_issued_token_is_read_again_and_lives_ten_minutes():
    claims = TOKENS.read_access(TOKENS.issue_access(PERSON, SESSION, NOW), now=NOW)

    assert (claims.person_id, claims.session_id) == (PERSON, SESSION)
    assert claims.expires_at == NOW + timedelta(minutes=10)


def test_an_issued_token_says_nothing_but_the_eight_things_it_must():
    token = TOKENS.issue_access(PERSON, SESSION, NOW)

    assert set(jwt.decode(token, options={"verify_signature": False})) == set(GOOD_CLAIMS)
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "at+jwt", "kid": TOKENS.key_id}


def test_the_token_forged_from_good_parts_is_taken_so_that_each_refusal_below_has_one_cause():
    assert TOKENS.read_access(forged(), now=NOW).person_id == PERSON


@pytest.mark.parametrize("claim", sorted(GOOD_CLAIMS))
def test_a_token_without_a_required_claim_is_refused(claim):
    with pytest.raises(TokenRefused):
        TOKENS.read_access(forged(without=claim), now=NOW)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-api"},
        {"aud": [AUDIENCE, "another-api"]},
        {"iss": "https://elsewhere.test"},
        {"sub": "not-an-id"},
        {"sid": "not-an-id"},
        {"exp": int(NOW.timestamp())},
        {"exp": int(NOW.timestamp()) + 601},
        {"exp": NOW.timestamp() + 600.5},
        {"exp": True},
        {"iat": int(NOW.timestamp()) + 60, "exp": int(NOW.timestamp()) + 600},
        {"iat": "now"},
        {"nbf": 99_999_999_999},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(claims):
    with pytest.raises(TokenRefused):
        TOKENS.read_access(forged(claims=claims), now=NOW)


def test_a_token_is_refused_from_the_second_of_its_end():
    token = TOKENS.issue_access(PERSON, SESSION, NOW)

    assert TOKENS.read_access(token, now=NOW + timedelta(minutes=9, seconds=59))
    with pytest.raises(TokenRefused):
        TOKENS.read_access(token, now=NOW + timedelta(minutes=10))


@pytest.mark.parametrize(
    "header",
    [{"typ": "JWT"}, {"typ": "id+jwt"}, {"typ": None}, {"kid": "another"}, {"kid": ""}, {"crit": ["b64"]}],
    ids=str,
)
def test_a_token_with_a_wrong_header_is_refused(header):
    with pytest.raises(TokenRefused):
        TOKENS.read_access(forged(header=header), now=NOW)


def test_a_token_without_a_signature_is_refused():
    with pytest.raises(TokenRefused):
        TOKENS.read_access(forged(key=None, algorithm="none"), now=NOW)


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused():
    public_pem = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"alg": "HS256"} | GOOD_HEADER
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, GOOD_CLAIMS)]
    signing_input = b".".join(parts)
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signing_input, public_pem)
    token = (signing_input + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()

    with pytest.raises(TokenRefused):
        TOKENS.read_access(token, now=NOW)


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
        ("x" * 32, "HS256"),
    ],
    ids=["another key", "another algorithm", "a shared secret"],
)
def test_a_token_of_another_key_is_refused_though_it_names_ours(key, algorithm):
    with pytest.raises(TokenRefused):
        TOKENS.read_access(forged(key=key, algorithm=algorithm), now=NOW)


def test_an_oversized_token_is_refused_before_it_is_looked_at():
    token = forged(claims={"padding": "x" * 2_000})

    assert len(token) > 2_048
    with pytest.raises(TokenRefused):
        TOKENS.read_access(token, now=NOW)


@pytest.mark.parametrize(
    "token", ["", ".", "..", "a.b.c", "令牌", "\x00", "e30.e30.e30", "bnVsbA.bnVsbA.bnVsbA"], ids=repr
)
def test_rubbish_is_refused_as_a_token(token):
    with pytest.raises(TokenRefused):
        TOKENS.read_access(token, now=NOW)


def test_a_changed_token_is_refused_whichever_part_was_changed():
    header, payload, signature = TOKENS.issue_access(PERSON, SESSION, NOW).split(".")
    other = forged(claims={"sub": str(uuid.uuid4())}).split(".")

    for parts in ((header, other[1], signature), (header, payload, other[2])):
        with pytest.raises(TokenRefused):
            TOKENS.read_access(".".join(parts), now=NOW)


def test_only_a_p256_key_signs():
    with pytest.raises(TypeError):
        TokenIssuer(pem_of(ec.generate_private_key(ec.SECP384R1())), issuer=ISSUER, audience=AUDIENCE)
