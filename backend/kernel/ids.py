"""Identifiers that grow with time, so that their indexes stay small (RFC 9562, UUID version 7)."""

from __future__ import annotations

import os
import time
import uuid
from collections import deque

_UNIX_MS_SHIFT = 80
_VERSION_7 = 0x7 << 76
_VARIANT_RFC = 0b10 << 62
_RANDOM_MASK = (1 << 74) - 1
_RANDOM_BYTES, _DRAWN_AT_ONCE = 10, 256


# Drawn from the kernel for many ids at once: each call of it gives up Python's lock in the middle of a request. No two
# processes may use the same, so that a child begins without any.
_drawn: deque[int] = deque()
os.register_at_fork(after_in_child=_drawn.clear)


def uuid7() -> uuid.UUID:
    """Return a new UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    unix_ms = time.time_ns() // 1_000_000
    random_bits = _random_bits()
    random_a = random_bits >> 62
    random_b = random_bits & ((1 << 62) - 1)
    return uuid.UUID(int=(unix_ms << _UNIX_MS_SHIFT) | _VERSION_7 | (random_a << 64) | _VARIANT_RFC | random_b)


def _random_bits() -> int:
    while True:
        try:
            return _drawn.pop()
        except IndexError:
            drawn = os.urandom(_RANDOM_BYTES * _DRAWN_AT_ONCE)
            parts = (drawn[at : at + _RANDOM_BYTES] for at in range(0, len(drawn), _RANDOM_BYTES))
            _drawn.extend([int.from_bytes(part, "big") & _RANDOM_MASK for part in parts])
