"""The service account of the loopback FCM: a file in Google's format whose key this machine made itself."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PROJECT_ID = "baitong-dev"
_KEY_BITS = 2048


def ensure_credentials(credentials_file: Path, *, base_url: str) -> None:
    """Make the file if it is absent, and point its token endpoint at ``base_url``. A kept key stays the same."""
    token_uri = f"{base_url}/token"
    account = json.loads(credentials_file.read_text()) if credentials_file.exists() else _new_account()
    if account.get("token_uri") == token_uri:
        return
    credentials_file.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed: the worker never reads half a file. Only its owner may read a private key.
    draft = credentials_file.with_suffix(".tmp")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(account | {"token_uri": token_uri}, indent=2))
    draft.replace(credentials_file)


def received_file_beside(credentials_file: Path) -> Path:
    """Return where the loopback FCM keeps what phones received: beside its credentials."""
    return credentials_file.with_name("fcm-received.jsonl")


def public_key_of(credentials_file: Path) -> rsa.RSAPublicKey:
    """Return the key that the assertions of this account are checked with."""
    account = json.loads(credentials_file.read_text())
    private_key = serialization.load_pem_private_key(account["private_key"].encode(), password=None)
    if not isinstance(private_key, rsa.RSAPrivateKey):
        raise TypeError(f"{credentials_file}: a service account has an RSA key")
    return private_key.public_key()


def _new_account() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return {
        "type": "service_account",
        "project_id": PROJECT_ID,
        "private_key_id": "loopback",
        "private_key": pem,
        "client_email": f"push@{PROJECT_ID}.iam.example",
    }
