"""Adding up what a query and a title share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from service_catalog.search.everyday import Leads
from service_catalog.search.postings import HEAVIEST, Posting, Postings, pairs_of
from service_catalog.search.queries import Kind, Term
from service_catalog.search.sounds import Heard, Sounds, better
from service_catalog.search.syllables import read_as_pinyin
from service_catalog.search.tables import readings
from service_catalog.search.texts import is_han

_HUNDRED, _SQUARE = 100, 10_000
# A pair that no title holds counts this much against every title, where one of its characters is nobody's neighbour.
_UNKNOWN = 30
# Of the weight of a pair: read alike, one character apart or swapped, one character alone.
_ALIKE, _APART, _ALONE = 80, 60, 30
_WORD_BY_SOUND = 3, 5
# A text with more strange characters than this was no slip, and trying them all would take long.
_MOST_ORPHANS = 12
# Letters that were read so well are not read in another way.
_SURE = 85


@dataclass(slots=True)
class Marks:
    """What to highlight in the titles found: texts, characters with one between, everyday words, and readings."""

    texts: set[str] = field(default_factory=set)
    gapped: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    heard: list[Heard] = field(default_factory=list)


class Tally:
    """The points of every title for one query."""

    def __init__(self, postings: Postings, sounds: Sounds, everyday: Mapping[str, Leads]) -> None:
        """Begin with nothing for all."""
        self._postings, self._sounds, self._everyday = postings, sounds, everyday
        self.points: dict[int, int] = {}
        self.possible = 0
        self.is_corrected = False
        self.marks = Marks()
        self._plain: list[str] = []

    def add(self, term: Term, before: Term | None) -> None:
        """Count one term, with the pair across its border to the term before where nothing stood between."""
        if before and term.is_joined and (posting := self._postings.near.get(before.text[-1] + term.text[0])):
            self._add_pair(before.text[-1] + term.text[0], posting)
        if term.kind is Kind.EVERYDAY:
            self._add_everyday(term.text, _HUNDRED)
        elif term.kind is Kind.LETTERS or not is_han(term.text):
            self._add_letters(term.text)
        else:
            self._add_plain(term.text)

    def holding_all(self) -> Set[int]:
        """Return the places of the titles that hold every character of the plain terms, each beside a neighbour."""
        near = self._postings.near
        held: set[int] | None = None
        for text in self._plain:
            pairs = [near.get(pair, ()) for pair in map("".join, pairwise(text))]
            for before, after in zip([(), *pairs], [*pairs, ()], strict=True):
                beside = {*before, *after}
                held = beside if held is None else held & beside
                if not held:
                    return frozenset()
        return held or frozenset()

    def _add_plain(self, text: str) -> None:
        near = self._postings.near
        if len(text) > 1:
            self._plain.append(text)
        for pair in pairs_of(text):
            if pair in near:
                self._add_pair(pair, near[pair])
        orphans = [
            offset
            for offset in range(len(text))
            if text[max(0, offset - 1) : offset + 1] not in near and text[offset : offset + 2] not in near
        ]
        for offset in orphans:
            self._add_alone(text[offset], _HUNDRED if len(text) == 1 else _ALONE)
        if 0 < len(orphans) <= _MOST_ORPHANS and len(text) > 1:
            self._add_slips(text, orphans)

    def _add_slips(self, text: str, orphans: Sequence[int]) -> None:
        postings, lonely = self._postings, set(orphans)
        for offset, (one, other) in enumerate(pairwise(text)):
            if one + other in postings.near or not lonely & {offset, offset + 1}:
                continue
            self.possible += _UNKNOWN
            self._add_alike(one, other)
            if posting := postings.near.get(other + one):
                self._add_slip(posting, _APART)
                self.marks.texts.add(other + one)
            self._add_gapped(one + other)
        for offset in orphans:
            if 0 < offset < len(text) - 1:
                across = text[offset - 1] + text[offset + 1]
                self._add_gapped(across)
                if posting := postings.near.get(across):
                    self._add_slip(posting, _APART)
                    self.marks.texts.add(across)
        self._add_words_by_sound(text, lonely)

    def _add_words_by_sound(self, text: str, lonely: set[int]) -> None:
        least, most = _WORD_BY_SOUND
        read = [readings().get(one, "") for one in text]
        for length in range(least, most + 1):
            for begin in range(len(text) - length + 1):
                if all(read[begin : begin + length]) and lonely & set(range(begin, begin + length)):
                    for word in self._sounds.words_read(tuple(read[begin : begin + length])):
                        self.is_corrected = True
                        self._add_everyday(word, _ALIKE)

    def _add_alike(self, one: str, other: str) -> None:
        known = readings()
        if one in known and other in known:
            heard = self._sounds.hear((known[one], known[other]))
            if heard.best:
                self._add_slip(heard.best, _ALIKE)
                self.marks.heard.append(heard)

    def _add_gapped(self, two: str) -> None:
        if posting := self._postings.gapped.get(two):
            self._add_slip(posting, _APART)
            self.marks.gapped.add(two)

    def _add_slip(self, posting: Collection[int], share: int) -> None:
        self.is_corrected = True
        self._add_points(posting, self._postings.weight(posting) * share // _HUNDRED)

    def _add_pair(self, pair: str, posting: Posting) -> None:
        weight = self._postings.weight(posting)
        self.possible += weight
        self._add_points(posting, weight)
        self.marks.texts.add(pair)

    def _add_alone(self, one: str, share: int) -> None:
        if posting := self._postings.single.get(one):
            weight = self._postings.weight(posting) * share // _HUNDRED
            self.possible += weight
            self._add_points(posting, weight)
            self.marks.texts.add(one)

    def _add_points(self, posting: Iterable[int], weight: int) -> None:
        points = self.points
        for place in posting:
            points[place] = points.get(place, 0) + weight

    def _add_everyday(self, word: str, share: int) -> None:
        leads, points = self._everyday[word], self.points
        self.possible += leads.weight
        self.marks.words.add(word)
        weight = leads.weight * share
        for place, credit in zip(leads.places, leads.credits, strict=True):
            points[place] = points.get(place, 0) + weight * credit // _SQUARE

    def _add_letters(self, letters: str) -> None:
        best: Mapping[int, int] = {}
        patterns = read_as_pinyin(letters)
        weight = HEAVIEST * max(1, len(patterns[0]) - 1 if patterns else 1)
        for pattern in patterns:
            heard = self._sounds.hear(pattern)
            self.marks.heard.append(heard)
            best = better(best, heard.best)
            if max(best.values(), default=0) >= _SURE:
                break
        self.possible += weight
        points = self.points
        for place, value in best.items():
            points[place] = points.get(place, 0) + weight * value // _HUNDRED
