"""Rotation of keys: every sealed value is sealed anew with the current key and cipher, beside a running server.

Rows that somebody else holds are passed over and met in the next pass, so that this never waits and nobody deadlocks.
The digests of the ledger are of the texts, not of their ciphertexts: no chain is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update

from backend.data_protection.fields import SEALED_FIELDS, SealedField
from backend.infrastructure.crypto import Algorithm, SealBroken, Sealed, Sealer
from backend.infrastructure.database import Database, Session

BATCH = 500
_PASSES = 3
_CIPHER_NAMES = {bytes([algorithm]): algorithm.title for algorithm in Algorithm}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the rotation of one field has come. ``broken`` values do not open, and stay as they are."""

    field: str
    done: int
    total: int
    broken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How many values of a field a key and a cipher seal."""

    field: str
    key_id: str
    cipher: str
    count: int


def key_uses(database: Database) -> Iterator[Use]:
    """Yield how many values each key and cipher seals, field by field."""
    for field in SEALED_FIELDS:
        sealed, key_id, first_byte = _columns(field)
        with database.transaction() as session:
            statement = select(key_id, first_byte, func.count()).where(sealed.is_not(None)).group_by(key_id, first_byte)
            rows = session.execute(statement.order_by(key_id, first_byte)).all()
        for key, byte, count in rows:
            yield Use(field=field.name, key_id=key, cipher=_CIPHER_NAMES.get(bytes(byte), "unknown"), count=count)


def waiting(database: Database, *, sealer: Sealer) -> Iterator[Progress]:
    """Yield how many values of each field are not sealed with the current key and cipher."""
    for field in SEALED_FIELDS:
        yield Progress(field=field.name, done=0, total=_count_old(database, field, sealer), broken=0)


def rotate(database: Database, *, sealer: Sealer, batch: int = BATCH) -> Iterator[Progress]:
    """Seal every old value anew, and yield the progress after each batch. Each batch is one transaction.

    It may be stopped at any moment and begun again: what is done is done, and is not done twice. ``database`` is
    opened as the owner: the serving role may change no stored text.
    """
    for field in SEALED_FIELDS:
        total = _count_old(database, field, sealer)
        done = broken = 0
        for _ in range(_PASSES if total else 0):
            broken = 0  # they are met again in each pass
            for resealed, unopened in _one_pass(database, field, sealer, batch):
                done, broken = done + resealed, broken + unopened
                yield Progress(field=field.name, done=done, total=max(total, done), broken=broken)
            if done + broken >= total:
                break


def _one_pass(database: Database, field: SealedField, sealer: Sealer, batch: int) -> Iterator[tuple[int, int]]:
    after: object = None
    while True:
        with database.transaction() as session:
            rows = _old_rows(session, field, sealer, after, batch)
            resealed = _reseal(session, field, rows, sealer)
        if not rows:
            return
        after = rows[-1].key
        yield resealed, len(rows) - resealed


def _reseal(session: Session, field: SealedField, rows: Sequence[Any], sealer: Sealer) -> int:
    """Seal the rows anew; return how many opened. They are locked, so that no newer value can be lost."""
    values = []
    for row in rows:
        context = field.context.format(row.key)
        try:
            text = sealer.open(Sealed(row.key_id, row.sealed), context=context)
        except SealBroken:
            continue
        fresh = sealer.seal(text, context=context)
        values.append({"row_key": row.key, "fresh": fresh.ciphertext, "fresh_key_id": fresh.key_id})
    if values:
        table: Any = field.table.__table__  # its columns are named by the table of fields
        columns: dict[str, Any] = {field.column: bindparam("fresh"), field.key_column: bindparam("fresh_key_id")}
        session.connection().execute(
            update(table).where(_key_of(field) == bindparam("row_key")).values(columns), values
        )
    return len(values)


def _old_rows(session: Session, field: SealedField, sealer: Sealer, after: object, batch: int) -> Sequence[Any]:
    sealed, key_id, _ = _columns(field)
    key = _key_of(field)
    statement = select(key.label("key"), sealed.label("sealed"), key_id.label("key_id")).where(_is_old(field, sealer))
    if after is not None:
        statement = statement.where(key > after)
    return session.execute(statement.order_by(key).limit(batch).with_for_update(key_share=True, skip_locked=True)).all()


def _count_old(database: Database, field: SealedField, sealer: Sealer) -> int:
    with database.transaction() as session:
        statement = select(func.count()).select_from(field.table).where(_is_old(field, sealer))
        return session.scalar(statement) or 0


def _is_old(field: SealedField, sealer: Sealer) -> ColumnElement[bool]:
    sealed, key_id, first_byte = _columns(field)
    current = sealer.current
    return and_(sealed.is_not(None), or_(key_id != current.key_id, first_byte != bytes([current.algorithm])))


# The columns are named by the table of fields, so their types are not known here.
def _columns(field: SealedField) -> tuple[Any, Any, Any]:
    columns = field.table.__table__.c
    sealed = columns[field.column]
    return sealed, columns[field.key_column], func.substr(sealed, 1, 1)


def _key_of(field: SealedField) -> Any:  # noqa: ANN401 - as above
    [key] = field.table.__table__.primary_key
    return key
