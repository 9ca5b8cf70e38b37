"""One version of the catalogue in memory: compact, never changed once built, shared by all threads."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from backend.organization.errors import DivisionUnknown
from service_catalog.browsing.answers import AnswerCache
from service_catalog.errors import ServiceUnknown, SubAppUnknown, TopicUnknown
from service_catalog.rules.feed import SERVICE_CODE, SubApp, Topic, code_of
from service_catalog.search import SearchIndex

# Where an item stands in the list: its sub-app, how its title begins to sound, its key.
SortKey = tuple[str, str, str]


class Area(NamedTuple):
    """A division where services are offered."""

    code: str
    name: str
    level: str


class Place(NamedTuple):
    """What rows of one office in one area share: its department, and its fields as JSON."""

    department: str
    fields: bytes


class Traits(NamedTuple):
    """By what rows are chosen. ``audience``, ``item_type`` and ``depth`` are codes."""

    app: str
    audience: str
    item_type: str
    depth: int
    topics: tuple[str, ...]
    origin: str
    is_sample: bool


class Row(NamedTuple):
    """A service: an item in an area. ``content`` is compressed JSON: read rarely, and most of the catalogue."""

    area: Area
    traits: Traits
    place: Place
    content: bytes


class Item(NamedTuple):
    """An item with its rows, the city's first, then by area. Its place in the list is its id in the search."""

    key: str
    title: str
    sort_key: SortKey
    rows: tuple[Row, ...]

    def code(self, row: Row) -> str:
        """Return the code of one of its rows: it follows from item and area, and is kept nowhere."""
        return code_of(self.key, row.area.code)

    def shown(self, area: Area | None) -> Row | None:
        """Return the row for somebody of an area: theirs, else the city's; without an area the first."""
        first = self.rows[0]
        if area is None:
            return first
        return self.row_in(area.code) or (first if first.area.level == "city" else None)

    def row_in(self, division_code: str) -> Row | None:
        """Return the row of an area, if the item is offered there."""
        return next((row for row in self.rows if row.area.code == division_code), None)


class VersionKey(NamedTuple):
    """What a snapshot was made of: the loads of catalogue and city."""

    catalogue: uuid.UUID
    city: uuid.UUID | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """All of it. ``area_of`` leads from each division of the city to the area whose services its people see first.

    ``unusual_own_fields`` holds, by code, the JSON of those own fields that do not follow from the code. ``content``
    of rows was compressed against ``dictionary``.
    """

    key: VersionKey
    number: int
    loaded_at: datetime
    apps: Mapping[str, SubApp]
    topics: Mapping[str, Topic]
    areas: Sequence[Area]
    area_of: Mapping[str, Area]
    items: Sequence[Item]
    item_of: Mapping[str, Item]
    unusual_own_fields: Mapping[str, bytes]
    dictionary: bytes
    search: SearchIndex
    answers: AnswerCache = field(default_factory=AnswerCache)
    # The places of the items within filters that were asked for, for the search.
    allowed: dict[Hashable, frozenset[int]] = field(default_factory=dict)

    def area(self, division_code: str | None) -> Area | None:
        """Return the area of a division, None for none. Raises DivisionUnknown."""
        if division_code is None:
            return None
        area = self.area_of.get(division_code)
        if area is None:
            raise DivisionUnknown
        return area

    def app(self, code: str) -> SubApp:
        """Return a sub-app that offers something. Raises SubAppUnknown."""
        app = self.apps.get(code)
        if app is None:
            raise SubAppUnknown
        return app

    def topic(self, code: str) -> Topic:
        """Return a topic. Raises TopicUnknown."""
        topic = self.topics.get(code)
        if topic is None:
            raise TopicUnknown
        return topic

    def service(self, code: str) -> tuple[Item, Row]:
        """Return a service in force with its item. Raises ServiceUnknown."""
        parts = SERVICE_CODE.fullmatch(code)
        item = None if parts is None else self.item_of.get(parts[1])
        row = None if parts is None or item is None else item.row_in(parts[2])
        if item is None or row is None:
            raise ServiceUnknown
        return item, row
