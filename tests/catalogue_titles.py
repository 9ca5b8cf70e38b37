"""The titles of the project's own list of service items, indexed once for all tests of the search."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from service_catalog.pinyin import pinyin_of
from service_catalog.search import Entry, Found, SearchIndex, Synonyms

ITEMS = Path(__file__).parents[1] / "service_catalog" / "data" / "service_items.csv"


@cache
def titles() -> tuple[str, ...]:
    """Return the distinct names, sorted."""
    with ITEMS.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(sorted({row["name"] for row in csv.DictReader(lines)}))


@cache
def index() -> SearchIndex:
    """Return the index of all titles with the committed synonyms."""
    return index_of(titles())


def index_of(
    names: Sequence[str], *, keywords: Sequence[tuple[str, ...]] = (), synonyms: Synonyms | None = None
) -> SearchIndex:
    """Return an index of these titles."""
    words = keywords or [()] * len(names)
    entries = [Entry(name, pinyin_of(name), own) for name, own in zip(names, words, strict=True)]
    return SearchIndex.build(entries, synonyms or Synonyms.load())


def found(query: str, limit: int = 20) -> Found:
    """Search all titles."""
    return index().search(query, limit=limit)


def names_found(query: str, limit: int = 20) -> list[str]:
    """Return the titles found, best first."""
    return [titles()[hit.place] for hit in found(query, limit).hits]
