"""Sub-apps and topics with what stands below them. What holds nothing does not appear: it is computed, not kept."""

from __future__ import annotations

from collections import Counter

from service_catalog.browsing.lines import (
    SUPPOSED_NOTICE,
    Document,
    area_of,
    audience_named,
    notice_of,
    version_of,
)
from service_catalog.browsing.snapshot import Row, Snapshot
from service_catalog.rules.feed import SubApp, Topic
from service_catalog.search import Suggestion

# As many as a phone shows above its keyboard.
MAX_SUGGESTIONS = 8


def apps_document(snapshot: Snapshot) -> Document:
    """Return the sub-apps that offer something, with how many items and services."""
    rows = Counter(row.traits.app for item in snapshot.items for row in item.rows)
    items = Counter(item.rows[0].traits.app for item in snapshot.items)
    return {
        "version": version_of(snapshot),
        "items": [
            _app(app) | {"item_count": items[code], "service_count": rows[code]} for code, app in snapshot.apps.items()
        ],
    }


def app_document(snapshot: Snapshot, code: str, division_code: str | None) -> Document:
    """Return a sub-app with its tree: topics, below each its items, every item once, under its first topic.

    Raises SubAppUnknown or DivisionUnknown.
    """
    app, area = snapshot.app(code), snapshot.area(division_code)
    below: dict[str, list[Document]] = {}
    rows: list[Row] = []
    for item in snapshot.items:
        row = item.shown(area)
        if row is not None and row.traits.app == code:
            rows.append(row)
            leaf: Document = {"code": item.code(row), "title": item.title, "area_code": row.area.code}
            below.setdefault(row.traits.topics[0], []).append(leaf)
    return {
        "version": version_of(snapshot),
        **_app(app),
        "area": None if area is None else area_of(area),
        "sample_notice": notice_of(rows),
        "topics": [
            _topic(topic) | {"items": below[topic_code]}
            for topic_code, topic in snapshot.topics.items()
            if topic_code in below
        ],
    }


def topics_document(snapshot: Snapshot) -> Document:
    """Return the topics under which something stands, with how many items."""
    counts = Counter(topic for item in snapshot.items for topic in item.rows[0].traits.topics)
    return {
        "version": version_of(snapshot),
        "items": [
            _topic(topic) | {"item_count": counts[code]} for code, topic in snapshot.topics.items() if counts[code]
        ],
    }


def suggestions_document(snapshot: Snapshot, query: str, *, limit: int = MAX_SUGGESTIONS) -> Document:
    """Return titles to offer while somebody types."""
    return {
        "version": version_of(snapshot),
        "items": [_suggestion(snapshot, one) for one in snapshot.search.suggest(query, limit=limit)],
    }


def _suggestion(snapshot: Snapshot, suggestion: Suggestion) -> Document:
    item = snapshot.items[suggestion.place]
    row = item.rows[0]
    return {
        "text": suggestion.text,
        "spans": suggestion.spans,
        "code": item.code(row),
        "is_sample": row.traits.is_sample,
    }


def _app(app: SubApp) -> Document:
    return {
        "code": app.code,
        "name": app.name,
        "department": app.department,
        "is_supposed": app.is_supposed,
        "notice": SUPPOSED_NOTICE if app.is_supposed else None,
    }


def _topic(topic: Topic) -> Document:
    return {
        "code": topic.code,
        "name": topic.name,
        "kind": topic.kind,
        "audience": None if topic.audience is None else audience_named(topic.audience),
    }
