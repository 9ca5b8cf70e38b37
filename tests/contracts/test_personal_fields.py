"""The table of personal fields is whole: no sealed column of the models is missing from it, and none is made up."""

from __future__ import annotations

import importlib
import pkgutil

import backend
from backend.data_protection.fields import ERASURE_WORDS, FIELDS, RETENTION_WORDS, SEALED_FIELDS
from backend.infrastructure.database import Base


def sealed_columns() -> set[str]:
    """Return every column of every model whose name says that it is sealed, and every one that names a key."""
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if ".models" in module.name:
            importlib.import_module(module.name)
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith(("_sealed", "_key_id"))
    }


def test_every_sealed_column_and_every_column_of_its_key_is_in_the_table():
    told = {field.name for field in SEALED_FIELDS}
    keys = {f"{field.table.__tablename__}.{field.key_column}" for field in SEALED_FIELDS}

    assert told | keys == sealed_columns()


def test_every_field_is_a_column_once_and_has_a_purpose_and_a_retention_in_words():
    names = [field.name for field in FIELDS]

    assert len(names) == len(set(names))
    for field in FIELDS:
        assert field.column in field.table.__table__.columns, field.name
        assert field.purpose
        assert field.retention in RETENTION_WORDS
        assert field.on_erasure in ERASURE_WORDS


def test_a_sealed_row_has_one_key_column_so_that_its_context_is_one_text():
    assert [field.name for field in SEALED_FIELDS if len(field.table.__table__.primary_key) != 1] == []
