"""A feed of the catalogue: what one load brings, as frozen values."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from service_catalog.rules.vocabulary import Audience, Origin

FieldValue = str | int | None
Fields = Mapping[str, FieldValue]

_KEY_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SubApp:
    """One of the sub-apps. ``is_supposed``: that it exists is our assumption; the city has published no such name."""

    code: str
    name: str
    department: str
    is_supposed: bool
    evidence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A theme of services. ``kind`` is the Chinese name of its family; ``audience`` is None where it is for both."""

    code: str
    kind: str
    name: str
    audience: Audience | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the handling: its name, and what happens in it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service item where it is offered: one row for each area.

    ``fields`` are those of the groups basic, extend and sync of the national table, by their names there;
    ``materials``, ``fees`` and ``faqs`` hold the fields of those groups, one mapping each. ``sample_fields`` names
    what was invented. ``origin_code`` is the code that the source used in another city: kept, never shown as ours.
    """

    code: str
    title: str
    division_code: str
    sub_app: str
    audience: Audience
    topics: tuple[str, ...]
    origin: Origin
    source: str
    origin_code: str | None
    is_sample: bool
    sample_fields: tuple[str, ...]
    fields: Fields
    materials: tuple[Fields, ...] = ()
    fees: tuple[Fields, ...] = ()
    faqs: tuple[Fields, ...] = ()
    steps: tuple[Step, ...] = ()

    def text(self, field: str) -> str:
        """Return a field as text, empty where it is missing."""
        value = self.fields.get(field)
        return "" if value is None else str(value)

    def number(self, field: str) -> int | None:
        """Return a field as a whole number, None where it is none."""
        value = self.fields.get(field)
        return value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Everything that one load brings. ``divisions`` maps the codes that rows may name to the names of the areas."""

    apps: tuple[SubApp, ...]
    topics: tuple[Topic, ...]
    divisions: Mapping[str, str]
    services: tuple[Service, ...]


SERVICE_CODE = re.compile("NT-([0-9a-f]{10})-([0-9A-Za-z]{1,12})")


def item_key(title: str) -> str:
    """Return what all rows of one item share: the first ten hex digits of the SHA-256 of its title."""
    return hashlib.sha256(title.encode()).hexdigest()[:_KEY_DIGITS]


def service_code(title: str, division_code: str) -> str:
    """Return the identity of an item in an area, such as ``NT-0123456789-320682``."""
    return code_of(item_key(title), division_code)


def code_of(key: str, division_code: str) -> str:
    """Return the identity of the item of a key in an area."""
    return f"NT-{key}-{division_code}"


def usual_own_fields(code: str) -> dict[str, str]:
    """Return the fields that follow from a code, as a row has them unless its source says otherwise."""
    return {"task_code": code, "task_handle_item": f"{code}-1"}
