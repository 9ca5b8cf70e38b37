"""Which characters of a title to highlight: those that matched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from service_catalog.search.everyday import Leads, spans_of, spans_of_word
from service_catalog.search.scoring import Marks
from service_catalog.search.sounds import Sounds

Span = tuple[int, int]


class Highlighter:
    """The marks of one query, to be found in many titles."""

    def __init__(self, marks: Marks, titles: Sequence[str], sounds: Sounds, everyday: Mapping[str, Leads]) -> None:
        """Take the marks as they are; titles are folded, with the offsets of the originals."""
        self._marks, self._titles, self._sounds = marks, titles, sounds
        self._words = {word: everyday[word] for word in marks.words}

    def spans(self, place: int) -> tuple[Span, ...]:
        """Return the spans in the title at a place, in order, without overlap, neighbours joined."""
        title, marks = self._titles[place], self._marks
        found = spans_of(title, marks.texts)
        for one, other in map(tuple, marks.gapped):
            found += [(start, end + 2) for start, end in spans_of(title, (one,)) if title[end + 1 : end + 2] == other]
        for word, leads in self._words.items():
            found += spans_of_word(place, title, word, leads)
        for heard in marks.heard:
            found += self._sounds.spans_in(place, title, heard)
        return _joined(found)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
