"""What goes into the search and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One service item as the search sees it; its place in the list is its id.

    ``syllables`` holds one syllable a character of ``title``, as ``service_catalog.pinyin`` makes it. ``keywords`` are
    further words by which the item is found; they are not highlighted.
    """

    title: str
    syllables: tuple[str, ...]
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found: its place, and how well it fits in per mille."""

    place: int
    score: int
    find_spans: Callable[[int], Spans] = field(repr=False, compare=False)

    @property
    def spans(self) -> Spans:
        """Return what to highlight in the title: offsets of characters, [start, end), in order, without overlap.

        Worked out when asked for: of many hits, a page shows few.
        """
        return self.find_spans(self.place)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query, best first: score, then the shorter title, then the place.

    ``is_nearest`` says that nothing fits and that these are the nearest offers. ``understood`` is the query without
    polite and question words, with pinyin and slips of the finger as they were read.
    """

    hits: tuple[Hit, ...]
    is_nearest: bool
    understood: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A title to offer while somebody types, with what was typed highlighted."""

    text: str
    spans: Spans
    place: int
