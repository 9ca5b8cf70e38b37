"""What citizens say, and the official words for it: a committed table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from service_catalog.search.tables import rows
from service_catalog.search.texts import folded


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Official words by everyday word, both folded; ``acts`` are those everyday words that name no object (丢了)."""

    official: Mapping[str, tuple[str, ...]]
    acts: frozenset[str] = frozenset()

    @classmethod
    def load(cls) -> Self:
        """Read ``service_catalog/data/synonyms.csv``; the official words of a row are parted by ``|``."""
        table = list(rows("synonyms.csv"))
        return cls(
            {folded(row["everyday"]): tuple(map(folded, row["official"].split("|"))) for row in table},
            frozenset(folded(row["everyday"]) for row in table if row["kind"] == "act"),
        )
