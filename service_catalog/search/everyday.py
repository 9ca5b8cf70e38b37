"""Everyday words and keywords, with the titles that they lead to, worked out once when the index is built."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service_catalog.search.postings import Postings, pairs_of
from service_catalog.search.synonyms import Synonyms
from service_catalog.search.texts import is_han

# Of the pairs of a word, this share in a title is enough: 最低生活保障 leads to 提供最低生活保障金 as well.
_LEAST_SHARE, _WHOLE, _BY_ANOTHER_WORD = 70, 100, 90
# Whoever says 房本丢了 means a 房本 first; a pair of characters weighs at most 50. By length of the word.
_ACT, _OBJECTS = 40, (50, 80, 120)


@dataclass(frozen=True, slots=True)
class Leads:
    """The places that a word leads to, each with its credit of 100, what the word weighs, and its official words.

    A title that has the word itself has the whole credit, one that has an official word for it a little less.
    """

    places: Sequence[int]
    credits: bytes
    weight: int
    official: tuple[str, ...]

    @property
    def pairs(self) -> list[str]:
        """Return the pairs of characters of all official words."""
        return [pair for phrase in self.official for pair in pairs_of(phrase)]


def everyday_words(
    synonyms: Synonyms, keywords: Sequence[tuple[str, ...]], titles: Sequence[str], postings: Postings
) -> Mapping[str, Leads]:
    """Return all words of the table that lead anywhere, and all keywords of the entries."""
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for word, phrases in synonyms.official.items():
        for phrase in phrases:
            shares = _shares(phrase, titles, postings)
            _keep_best(found[word], {place: share * _BY_ANOTHER_WORD // _WHOLE for place, share in shares.items()})
    for place, words in enumerate(keywords):
        for word in words:
            _keep_best(found[word], {place: _BY_ANOTHER_WORD})
    leads = {}
    for word, places in found.items():
        if word and places:
            _keep_best(places, _shares(word, titles, postings))
            ascending = sorted(places)
            leads[word] = Leads(
                array("H" if postings.is_small else "I", ascending),
                bytes(places[one] for one in ascending),
                _ACT if word in synonyms.acts else _OBJECTS[min(len(word), len(_OBJECTS)) - 1],
                synonyms.official.get(word, ()),
            )
    return leads


def _keep_best(best: dict[int, int], others: Mapping[int, int]) -> None:
    for place, value in others.items():
        best[place] = max(best.get(place, 0), value)


def spans_of_word(place: int, title: str, word: str, leads: Leads) -> list[tuple[int, int]]:
    """Return where a title has the word, else official words for it, else pairs of these, else pairs of the word."""
    if word in title:
        return spans_of(title, (word,))
    at = bisect_left(leads.places, place)
    if at < len(leads.places) and leads.places[at] == place:
        spans = spans_of(title, leads.official) or spans_of(title, leads.pairs)
        if spans:
            return spans
    return spans_of(title, pairs_of(word))


def spans_of(title: str, texts: Iterable[str]) -> list[tuple[int, int]]:
    """Return where a title has any of these texts."""
    spans = []
    for text in texts:
        start = title.find(text)
        while start >= 0:
            spans.append((start, start + len(text)))
            start = title.find(text, start + 1)
    return spans


def _shares(phrase: str, titles: Sequence[str], postings: Postings) -> Mapping[int, int]:
    if not all(map(is_han, phrase)):  # 12345诉求 has pairs that no list holds
        return {place: _WHOLE for place, title in enumerate(titles) if phrase in title}
    lists = [postings.near.get(unit) or postings.single.get(unit) for unit in pairs_of(phrase)]
    total = len(lists)
    counts: dict[int, int] = defaultdict(int)
    for posting in lists:
        for place in posting or ():
            counts[place] += 1
    return {place: share for place, count in counts.items() if (share := _WHOLE * count // total) >= _LEAST_SHARE}
