"""Statements that write all at once (ADR 0036): SQL made of parts that the rooms own, its values given by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

from backend.infrastructure.database import Base
from backend.infrastructure.prepared import Row
from backend.infrastructure.readers import Reads

# The values of a statement: group, most often a table, then name.
Groups = Mapping[str, Mapping[str, object]]

_PLACE = re.compile(r"(?<!:):(\w+)\.(\w+)")
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # upstream


class HotStatement:
    """One statement, in which ``:group.name`` stands for a value. The same value is sent once, wherever it stands."""

    def __init__(self, sql: str) -> None:
        numbers: dict[tuple[str, str], int] = {}

        def numbered(place: re.Match[str]) -> str:
            return f"${numbers.setdefault((place[1], place[2]), len(numbers) + 1)}"

        self.sql = _PLACE.sub(numbered, sql).encode()
        self._order = tuple(numbers)

    def rows(self, connections: Reads, groups: Groups) -> list[Row]:
        """Run the statement. Raises psycopg's errors of broken constraints, DatabaseUnavailable or DatabaseBusy."""
        return connections.rows(self.sql, self.values(groups))

    def values(self, groups: Groups) -> list[object]:
        """Return the values in the order of their places.

        Ids are sent as texts, which every place casts: a filing has twenty, and psycopg makes two calls for each.
        """
        return [
            f"{value.int:032x}" if type(value := groups[group][name]) is UUID else value for group, name in self._order
        ]


def insertion(model: type[Base], names: Iterable[str], *, source: str) -> str:
    """Return the INSERT of one row for each row of ``source``, its values ``:table.column``; the rest is by default."""
    table = cast("Table", model.__table__)  # declared wider by SQLAlchemy; every model of ours is one table
    columns = [table.c[name] for name in names]
    values = [f":{table.name}.{column.name}::{_type_of(column)}" for column in columns]
    named = ", ".join(column.name for column in columns)
    # Names of our own models, and places for values: nothing that anybody sent.
    return f"INSERT INTO {table.name} ({named}) SELECT {', '.join(values)} FROM {source}"  # noqa: S608


def _type_of(column: Column[Any]) -> str:
    # A foreign key has no type before its target is imported: ours point to ids.
    return "UUID" if column.foreign_keys else column.type.compile(dialect=_DIALECT)
