"""Identifiers that grow with time, so that their indexes stay small (RFC 9562, UUID version 7)."""

from __future__ import annotations

import time
import uuid

from backend.kernel.randomness import random_bytes

_UNIX_MS_SHIFT = 80
_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62
_RANDOM_MASK = (1 << 74) - 1
_RANDOM_BYTES = 10


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    unix_ms = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(random_bytes(_RANDOM_BYTES), "big") & _RANDOM_MASK
    random_a = random_bits >> 62
    random_b = random_bits & ((1 << 62) - 1)
    return _uuid_of((unix_ms << _UNIX_MS_SHIFT) | _VERSION_7 | (random_a << 64) | _VARIANT_RFC | random_b)


def _uuid_of(number: int) -> uuid.UUID:
    """Return the UUID of a number known to be one: ``UUID`` would ask of which of six kinds it is."""
    made = object.__new__(uuid.UUID)
    object.__setattr__(made, "int", number)
    object.__setattr__(made, "is_safe", uuid.SafeUUID.unknown)
    return made
