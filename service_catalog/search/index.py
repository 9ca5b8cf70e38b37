"""Search among the titles of service items, in the process, without a database (docs/adr/0034)."""

from __future__ import annotations

from array import array
from collections.abc import Container, Sequence
from typing import Self

from service_catalog.search.everyday import everyday_words
from service_catalog.search.highlights import Highlighter
from service_catalog.search.postings import Postings
from service_catalog.search.queries import Kind, Term, terms_of
from service_catalog.search.scoring import Tally
from service_catalog.search.sounds import Sounds
from service_catalog.search.synonyms import Synonyms
from service_catalog.search.tables import last_offers
from service_catalog.search.texts import folded, plain
from service_catalog.search.values import Entry, Found, Hit, Spans, Suggestion

_THOUSAND = 1000
# A best hit below this share is no answer, only the nearest there is; hits far below the best one are noise.
_LEAST_SHARE, _FAR_BELOW = 400, 3
# Who holds every character that was typed, each beside a neighbour, gains a tenth. 食品（含保健食品）经营许可 holds all
# of 食品经营许可; 药品经营许可 holds heavier pairs of it, one of them (品经) by chance.
_WHOLE = 10


class SearchIndex:
    """All titles with what is needed to find them; never changed once built, so that threads share it."""

    def __init__(self, entries: Sequence[Entry], synonyms: Synonyms) -> None:
        """Use ``build``, which says what it does."""
        self._entries = tuple(entries)
        self._titles = [plain(entry.title) for entry in entries]
        syllables = [entry.syllables for entry in entries]
        self._postings = Postings(self._titles)
        keywords = [tuple(folded(word) for word in entry.keywords) for entry in entries]
        self._everyday = everyday_words(synonyms, keywords, self._titles, self._postings)
        self._sounds = Sounds(self._titles, syllables, self._everyday)
        by_length = sorted(range(len(entries)), key=lambda place: (len(self._titles[place]), place))
        self._by_rank = array("I", [0, *reversed(by_length)])  # the higher, the shorter
        self._order = array("I", [0] * len(entries))
        for rank, place in enumerate(self._by_rank[1:], start=1):
            self._order[place] = rank
        offers = last_offers()
        self._last_offers = [p for word in offers for p in by_length if word in self._titles[p]]

    @classmethod
    def build(cls, entries: Sequence[Entry], synonyms: Synonyms) -> Self:
        """Return the index of entries: about 0.2 s and some MB for 1,500 titles. The places are those of the list."""
        return cls(entries, synonyms)

    def search(self, query: str, *, limit: int, allowed: Container[int] | None = None) -> Found:
        """Return at most ``limit`` titles for what somebody typed, of those allowed; never raises on any text.

        Of a query, the first hundred characters count. A query without a letter, digit or Chinese character finds
        nothing.
        """
        terms = terms_of(folded(query), everyday=self._everyday, known_pairs=self._postings.near)
        if not terms or not self._entries or limit < 1:
            return Found((), is_nearest=False, understood="")
        tally = Tally(self._postings, self._sounds, self._everyday)
        before = None
        for term in terms:
            tally.add(term, before)
            before = term
        ranked = self._ranked(tally, limit, allowed)
        if not ranked:
            return self._last_resort(terms, limit, allowed)
        find_spans = Highlighter(tally.marks, self._titles, self._sounds, self._everyday).spans
        hits = tuple(Hit(place, score, find_spans) for place, score in ranked)
        understood = self._understood(terms, hits[0], is_corrected=tally.is_corrected)
        return Found(hits, is_nearest=hits[0].score < _LEAST_SHARE, understood=understood)

    def suggest(self, query: str, *, limit: int) -> tuple[Suggestion, ...]:
        """Return at most ``limit`` titles to offer while a query is being typed; none where nothing fits."""
        found = self.search(query, limit=limit)
        if found.is_nearest:
            return ()
        return tuple(Suggestion(self._entries[hit.place].title, hit.spans, hit.place) for hit in found.hits)

    def _ranked(self, tally: Tally, limit: int, allowed: Container[int] | None) -> list[tuple[int, int]]:
        """Return places with their scores, best first."""
        points, whole = tally.points, tally.holding_all()
        if allowed is not None:
            points = {place: value for place, value in points.items() if place in allowed}
        possible = max(1, tally.possible)
        most = min(possible, max(points.values(), default=0))  # a slip that reads in two ways may count twice
        # One number for score, length and place, so that sorting compares numbers only.
        base, order, least = len(self._entries) + 1, self._order, most // _FAR_BELOW
        keys = [
            _THOUSAND * (value + value // _WHOLE if place in whole else value) // possible * base + order[place]
            for place, value in points.items()
            if value >= least
        ]
        places = [self._by_rank[key % base] for key in sorted(keys, reverse=True)[:limit]]
        return [(place, min(_THOUSAND, _THOUSAND * points[place] // possible)) for place in places]

    def _last_resort(self, terms: Sequence[Term], limit: int, allowed: Container[int] | None) -> Found:
        offers = [place for place in self._last_offers if allowed is None or place in allowed]
        hits = tuple(Hit(place, 0, _no_spans) for place in offers[:limit])
        return Found(hits, is_nearest=True, understood=_said(terms))

    def _understood(self, terms: Sequence[Term], first: Hit, *, is_corrected: bool) -> str:
        if not is_corrected and all(term.kind is not Kind.LETTERS for term in terms):
            return _said(terms)
        title = self._entries[first.place].title
        return " ".join(title[start:end] for start, end in first.spans) or _said(terms)


def _no_spans(_place: int) -> Spans:
    return ()


def _said(terms: Sequence[Term]) -> str:
    return "".join(term.text if term.is_joined or not number else f" {term.text}" for number, term in enumerate(terms))
