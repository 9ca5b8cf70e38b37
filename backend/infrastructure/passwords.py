"""The door to password hashing: argon2id, a few at a time, because each takes 64 MiB (RFC 9106, second choice)."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from backend.kernel.errors import Unavailable

_MEMORY_KIB = 64 * 1024
_ROUNDS = 3
_LANES = 4
_SALT_BYTES = 16
_HASH_BYTES = 32
_WAITING = 4


class PasswordsBusy(Unavailable):
    """Too many passwords are being checked at this moment."""

    code = "passwords-busy"
    default_detail = "登录人数较多，请稍后重试。"


class PasswordHasher:
    """Hashes and checks passwords with a bound on how many run at once, so that sign-ins cannot take all memory.

    At most ``waiting`` more wait for their turn, ``wait_s`` at the longest: a flood of sign-ins takes neither all
    threads of a web worker nor all its connections, and the requests of others go on.
    """

    def __init__(
        self, *, at_once: int = 2, waiting: int = _WAITING, wait_s: float = 2.0, memory_kib: int = _MEMORY_KIB
    ) -> None:
        self._argon2 = argon2.PasswordHasher(_ROUNDS, memory_kib, _LANES, _HASH_BYTES, _SALT_BYTES)
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._slots = threading.BoundedSemaphore(at_once)
        self._wait_s = wait_s
        # The form of a real hash with the same costs; no password is known to match it.
        zeros = [base64.b64encode(bytes(size)).rstrip(b"=").decode() for size in (_SALT_BYTES, _HASH_BYTES)]
        self._nobody = f"$argon2id$v=19$m={memory_kib},t={_ROUNDS},p={_LANES}${zeros[0]}${zeros[1]}"

    @property
    def nobodys(self) -> str:
        """Return a hash that no password is known to match, and that costs as much to try as any other."""
        return self._nobody

    def hash(self, password: str) -> str:
        """Return the hash to store. Raises PasswordsBusy."""
        with self._slot():
            return self._argon2.hash(password)

    def matches(self, password: str, stored_hash: str | None) -> bool:
        """Tell whether the password is right. Raises PasswordsBusy.

        Without a stored hash the same work is done, so that the time does not tell whether an account exists (S6).
        """
        with self._slot():
            try:
                self._argon2.verify(stored_hash or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
            return stored_hash is not None

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise PasswordsBusy(retry_after_s=1)
        try:
            if not self._slots.acquire(timeout=self._wait_s):
                raise PasswordsBusy(retry_after_s=1)
            try:
                yield
            finally:
                self._slots.release()
        finally:
            self._places.release()
