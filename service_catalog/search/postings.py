"""Which titles hold which pairs of characters and which single ones."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from service_catalog.search.texts import is_han

Posting = Sequence[int]
# A pair of few titles must not outweigh a word only because it spans the border of two words by chance.
HEAVIEST, LIGHTEST = 50, 10
MAX_SHORT = 65_536


class Postings:
    """The places of titles by what they hold; each list ascends and names a place once."""

    def __init__(self, titles: Sequence[str]) -> None:
        """Read all titles, folded."""
        self.size = len(titles)
        self.is_small = self.size <= MAX_SHORT
        kind = "H" if self.is_small else "I"
        self.near = _gathered((_pairs(title, 1) for title in titles), kind)
        self.gapped = _gathered((_pairs(title, 2) for title in titles), kind)
        self.single = _gathered((filter(is_han, title) for title in titles), kind)

    def weight(self, posting: Collection[int]) -> int:
        """Return what holding one of these counts: the rarer, the more, within bounds."""
        return max(LIGHTEST, min(HEAVIEST, round(10 * (1 + math.log(self.size / len(posting))))))


def pairs_of(word: str) -> list[str]:
    """Return the pairs of neighbours in a word, each once; a single character is its own."""
    return list(dict.fromkeys(one + other for one, other in pairwise(word))) or [word]


def _pairs(title: str, distance: int) -> Iterable[str]:
    return (one + other for one, other in zip(title, title[distance:], strict=False) if is_han(one) and is_han(other))


def _gathered(held: Iterable[Iterable[str]], kind: str) -> Mapping[str, Posting]:
    lists: dict[str, array[int]] = {}
    for place, units in enumerate(held):
        for unit in units:
            posting = lists.get(unit)
            if posting is None:
                lists[unit] = array(kind, (place,))
            elif posting[-1] != place:
                posting.append(place)
    return {unit: array(kind, posting) for unit, posting in lists.items()}  # copied, so that none keeps spare room
