"""Reads the body of a request on the event loop: within a limit of bytes, and within a time that grows with them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import IO, Protocol

from typing_extensions import override
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, RequestTimeout

from backend.infrastructure.object_store import ObjectsFull, is_full
from backend.kernel.errors import DomainError

# A phone on a bad line gets the grace whatever it sends, and more time while it sends at least this fast.
GRACE_S = 10.0
LEAST_BYTES_PER_S = 4096


class Source(Protocol):
    """The body as the server hands it over, piece by piece."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the pieces as they arrive."""
        ...


class RefusedBody(io.RawIOBase):
    """Stands for a body that was not taken: whoever reads it raises the refusal, as if the body had been read."""

    def __init__(self, refusal: HTTPException | DomainError) -> None:
        super().__init__()
        self._refusal = refusal

    @override
    def readable(self) -> bool:
        """Look like any other body."""
        return True

    @override
    def readinto(self, _buffer: object) -> int:
        """Refuse."""
        raise self._refusal


async def read_body(
    source: Source,
    *,
    declared: str | None,
    limit_bytes: int,
    grace_s: float = GRACE_S,
    into: IO[bytes] | None = None,
) -> IO[bytes] | RefusedBody:
    """Return the body, or what refuses it: 413 when it is too large, 408 when too slow, 400 when it breaks off.

    It is kept in memory, or in the file ``into``; a disk that is full refuses it with 507.
    """
    # A length that is no number is the application's to refuse.
    if declared is not None and declared.isdecimal() and int(declared) > limit_bytes:
        return RefusedBody(RequestEntityTooLarge())
    body: IO[bytes] = io.BytesIO() if into is None else into
    taken = 0
    begun_s = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(begun_s + grace_s) as patience:
            async for piece in source:
                taken += len(piece)
                if taken > limit_bytes:
                    return RefusedBody(RequestEntityTooLarge())
                body.write(piece)
                patience.reschedule(begun_s + grace_s + taken / LEAST_BYTES_PER_S)
        body.seek(0)  # writes out what is buffered
    except TimeoutError:
        return RefusedBody(RequestTimeout())
    except OSError as error:
        if not is_full(error):
            raise
        return RefusedBody(ObjectsFull())
    if declared is not None and str(taken) != declared:
        # The caller went away in the middle: the server ends the body there, and says nothing.
        return RefusedBody(BadRequest())
    return body
