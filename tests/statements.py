"""Counts SQL statements, so that a test can pin how many an act needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class StatementCounter:
    """Listens to an engine. Jobs that procrastinate writes on the raw connection are not seen by it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seen: list[str] = []
        event.listen(engine, "before_cursor_execute", self._note)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Give the list of the statements that the body causes."""
        begun = len(self.seen)
        counted: list[str] = []
        yield counted
        counted.extend(self.seen[begun:])

    def stop(self) -> None:
        """Listen no more."""
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.seen.append(statement)
