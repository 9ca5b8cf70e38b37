"""The project's own files of the catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from backend.organization.rules.sources.lines import SourceFile
from backend.organization.use_cases.city_files import read_file
from service_catalog.rules.field_table import FieldGroup, FieldSpec, read_field_table

PROJECT_DATA = Path(__file__).resolve().parent / "data"


def project_file(name: str) -> SourceFile:
    """Return one file of the project's data. Raises SourceRefused where it is not UTF-8."""
    return read_file(PROJECT_DATA / name)


@cache
def item_fields() -> tuple[FieldSpec, ...]:
    """Return the national table of fields, read once a process."""
    return read_field_table(project_file("item_fields.csv"))


def fields_of(*groups: FieldGroup) -> tuple[FieldSpec, ...]:
    """Return the fields of these groups, in the order of the table."""
    return tuple(spec for spec in item_fields() if spec.group in groups)
