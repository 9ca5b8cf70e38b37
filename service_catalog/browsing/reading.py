"""Building a snapshot from the stored catalogue, row by row, so that little is in memory twice."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.organization.models.places import Division
from backend.organization.models.versions import CityVersion
from service_catalog import models
from service_catalog.browsing.snapshot import Area, Item, Place, Row, Snapshot, SortKey, Traits, VersionKey
from service_catalog.rules.feed import SubApp, Topic, usual_own_fields
from service_catalog.rules.vocabulary import Audience
from service_catalog.search import Entry, SearchIndex, Synonyms

T = TypeVar("T")

_BATCH = 500
_SOUND_LENGTH = 24
_COMPRESSION = 6


def stored_version(session: Session) -> VersionKey | None:
    """Return what a snapshot would be made of now; None before the first load."""
    catalogue = session.scalar(
        select(models.CatalogueVersion.id).order_by(models.CatalogueVersion.number.desc()).limit(1)
    )
    if catalogue is None:
        return None
    return VersionKey(catalogue, session.scalar(select(CityVersion.version)))


def read_snapshot(session: Session) -> Snapshot | None:
    """Build the snapshot of the version in force; None before the first load.

    All questions see one state of the database, whatever is loaded meanwhile: the session must not have asked anything
    yet.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    key = stored_version(session)
    if key is None:
        return None
    version = session.scalars(select(models.CatalogueVersion).where(models.CatalogueVersion.id == key.catalogue)).one()
    titles = {row.key: row for row in session.execute(select(models.ServiceItem.__table__))}
    divisions = session.execute(select(Division.id, Division.code, Division.name, Division.level, Division.parent_id))
    areas = _Areas(divisions.all())
    content = _Content(session)
    rows = _Rows(session, areas, content)
    items = _items(rows.by_item, titles)
    offered = {row.traits.app for item in items for row in item.rows}
    offering = {row.area for item in items for row in item.rows}
    entries = [Entry(item.title, tuple(titles[item.key].syllables), ()) for item in items]
    return Snapshot(
        key=key,
        number=version.number,
        loaded_at=version.loaded_at,
        apps={code: app for code, app in _apps(session).items() if code in offered},
        topics=_topics(session),
        areas=sorted(offering, key=attrgetter("code")),
        area_of=areas.of_divisions({area.code for area in offering}),
        items=items,
        item_of={item.key: item for item in items},
        unusual_own_fields=rows.unusual,
        dictionary=content.dictionary,
        search=SearchIndex.build(entries, Synonyms.load()),
    )


class _Areas:
    """The divisions of the city, and which of them offer services."""

    def __init__(self, divisions: Sequence[Any]) -> None:  # rows of id, code, name, level, parent_id
        self._parents = {one.id: one.parent_id for one in divisions}
        self._areas = {one.id: Area(one.code, one.name, one.level) for one in divisions}
        self.by_code = {area.code: area for area in self._areas.values()}

    def of_divisions(self, offering: set[str]) -> dict[str, Area]:
        """Return for each division the nearest at or above it that offers services."""
        found: dict[str, Area] = {}
        for division_id, area in self._areas.items():
            above = division_id
            while self._areas[above].code not in offering and self._parents[above] is not None:
                above = self._parents[above]
            found[area.code] = self._areas[above]
        return found


class _Interned:
    """Keeps one of equal values: thousands of rows share a few hundred."""

    def __init__(self) -> None:
        self._kept: dict[object, object] = {}

    def one(self, value: T) -> T:
        """Return the value that is kept."""
        return self._kept.setdefault(value, value)  # type: ignore[return-value]  # equal values are of one type


class _Content:
    """Content by digest, compressed against the first of them: all have the same names and most of the words."""

    def __init__(self, session: Session) -> None:
        self.dictionary = b""
        self._bodies: dict[str, bytes] = {}
        stored = select(models.ServiceContent.digest, models.ServiceContent.body).execution_options(yield_per=_BATCH)
        for digest, body in session.execute(stored):
            text = body.encode()
            self.dictionary = self.dictionary or text
            packer = zlib.compressobj(_COMPRESSION, zdict=self.dictionary)
            # Each text is packed whole: what the packer still holds is its end.
            self._bodies[digest] = packer.compress(text) + packer.flush()

    def of(self, digest: str) -> bytes:
        """Return the content."""
        return self._bodies[digest]


class _Rows:
    """The rows in force by the key of their item, and the own fields that do not follow from a code."""

    def __init__(self, session: Session, areas: _Areas, content: _Content) -> None:
        self.by_item: dict[str, list[Row]] = {}
        self.unusual: dict[str, bytes] = {}
        self._one = _Interned().one
        self._places: dict[str, Place] = {}
        table = models.Service.__table__
        question = select(table).where(table.c.withdrawn_in.is_(None)).order_by(table.c.code)
        for stored in session.execute(question.execution_options(yield_per=_BATCH)):
            row = Row(
                area=areas.by_code[stored.division_code],
                traits=self._traits(stored),
                place=self._place(stored.place_fields),
                content=content.of(stored.content_digest),
            )
            self.by_item.setdefault(stored.item_key, []).append(row)
            if orjson.loads(stored.own_fields) != usual_own_fields(stored.code):
                self.unusual[stored.code] = stored.own_fields.encode()

    def _place(self, fields: str) -> Place:
        place = self._places.get(fields)
        if place is None:
            department = str(orjson.loads(fields).get("dept_name") or "")
            place = self._places[fields] = Place(department, fields.encode())
        return place

    def _traits(self, stored: Any) -> Traits:  # noqa: ANN401 - a row of the table
        one = self._one
        traits = Traits(
            app=one(stored.sub_app),
            audience=one(stored.audience),
            item_type=one(stored.item_type),
            depth=stored.depth,
            topics=one(tuple(one(topic) for topic in stored.topics)),
            origin=one(stored.origin),
            is_sample=stored.is_sample,
        )
        return one(traits)


def _items(by_item: Mapping[str, list[Row]], titles: Mapping[str, Any]) -> tuple[Item, ...]:
    items = [
        Item(
            key=key,
            title=titles[key].title,
            sort_key=_sort_key(key, titles[key].syllables, rows[0]),
            rows=tuple(sorted(rows, key=_city_first)),
        )
        for key, rows in by_item.items()
    ]
    return tuple(sorted(items, key=attrgetter("sort_key")))


def _city_first(row: Row) -> tuple[bool, str]:
    return row.area.level != "city", row.area.code


def _sort_key(key: str, syllables: Sequence[str], row: Row) -> SortKey:
    return row.traits.app, "".join(syllables)[:_SOUND_LENGTH], key


def _apps(session: Session) -> dict[str, SubApp]:
    rows = session.scalars(select(models.SubApp).order_by(models.SubApp.position))
    return {
        row.code: SubApp(
            code=row.code,
            name=row.name,
            department=row.department,
            is_supposed=row.is_supposed,
            evidence=row.evidence,
        )
        for row in rows
    }


def _topics(session: Session) -> dict[str, Topic]:
    rows = session.scalars(select(models.ServiceTopic).order_by(models.ServiceTopic.position))
    return {
        row.code: Topic(
            code=row.code,
            kind=row.kind,
            name=row.name,
            audience=None if row.audience is None else Audience(row.audience),
            source=row.source,
        )
        for row in rows
    }
