"""Serial numbers in blocks: one trip to a database sequence buys a hundred, so that filing rarely waits for one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

BLOCK = 100


class Serials:
    """The serials of one sequence, which must be made with INCREMENT BY ``BLOCK``.

    Unique over all processes; a process that dies leaves a gap. Safe for threads.
    """

    def __init__(self, sequence: str) -> None:
        self._next_block = text("SELECT nextval(:sequence)").bindparams(sequence=sequence)
        self._blocks: WeakKeyDictionary[Engine, Iterator[int]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def take(self, session: Session) -> int:
        """Return the next serial; every hundredth call asks the database."""
        return self.take_of(session.connection().engine, lambda: session)

    def take_of(self, engine: Engine, session: Callable[[], Session]) -> int:
        """Return the next serial of the database behind an engine; every hundredth call opens a session on it."""
        with self._lock:
            serial = next(self._blocks.get(engine, iter(())), None)
            if serial is None:
                first = int(session().execute(self._next_block).scalar_one())
                self._blocks[engine] = iter(range(first + 1, first + BLOCK))
                serial = first
        return serial
