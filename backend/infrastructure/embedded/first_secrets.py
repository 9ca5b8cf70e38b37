"""The secrets of one installation, made at its first start from the machine's randomness."""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_KEY_BYTES = 32


def make_secrets() -> dict[str, str]:
    """Return new values for every secret setting, by the setting's name."""
    return {
        "BAITONG_PERSONAL_DATA_KEYS": f"k1:{_key()}",
        "BAITONG_PERSONAL_DATA_KEY_ID": "k1",
        "BAITONG_BLIND_INDEX_KEY": _key(),
        "BAITONG_TOKEN_PRIVATE_KEY": _token_private_key().replace("\n", "\\n"),
        "BAITONG_METRICS_TOKEN": secrets.token_urlsafe(24),
    }


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _token_private_key() -> str:
    """Return a P-256 key in PEM: the tokens are signed with ES256."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
