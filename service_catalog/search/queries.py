"""Cutting a query into what it asks for: plain words, everyday words of the table, and letters."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass
from enum import StrEnum

from service_catalog.search.tables import left_out
from service_catalog.search.texts import is_han, runs

_LONGEST_WORD = 12


class Kind(StrEnum):
    """How a term is looked up."""

    PLAIN = "plain"
    EVERYDAY = "everyday"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Term:
    """One piece of a query; ``is_joined`` when nothing was left out between it and the piece before."""

    kind: Kind
    text: str
    is_joined: bool = False


def terms_of(folded_query: str, *, everyday: Collection[str], known_pairs: Container[str]) -> list[Term]:
    """Return the terms of a folded query in order, without polite and question words.

    A query of nothing but such words is taken at its word.
    """
    pieces = runs(folded_query)
    terms = [term for run in pieces for term in _terms_of_run(run, everyday, known_pairs)]
    return terms or [Term(Kind.PLAIN, run) for run in pieces]


def _terms_of_run(run: str, everyday: Collection[str], known_pairs: Container[str]) -> list[Term]:
    if not is_han(run):
        return [Term(Kind.EVERYDAY if run in everyday else Kind.LETTERS, run)]
    kept, cuts = _without_polite_words(run, everyday, known_pairs)
    terms: list[Term] = []
    start = position = 0
    while position <= len(kept):
        length = _everyday_at(kept, position, everyday, known_pairs)
        if start < position and (length or position in cuts or position == len(kept)):
            terms.append(Term(Kind.PLAIN, kept[start:position], is_joined=start not in cuts))
            start = position
        if length:
            terms.append(Term(Kind.EVERYDAY, kept[position : position + length], is_joined=position not in cuts))
            start = position = position + length
        else:
            position += 1
    return terms


def _without_polite_words(
    run: str, everyday: Collection[str], known_pairs: Container[str]
) -> tuple[str, frozenset[int]]:
    """Return what is left of a run, and the offsets of what was left out: 开个饭店 is 开饭店, cut after 开."""
    kept: list[str] = []
    cuts = {0}
    position = 0
    while position < len(run):
        polite = _longest(run, position, left_out())
        length = _everyday_at(run, position, everyday, known_pairs)
        if polite > length and not _is_inside_a_word(run, position, position + polite, known_pairs):
            cuts.add(len(kept))
            position += polite
        else:
            kept += run[position : position + max(1, length)]
            position += max(1, length)
    return "".join(kept), frozenset(cuts)


def _everyday_at(run: str, position: int, everyday: Container[str], known_pairs: Container[str]) -> int:
    """Return the length of the longest everyday word here; one character inside a known word is none (古树名木)."""
    length = _longest(run, position, everyday)
    return 0 if length == 1 and _is_inside_a_word(run, position, position + 1, known_pairs) else length


def _longest(run: str, position: int, words: Container[str]) -> int:
    for length in range(min(_LONGEST_WORD, len(run) - position), 0, -1):
        if run[position : position + length] in words:
            return length
    return 0


def _is_inside_a_word(run: str, start: int, end: int, known_pairs: Container[str]) -> bool:
    """Tell whether titles know it across both borders (网上 in 联网上网); of one character, one border is enough."""
    before, behind = run[max(0, start - 1) : start + 1] in known_pairs, run[end - 1 : end + 1] in known_pairs
    return (before and behind) if end - start > 1 else (before or behind)
