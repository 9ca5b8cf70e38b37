"""The fields of a service item in the national interface table (item_fields.csv)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.organization.rules.sources.lines import SourceFile, lines_of


class FieldGroup(StrEnum):
    """The group of fields in which a field stands."""

    BASIC = "basic"
    EXTEND = "extend"
    MATERIAL = "material"
    FEE = "fee"
    FAQ = "faq"
    SYNC = "sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """A field: its group, its name in the table, its Chinese label, and whether a row must have it."""

    group: FieldGroup
    name: str
    label: str
    is_number: bool
    is_required: bool


def read_field_table(file: SourceFile) -> tuple[FieldSpec, ...]:
    """Return the fields in the order of the table. A line may name two fields, parted by a slash."""
    specs = []
    for line in lines_of(file, ("group", "field", "label", "type", "required")):
        names, labels = line.parts("field", "/"), line.text("label").split("/")
        for place, name in enumerate(names):
            label = labels[0] if len(names) == 1 or place == 0 else labels[0].removesuffix("代码") + labels[place]
            specs.append(
                FieldSpec(
                    group=line.one_of("group", FieldGroup),
                    name=name,
                    label=line.text("label") if len(names) == 1 else label,
                    is_number=line.text("type") == "int",
                    is_required=line.text("required") == "Y",
                )
            )
    return tuple(specs)
