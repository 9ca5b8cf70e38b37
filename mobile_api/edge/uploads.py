"""Room for the bodies that are larger than any other: photos of people who are signed in, so many at once.

Nobody has been asked anything yet when a body arrives. A token with a good signature is the least that whoever fills
our disk must show; whether its session still lives is asked when the body is there.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO

from backend.evidence.errors import EvidenceBusy
from backend.evidence.rules import MAX_PHOTO_BYTES
from backend.infrastructure.tokens import TokenIssuer
from backend.kernel.errors import DomainError
from mobile_api.edge.environ import Scope

PATH = "/api/v1/evidence"
MAX_FORM_BYTES = MAX_PHOTO_BYTES + 256 * 1024
AT_ONCE = 32
AT_ONCE_OF_ONE = 4
_IN_MEMORY_BYTES = 256 * 1024

# Returns whose token it is, by its signature and dates alone; None for nobody's.
WhoseToken = Callable[[str], uuid.UUID | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a large body goes."""

    file: IO[bytes]
    limit_bytes: int = MAX_FORM_BYTES


def signed_for(tokens: TokenIssuer, token: str, now: datetime) -> uuid.UUID | None:
    """Return whose token it is, if it is ours and alive."""
    try:
        return tokens.read_access(token, now=now).person_id
    except DomainError:
        return None


class UploadPlaces:
    """Counts the large bodies of this process."""

    def __init__(self, whose: WhoseToken, *, at_once: int = AT_ONCE, at_once_of_one: int = AT_ONCE_OF_ONE) -> None:
        self._whose = whose
        self._at_once = at_once
        self._at_once_of_one = at_once_of_one
        self._lock = threading.Lock()
        self._taken: Counter[uuid.UUID] = Counter()

    @contextmanager
    def place_for(self, scope: Scope) -> Iterator[Place | None]:
        """Give a place for the time of the request; None for requests that need none. Raises EvidenceBusy."""
        person_id = self._uploader(scope)
        if person_id is None:
            yield None
            return
        self._take(person_id)
        file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - closed below
        try:
            yield Place(file=file)
        finally:
            # A full disk was told when it was met; closing meets it again with what was never written.
            with suppress(OSError):
                file.close()
            with self._lock:
                self._taken[person_id] -= 1
                self._taken += Counter()  # forgets those who hold none

    def _uploader(self, scope: Scope) -> uuid.UUID | None:
        if scope.method != "POST" or scope.path != PATH:
            return None
        scheme, _, token = (scope.headers.get("authorization") or "").partition(" ")
        return self._whose(token.strip()) if scheme.lower() == "bearer" else None

    def _take(self, person_id: uuid.UUID) -> None:
        with self._lock:
            if self._taken.total() >= self._at_once or self._taken[person_id] >= self._at_once_of_one:
                raise EvidenceBusy(retry_after_s=2)
            self._taken[person_id] += 1
