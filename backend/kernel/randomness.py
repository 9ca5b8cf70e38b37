"""Random bytes for ids, salts and nonces, drawn from the kernel for many at once.

Each call of the kernel gives up Python's lock in the middle of a request, which another thread then takes. No two
processes may use the same bytes, so that a child begins without any.
"""

from __future__ import annotations

import os
from collections import deque

MOST_BYTES = 16
_DRAWN_AT_ONCE = 256

_drawn: deque[bytes] = deque()
os.register_at_fork(after_in_child=_drawn.clear)


def random_bytes(count: int) -> bytes:
    """Return up to 16 random bytes of the kernel's, fit for secrets. None of them is ever returned again."""
    if count > MOST_BYTES:
        raise ValueError(f"at most {MOST_BYTES} bytes at a time")
    while True:
        try:
            return _drawn.pop()[:count]
        except IndexError:
            drawn = os.urandom(MOST_BYTES * _DRAWN_AT_ONCE)
            _drawn.extend([drawn[at : at + MOST_BYTES] for at in range(0, len(drawn), MOST_BYTES)])
