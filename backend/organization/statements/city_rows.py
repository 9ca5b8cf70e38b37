"""The tables of the city, and how many of their rows are written at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.infrastructure.database import Base
from backend.organization import models
from backend.organization.rules.categories import Category, RequestType, Unit
from backend.organization.rules.danger import DangerWord
from backend.organization.rules.places import Boundary, Centre, Division, GridCell
from backend.organization.rules.working_days import WorkdayOverride

MODEL_OF: Mapping[type, type[Base]] = MappingProxyType(
    {
        Division: models.Division,
        Centre: models.Centre,
        Boundary: models.Boundary,
        Unit: models.Unit,
        Category: models.Category,
        RequestType: models.RequestType,
        WorkdayOverride: models.WorkdayOverride,
        GridCell: models.GridCell,
        DangerWord: models.DangerWord,
    }
)


def table_of(value: type) -> Table:
    """Return the table that keeps a frozen value of the city."""
    return cast("Table", MODEL_OF[value].__table__)  # declared wider by SQLAlchemy; every model of ours is one table


def lock_city(session: Session) -> None:
    """Keep other loads waiting until this transaction ends; whoever reads the city goes on."""
    session.execute(text("LOCK TABLE city_version IN SHARE ROW EXCLUSIVE MODE"))


def insert_rows(session: Session, values: Sequence[object]) -> None:
    """Insert rows of one kind, in their order: parents come before their children."""
    if values:
        session.execute(insert(table_of(type(values[0]))), [_columns(value) for value in values])


def update_rows(session: Session, values: Sequence[object]) -> None:
    """Bring stored rows of one kind to these values."""
    if not values:
        return
    table = table_of(type(values[0]))
    kept = [column for column in table.columns if not column.primary_key]
    statement = update(table).values({column.name: bindparam(column.name) for column in kept})
    for column in table.primary_key:
        statement = statement.where(column == bindparam(f"key_{column.name}"))
    keys = [column.name for column in table.primary_key]
    session.execute(statement, [_columns(value) | _keys(value, keys) for value in values])


def delete_rows(session: Session, values: Sequence[object]) -> None:
    """Delete rows of one kind that no history refers to."""
    if not values:
        return
    table = table_of(type(values[0]))
    keys = [column.name for column in table.primary_key]
    statement = delete(table)
    for name in keys:
        statement = statement.where(table.c[name] == bindparam(f"key_{name}"))
    session.execute(statement, [_keys(value, keys) for value in values])


def write_version(session: Session, *, version: uuid.UUID, at: datetime) -> None:
    """Name the city anew, so that every process reads it again."""
    table = cast("Table", models.CityVersion.__table__)  # as in table_of
    statement = upsert(table).values(id=1, version=version, changed_at=at)
    session.execute(
        statement.on_conflict_do_update(index_elements=[table.c.id], set_={"version": version, "changed_at": at})
    )


# Any: the columns of whatever kind of row.
def _columns(value: Any) -> dict[str, object]:  # noqa: ANN401
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _keys(value: object, names: Sequence[str]) -> dict[str, object]:
    return {f"key_{name}": getattr(value, name) for name in names}
