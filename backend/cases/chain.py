"""The hash chain of a case's ledger: canonical text, its hash, and salted digests of personal fields (S26, S35).

The chain holds digests; the texts live elsewhere and may be erased, and the chain stays valid.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import orjson

from backend.kernel.randomness import random_bytes

GENESIS = bytes(32)
SALT_BYTES = 16


def new_salt() -> bytes:
    """Return a fresh salt: without it, short texts could be guessed from their digests."""
    return random_bytes(SALT_BYTES)


def digest_of(text: str, salt: bytes) -> str:
    """Return the salted SHA-256 of a personal field, in hex."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def canonical(entry: Mapping[str, object]) -> str:
    """Return the one JSON text of an entry: keys sorted, no spaces, Chinese as it is."""
    return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode()


def chained_hash(previous: bytes, entry_text: str) -> bytes:
    """Return the SHA-256 of the previous hash followed by the entry's text."""
    return hashlib.sha256(previous + entry_text.encode()).digest()
