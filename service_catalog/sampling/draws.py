"""Choices that look arbitrary and are the same on every machine: drawn from a hash of what they are for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_DRAW_BYTES = 8


def drawn(choices: Sequence[T], *purpose: str) -> T:
    """Return one of the choices: always the same for the same purpose."""
    digest = hashlib.sha256("\x1f".join(purpose).encode()).digest()
    return choices[int.from_bytes(digest[:_DRAW_BYTES]) % len(choices)]
