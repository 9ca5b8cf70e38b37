"""The committed tables that the search reads: words to leave out, last offers, readings, traditional characters."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


def rows(name: str) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a table under ``service_catalog/data``."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


@cache
def simplified() -> Mapping[int, int]:
    """Return simplified characters by traditional ones, for ``str.translate``: a small table, of official words."""
    return {
        ord(one): ord(other)
        for row in rows("traditional.csv")
        for one, other in zip(row["traditional"], row["simplified"], strict=True)
    }


@cache
def readings() -> Mapping[str, str]:
    """Return the commonest syllable of each of the 6,763 characters of GB/T 2312."""
    return {one: row["syllable"] for row in rows("readings.csv") for one in row["characters"]}


@cache
def left_out() -> frozenset[str]:
    """Return polite and question words that say nothing about the service meant."""
    return frozenset(row["phrase"] for row in rows("phrases.csv") if row["kind"] == "left_out")


@cache
def last_offers() -> tuple[str, ...]:
    """Return the words of those titles that are offered when not a character of a query is known."""
    return tuple(row["phrase"] for row in rows("phrases.csv") if row["kind"] == "last_offer")
