"""Reading and writing the tables of the catalogue as frozen rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar, cast

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from backend.infrastructure.database import Base
from backend.organization.models.places import Division
from service_catalog import models
from service_catalog.ingestion.rows import AppRow, ContentRow, ItemRow, ServiceRow, TopicRow

V = TypeVar("V")

_MODEL_OF: Mapping[type, type[Base]] = MappingProxyType(
    {
        AppRow: models.SubApp,
        TopicRow: models.ServiceTopic,
        ItemRow: models.ServiceItem,
        ContentRow: models.ServiceContent,
        ServiceRow: models.Service,
    }
)


def lock_catalogue(session: Session) -> None:
    """Keep other loads waiting until this transaction ends; whoever reads the catalogue goes on."""
    session.execute(text("LOCK TABLE catalogue_version IN SHARE ROW EXCLUSIVE MODE"))


def stored_rows(session: Session, value: type[V]) -> list[V]:
    """Return the rows of a table as its frozen values; of services, those in force."""
    table = _table_of(value)
    names = [field.name for field in fields(value)]  # type: ignore[arg-type]  # every value here is a dataclass
    question = select(*(table.c[name] for name in names))
    if value is ServiceRow:
        question = question.where(table.c.withdrawn_in.is_(None))
    return [value(**row) for row in session.execute(question).mappings()]


def stored_digests(session: Session) -> frozenset[str]:
    """Return the digests of the content that is stored: a digest says all of it."""
    return frozenset(session.scalars(select(models.ServiceContent.digest)))


def stored_divisions(session: Session) -> frozenset[str]:
    """Return the codes of the divisions of the loaded city."""
    return frozenset(session.scalars(select(Division.code).where(Division.valid_to.is_(None))))


def next_number(session: Session) -> int:
    """Return the number of the version that a load would make."""
    return 1 + (session.scalar(select(func.max(models.CatalogueVersion.number))) or 0)


def write_version(session: Session, *, number: int, at: datetime, counts: tuple[int, int, int]) -> uuid.UUID:
    """Name the load; ``counts`` are its rows added, changed and withdrawn. Return the id of the version."""
    version_id = uuid.uuid4()
    added, changed, withdrawn = counts
    session.execute(
        insert(_table(models.CatalogueVersion)),
        {
            "number": number,
            "id": version_id,
            "loaded_at": at,
            "added": added,
            "changed": changed,
            "withdrawn": withdrawn,
        },
    )
    return version_id


def write_rows(session: Session, rows: Sequence[object], **more: object) -> None:
    """Insert rows of one kind, or bring stored ones of the same key to these values."""
    if not rows:
        return
    table = _table_of(type(rows[0]))
    columns = [field.name for field in fields(rows[0])]  # type: ignore[arg-type]  # as in stored_rows
    statement = upsert(table)
    changed = {name: statement.excluded[name] for name in (*columns, *more) if not table.c[name].primary_key}
    session.execute(
        statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed),
        [{name: getattr(row, name) for name in columns} | more for row in rows],
    )


def withdraw(session: Session, codes: Sequence[str], number: int) -> None:
    """End services with a version; they stay as history."""
    table = _table(models.Service)
    session.execute(update(table).where(table.c.code.in_(codes)).values(withdrawn_in=number, changed_in=number))


def delete_unused_content(session: Session) -> None:
    """Delete content that no service has any more."""
    session.execute(
        delete(models.ServiceContent).where(
            ~select(models.Service.code).where(models.Service.content_digest == models.ServiceContent.digest).exists()
        )
    )


def _table_of(value: type) -> Table:
    return _table(_MODEL_OF[value])


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)  # declared wider by SQLAlchemy; every model of ours is one table
