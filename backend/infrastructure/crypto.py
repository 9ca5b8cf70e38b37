"""The door to ciphers: personal data is sealed before it reaches the database, and found again by a blind index.

Source: S35 of the requirements; GB/T 39786-2021. The keys live outside the database. Which cipher seals is a setting;
whatever was sealed by either opens, because its first byte says by which.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import cache
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.infrastructure.sm4 import Sm4Gcm, sm4_key_from
from backend.kernel.randomness import random_bytes

_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEADER_BYTES = 1 + _NONCE_BYTES


class SealBroken(RuntimeError):
    """A stored value does not open: unknown key, another context, or changed bytes. Never shown to callers."""


class Sealed(NamedTuple):
    """A text as it is stored: the key that opens it, and algorithm byte + nonce + ciphertext + tag."""

    key_id: str
    ciphertext: bytes


class Algorithm(IntEnum):
    """The first byte of every ciphertext. A number is never given to another cipher."""

    AES_256_GCM = 1
    SM4_GCM = 2

    @property
    def title(self) -> str:
        """The name that settings and reports use, such as ``sm4-gcm``."""
        return self.name.lower().replace("_", "-")


class _Cipher(Protocol):
    """An authenticated cipher with associated data and a 12-byte nonce."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


def _sm4_gcm(key: bytes) -> _Cipher:
    return Sm4Gcm(sm4_key_from(key))


_CIPHERS: Mapping[Algorithm, Callable[[bytes], _Cipher]] = {Algorithm.AES_256_GCM: AESGCM, Algorithm.SM4_GCM: _sm4_gcm}


class CurrentSeal(NamedTuple):
    """What new texts are sealed with."""

    key_id: str
    algorithm: Algorithm


class Sealer:
    """Seals texts with the current key and cipher, opens them with any known ones, and makes blind indexes.

    ``context`` says which field of which table a text belongs to, such as ``person.phone``. It is authenticated, so
    that a ciphertext copied into another column does not open.
    """

    def __init__(
        self,
        keys: Mapping[str, bytes],
        *,
        current_key_id: str,
        blind_index_key: bytes,
        algorithm: Algorithm = Algorithm.AES_256_GCM,
    ) -> None:
        self._ciphers: dict[tuple[str, int], _Cipher] = {
            (key_id, algorithm): cipher(key) for key_id, key in keys.items() for algorithm, cipher in _CIPHERS.items()
        }
        self.current = CurrentSeal(current_key_id, algorithm)
        if self.current not in self._ciphers:
            raise SealBroken("the current key id names no key")
        self._blind_index = hmac.new(blind_index_key, digestmod=hashlib.sha256)
        self._by_purpose: dict[str, hmac.HMAC] = {}

    def seal(self, text: str, *, context: str) -> Sealed:
        """Encrypt a text with the current key. The same text gives another ciphertext every time."""
        nonce = random_bytes(_NONCE_BYTES)
        key_id, algorithm = self.current
        associated = _associated(algorithm, key_id, context)
        ciphertext = self._ciphers[self.current].encrypt(nonce, text.encode(), associated)
        return Sealed(key_id, bytes([algorithm]) + nonce + ciphertext)

    def open(self, sealed: Sealed, *, context: str) -> str:
        """Decrypt a sealed text. Raises SealBroken when it was not sealed so, for this context."""
        data = sealed.ciphertext
        if len(data) < _HEADER_BYTES + _TAG_BYTES or data[0] not in _CIPHERS:
            raise SealBroken("unknown form of ciphertext")
        # The number, not its name: a page of a queue opens a hundred.
        algorithm = data[0]
        cipher = self._ciphers.get((sealed.key_id, algorithm))
        if cipher is None:
            raise SealBroken("unknown key id")
        associated = _associated(algorithm, sealed.key_id, context)
        try:
            return cipher.decrypt(data[1:_HEADER_BYTES], data[_HEADER_BYTES:], associated).decode()
        except InvalidTag:
            raise SealBroken("the ciphertext does not open in this context") from None
        except UnsupportedAlgorithm:
            raise SealBroken(f"the OpenSSL at hand has no {Algorithm(algorithm).title}") from None

    def blind_index(self, text: str) -> bytes:
        """Return the keyed digest by which equal texts are found without opening them (HMAC-SHA-256, 32 bytes)."""
        return _digest(self._blind_index, text)

    def keyed_digest(self, text: str, *, purpose: str) -> bytes:
        """Return a digest of a short secret that nobody can try out without the key (HMAC-SHA-256, 32 bytes).

        Each purpose has its own key, made from the blind index key, so that digests of two purposes never meet.
        """
        keyed = self._by_purpose.get(purpose)
        if keyed is None:
            key = _digest(self._blind_index, f"purpose:{purpose}")
            keyed = self._by_purpose[purpose] = hmac.new(key, digestmod=hashlib.sha256)
        return _digest(keyed, text)


def _digest(keyed: hmac.HMAC, text: str) -> bytes:
    """Return the digest of a text by one that holds the key. ``hmac.digest`` would give up Python's lock."""
    begun = keyed.copy()
    begun.update(text.encode())
    return begun.digest()


def url_token(data: bytes) -> str:
    """Return bytes as URL-safe base64 without padding: 43 characters for 32 bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _associated(algorithm: int, key_id: str, context: str) -> bytes:
    """Bind algorithm, key and context; lengths first, so that no two triples give the same bytes."""
    said = context.encode()
    return _of_key(algorithm, key_id) + len(said).to_bytes(2, "big") + said


@cache
def _of_key(algorithm: int, key_id: str) -> bytes:
    parts = (bytes([algorithm]), key_id.encode())
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
