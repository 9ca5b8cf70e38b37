"""Loads of the catalogue for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from backend.infrastructure.database import Database
from service_catalog.ingestion.load import LoadReport, load_catalogue
from service_catalog.pinyin import pinyin_of
from service_catalog.rules.feed import Feed
from tests.small_catalogue import small_feed

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SMALL = small_feed()


def load(owner: Database, feed: Feed) -> LoadReport:
    """Load a feed and commit."""
    with owner.transaction() as session:
        return load_catalogue(session, feed=feed, read_title=pinyin_of, now=NOW, progress=lambda _line: None)


def without(title: str, feed: Feed = SMALL) -> Feed:
    """Return the feed without an item."""
    kept = tuple(row for row in feed.services if row.title != title)
    assert len(kept) < len(feed.services)
    return replace(feed, services=kept)
