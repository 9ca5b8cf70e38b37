"""SM4-GCM, the cipher of GB/T 32907-2016 in the mode of RFC 8998, in the shape of the library's other ciphers."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TAG_BYTES = 16
KEY_BYTES = 16
_KEY_PURPOSE = b"baitong sm4-gcm v1"


class Sm4Gcm:
    """SM4-GCM under a 16-byte key: the ciphertext is followed by its tag of 16 bytes."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Return ciphertext and tag."""
        encryptor = Cipher(self._algorithm, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Return the plaintext. Raises InvalidTag when anything was changed."""
        decryptor = Cipher(self._algorithm, GCM(nonce, data[-TAG_BYTES:])).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(data[:-TAG_BYTES]) + decryptor.finalize()


def sm4_key_from(key: bytes) -> bytes:
    """Derive the SM4 key of a 32-byte key by HKDF-SHA-256 (RFC 5869), so that no key serves two algorithms."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=_KEY_PURPOSE).derive(key)


def sm4_is_available() -> bool:
    """Tell whether the OpenSSL at hand can do SM4-GCM: some distributions build it without."""
    try:
        Sm4Gcm(bytes(KEY_BYTES)).encrypt(bytes(12), b"", None)
    except UnsupportedAlgorithm:
        return False
    return True
