"""Lists of services: chosen by filters, in the order of sub-app and sound or ranked by the search, page by page."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter

from service_catalog.browsing.lines import Document, area_of, line_of, notice_of, version_of
from service_catalog.browsing.snapshot import Area, Item, Row, Snapshot, SortKey
from service_catalog.rules.vocabulary import Audience
from service_catalog.search import Found, Hit

# A ranked list ends here: nobody reads on, and the search ranks all it gives.
MAX_RANKED = 200
NEAREST_NOTICE = "没有找到完全符合的事项，以下是最相近的。"
ELSEWHERE_NOTICE = "所选条件下没有找到，以下是不限条件的结果。"
NOTHING_NOTICE = "没有找到相关事项，请换个说法，或按子应用和主题浏览。"
_KEY = re.compile("[0-9a-f]{10}")
_MARK_CHARACTERS = 8
# Of places within filters: what people choose comes again, and an area alone is gone through for each search otherwise.
_MOST_ALLOWED = 32


class PlaceUnknown(ValueError):
    """A cursor names a place that the list does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFilter:
    """What a list is asked for. ``depth`` is the least; ``area`` is any division of the city."""

    query: str | None = None
    app: str | None = None
    topic: str | None = None
    audience: Audience | None = None
    area: str | None = None
    depth: int | None = None

    @property
    def mark(self) -> str:
        """A few characters that stand for all of it, so that a cursor is not taken for another list."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:_MARK_CHARACTERS]

    def takes(self, row: Row) -> bool:
        """Tell whether a row is one of those asked for."""
        traits = row.traits
        return (
            (self.app is None or traits.app == self.app)
            and (self.topic is None or self.topic in traits.topics)
            and (self.audience is None or traits.audience == self.audience)
            and (self.depth is None or traits.depth >= self.depth)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage:
    """A page as a document, and the place of its last line where more follow."""

    document: Document
    after: SortKey | None


def parse_place(wanted: ServiceFilter, app: str, sound: str, key: str, mark: str) -> SortKey:
    """Return the place that a cursor names. Raises PlaceUnknown for what no page of these filters ever gave."""
    if _KEY.fullmatch(key) is None or mark != wanted.mark:
        raise PlaceUnknown(key)
    return app, sound, key


def services_page(snapshot: Snapshot, wanted: ServiceFilter, *, after: SortKey | None, limit: int) -> ServicePage:
    """Return up to ``limit`` items after a place.

    Raises DivisionUnknown, SubAppUnknown, TopicUnknown; PlaceUnknown for a place that a ranked list does not have.
    """
    area = snapshot.area(wanted.area)
    if wanted.app is not None:
        snapshot.app(wanted.app)
    if wanted.topic is not None:
        snapshot.topic(wanted.topic)
    # Beyond the end of a list nothing is missing.
    nothing = NOTHING_NOTICE if after is None else None
    if wanted.query is None:
        return _page(snapshot, _in_order(snapshot, wanted, area, after), limit, area, messages=(None, nothing))
    found, notice = _found(snapshot, wanted, area)
    lines = _from(snapshot, found, area, after)
    return _page(snapshot, lines, limit, area, messages=(notice, nothing), found=found)


Line = tuple[Item, Row, tuple[tuple[int, int], ...]]


def _in_order(snapshot: Snapshot, wanted: ServiceFilter, area: Area | None, after: SortKey | None) -> Iterator[Line]:
    items = snapshot.items
    start = 0 if after is None else bisect_right(items, after, key=attrgetter("sort_key"))
    for place in range(start, len(items)):
        row = items[place].shown(area)
        if row is not None and wanted.takes(row):
            yield items[place], row, ()


def _found(snapshot: Snapshot, wanted: ServiceFilter, area: Area | None) -> tuple[Found, str | None]:
    """Return what a search finds, and what people must be told of it.

    Where nothing within the filters has to do with the query, what answers it outside of them is the nearest.
    """
    found = _ranked(snapshot, wanted, area)
    anywhere = replace(wanted, app=None, topic=None, audience=None, depth=None)
    if wanted != anywhere and not (found.hits and found.hits[0].score):
        outside = _ranked(snapshot, anywhere, area)
        if outside.hits and not outside.is_nearest:
            return replace(outside, is_nearest=True), ELSEWHERE_NOTICE
        if not found.hits:
            found = outside
    return found, NEAREST_NOTICE if found.is_nearest else None


def _ranked(snapshot: Snapshot, wanted: ServiceFilter, area: Area | None) -> Found:
    allowed = None
    if wanted != ServiceFilter(query=wanted.query):
        allowed = _allowed(snapshot, replace(wanted, query=None, area=None if area is None else area.code), area)
    return snapshot.search.search(wanted.query or "", limit=MAX_RANKED, allowed=allowed)


def _allowed(snapshot: Snapshot, filters: ServiceFilter, area: Area | None) -> frozenset[int]:
    """Return the places of the items within filters, from the snapshot's memory where it has them."""
    allowed = snapshot.allowed.get(filters)
    if allowed is None:
        shown = ((place, item.shown(area)) for place, item in enumerate(snapshot.items))
        allowed = frozenset(place for place, row in shown if row is not None and filters.takes(row))
        if len(snapshot.allowed) < _MOST_ALLOWED:
            snapshot.allowed[filters] = allowed
    return allowed


def _from(snapshot: Snapshot, found: Found, area: Area | None, after: SortKey | None) -> Iterator[Line]:
    hits = found.hits if after is None else _behind(snapshot, found.hits, after)
    for hit in hits:
        item = snapshot.items[hit.place]
        row = item.shown(area)
        if row is not None:
            yield item, row, hit.spans


def _behind(snapshot: Snapshot, hits: tuple[Hit, ...], after: SortKey) -> tuple[Hit, ...]:
    for number, hit in enumerate(hits):
        if snapshot.items[hit.place].key == after[2]:
            return hits[number + 1 :]
    raise PlaceUnknown(after)


def _page(
    snapshot: Snapshot,
    lines: Iterator[Line],
    limit: int,
    area: Area | None,
    *,
    messages: tuple[str | None, str | None],
    found: Found | None = None,
) -> ServicePage:
    """Return the page of these lines, with the first of the messages where it has any, else with the second."""
    taken: list[Line] = []
    for line in lines:
        taken.append(line)
        if len(taken) > limit:
            break
    page = taken[:limit]
    offering = {row.area.code for item, _, _ in page for row in item.rows}
    document: Document = {
        "version": version_of(snapshot),
        "area": None if area is None else area_of(area),
        "understood": None if found is None else found.understood,
        "is_nearest": found is not None and found.is_nearest and bool(page),
        "message": messages[0] if page else messages[1],
        "notice": notice_of([row for _, row, _ in page]),
        "items": [line_of(snapshot, item, row, spans) for item, row, spans in page],
        "areas": [area_of(one) for one in snapshot.areas if one.code in offering],
    }
    return ServicePage(document=document, after=page[-1][0].sort_key if len(taken) > limit else None)
