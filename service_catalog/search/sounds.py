"""Finding titles by how they, or everyday words that lead to them, are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from service_catalog.search.everyday import Leads, spans_of_word
from service_catalog.search.lines import Lines, Syllables
from service_catalog.search.tables import readings

_LONGEST_PIECE, _TWO = 8, 2
_ENOUGH, _MOST_OF_TEN, _IN_PIECES = 20, 6, 90
# How sure initials are a word, of 100: what stands behind many different neighbours begins where a word begins.
_ANY, _FOR_A_BEGINNING, _FOR_AN_ENDING, _VARIED, _IN_THE_TABLE, _UNFINISHED = 50, 6, 4, 4, 10, 4


Span = tuple[int, int]
Piece = tuple[int, int]


@dataclass(slots=True)
class Heard:
    """What a pattern was found as: the value, of 100, of each title, and which titles hold which piece of it."""

    pattern: Syllables
    best: Mapping[int, int] = field(default_factory=dict)
    pieces: dict[Piece, Mapping[int, int]] = field(default_factory=dict)
    _sorted: Sequence[Piece] = ()

    def longest_first(self) -> Sequence[Piece]:
        """Return the pieces, the longest first."""
        if not self._sorted:
            self._sorted = sorted(self.pieces, key=lambda piece: (piece[0] - piece[1], piece))
        return self._sorted


class Sounds:
    """Titles and everyday words by pinyin, in full or by initials."""

    def __init__(self, titles: Sequence[str], syllables: Sequence[Syllables], everyday: Mapping[str, Leads]) -> None:
        """Read folded titles with one syllable a character, and the words of the table with their commonest reading."""
        self._lines = Lines(titles, syllables)
        self._everyday = everyday
        self._words: dict[str, list[tuple[str, Syllables]]] = defaultdict(list)
        for word in everyday:
            read = tuple(readings().get(one, one) for one in word)
            self._words["".join(one[0] for one in read)].append((word, read))
        # Two letters are half of all that is typed, and the most work: all of them are worked out at once.
        twos = {one + other for one, other in pairwise(self._lines.letters) if (one + other).isalnum()}
        twos.update(letters for letters in self._words if len(letters) == _TWO)
        self._by_two = {letters: self._titles_or_words_with(tuple(letters)) for letters in twos}

    def hear(self, pattern: Syllables) -> Heard:
        """Return the titles that hold the pattern, in one piece or in several."""
        heard = Heard(pattern)
        heard.best = self._whole(heard, (0, len(pattern)))
        if len(pattern) >= 2 * _TWO and len(heard.best) < _ENOUGH:
            for answer in self._in_pieces(heard):
                heard.best = better(heard.best, answer)
        return heard

    def words_read(self, pattern: Syllables) -> Iterator[str]:
        """Yield the everyday words that are read so, the last syllable perhaps unfinished."""
        for word, read in self._words.get("".join(one[0] for one in pattern), ()):
            if all(map(_fits, pattern[:-1], read)) and read[-1].startswith(pattern[-1]):
                yield word

    def spans_in(self, place: int, title: str, heard: Heard) -> list[Span]:
        """Return where a title holds what was heard, or official words for it: the longest pieces, if they are most."""
        spans: list[Span] = []
        covered: set[int] = set()
        for begin, end in heard.longest_first():
            if place in heard.pieces[begin, end] and covered.isdisjoint(range(begin, end)):
                covered.update(range(begin, end))
                spans += self._spans_of_piece(place, title, heard.pattern[begin:end])
        return spans if len(covered) * 10 >= len(heard.pattern) * _MOST_OF_TEN else []

    def _spans_of_piece(self, place: int, title: str, piece: Syllables) -> list[Span]:
        first, last = self._lines.starts[place], self._lines.starts[place + 1] - 1
        return [(at - first, at - first + len(piece)) for at in self._lines.find(piece, first, last)] or [
            span for word in self.words_read(piece) for span in spans_of_word(place, title, word, self._everyday[word])
        ]

    def _whole(self, heard: Heard, piece: Piece) -> Mapping[int, int]:
        if (known := heard.pieces.get(piece)) is not None:
            return known
        pattern = heard.pattern[piece[0] : piece[1]]
        letters = "".join(pattern)
        if len(letters) == _TWO == len(pattern):
            best = self._by_two.get(letters, {})
        else:
            best = self._titles_or_words_with(pattern)
        heard.pieces[piece] = best
        return best

    def _titles_or_words_with(self, pattern: Syllables) -> Mapping[int, int]:
        best = self._titles_with(pattern)
        for word in self.words_read(pattern):
            leads = self._everyday[word]
            for place, credit in zip(leads.places, leads.credits, strict=True):
                if best.get(place, 0) < credit:
                    best[place] = credit
        return best

    def _titles_with(self, pattern: Syllables) -> dict[int, int]:
        lines, length = self._lines, len(pattern)
        positions = lines.find(pattern)
        if len(pattern[0]) > 1 and all(len(one) > 1 for one in pattern):
            is_exact = bool(positions) and lines.is_exact(positions[0] + length - 1, pattern[-1])
            return dict.fromkeys([lines.owners[at] for at in positions], 100 if is_exact else 100 - _UNFINISHED)
        groups: dict[str, list[int]] = defaultdict(list)
        for position in positions:
            groups[lines.text[position : position + length]].append(position)
        best: dict[int, int] = {}
        for text, positions in groups.items():
            value = self._quality(text, pattern, positions)
            for position in positions:
                place = lines.owners[position]
                if best.get(place, 0) < value:
                    best[place] = value
        return best

    def _quality(self, text: str, pattern: Syllables, positions: Sequence[int]) -> int:
        vague = sum([len(one) == 1 for one in pattern])
        length, line = len(pattern), self._lines.text
        is_exact = len(pattern[-1]) == 1 or self._lines.is_exact(positions[0] + length - 1, pattern[-1])
        quality = 100 if is_exact else 100 - _UNFINISHED
        before = _variety({line[position - 1] for position in positions})
        behind = _variety({line[position + length] for position in positions})
        word = _ANY + _FOR_A_BEGINNING * before + _FOR_AN_ENDING * behind
        word += _IN_THE_TABLE if text in self._everyday else 0
        return quality - (100 - word) * vague // length

    def _in_pieces(self, heard: Heard) -> Iterator[Mapping[int, int]]:
        length = len(heard.pattern)
        if length > _LONGEST_PIECE:
            yield self._sum(heard, self._longest_pieces(heard))
            return
        is_cut_in_two = False
        for cuts in _cuts(length):
            if is_cut_in_two and len(cuts) > _TWO + 1:
                break
            pieces = list(pairwise(cuts))
            if common := self._common(heard, pieces):
                is_cut_in_two = True
                yield common
        if is_cut_in_two or heard.best:
            return
        if all(len(one) > 1 for one in heard.pattern):
            yield self._sum(heard, self._longest_pieces(heard))
            return
        for shorter in range(length * _MOST_OF_TEN // 10 + 1, length):
            yield self._sum(heard, [(0, shorter)])
            yield self._sum(heard, [(length - shorter, length)])

    def _common(self, heard: Heard, pieces: Sequence[Piece]) -> Mapping[int, int]:
        """Return the titles that hold all of the pieces, each piece another one."""
        if len({heard.pattern[begin:end] for begin, end in pieces}) < len(pieces):
            return {}
        held = sorted(((self._whole(heard, (begin, end)), end - begin) for begin, end in pieces), key=_size)
        length = len(heard.pattern)
        (first, _), *others = held
        return {
            place: sum([titles[place] * part for titles, part in held]) * _IN_PIECES // (100 * length)
            for place in first
            if all(place in titles for titles, _ in others)
        }

    def _sum(self, heard: Heard, pieces: Iterable[Piece]) -> Mapping[int, int]:
        """Return the titles that hold any of the pieces, by the part of the pattern that they hold."""
        length = len(heard.pattern)
        totals: dict[int, int] = defaultdict(int)
        for begin, end in pieces:
            for place, value in self._whole(heard, (begin, end)).items():
                totals[place] += value * (end - begin)
        return {place: total * _IN_PIECES // (100 * length) for place, total in totals.items()}

    def _longest_pieces(self, heard: Heard) -> list[Piece]:
        """Return the longest pieces of a pattern that anything holds, from its left."""
        pieces = []
        begin, length = 0, len(heard.pattern)
        while begin + _TWO <= length:
            for end in range(min(length, begin + _LONGEST_PIECE), begin + 1, -1):
                if self._whole(heard, (begin, end)):
                    pieces.append((begin, end))
                    begin = end
                    break
            else:
                begin += 1
        return pieces


def _cuts(length: int) -> list[tuple[int, ...]]:
    twos: list[tuple[int, ...]] = [(0, cut, length) for cut in range(_TWO, length - 1)]
    threes: list[tuple[int, ...]] = [
        (0, cut, other, length) for cut in range(_TWO, length - 3) for other in range(cut + _TWO, length - 1)
    ]
    return twos + threes


def _variety(neighbours: Set[str]) -> int:
    """Return how many different neighbours there are, at most four; a title's end or a bracket settles it."""
    return min(_VARIED, len(neighbours)) if "".join(neighbours).isalpha() else _VARIED


def _size(held: tuple[Mapping[int, int], int]) -> int:
    return len(held[0])


def _fits(syllable: str, read: str) -> bool:
    return read.startswith(syllable) if len(syllable) == 1 else read == syllable


def better(one: Mapping[int, int], other: Mapping[int, int]) -> Mapping[int, int]:
    """Return the better value of each title."""
    if not one or not other:
        return one or other
    best = dict(one)
    for place, value in other.items():
        if best.get(place, 0) < value:
            best[place] = value
    return best
