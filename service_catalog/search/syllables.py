"""Reading letters as pinyin: full syllables, initials, or both, with the last one perhaps unfinished."""

from __future__ import annotations

from functools import cache

from service_catalog.search.tables import readings

MAX_SYLLABLES = 24
MAX_READINGS = 4
_LONGEST, _SHORT = 6, 3
_NEVER_INITIAL = frozenset("iuv")
# An unfinished syllable in the middle costs more than a full one, so that "xian" is first "xian", then "xi an".
_FULL_COST, _INITIAL_COST = 10, 13


@cache
def known_syllables() -> frozenset[str]:
    """Return all syllables that a common character has."""
    return frozenset(readings().values())


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(one[:length] for one in known_syllables() for length in range(1, len(one)))


def read_as_pinyin(letters: str) -> list[tuple[str, ...]]:
    """Return up to four ways to read letters and digits as (beginnings of) syllables, the likeliest first.

    Spaces and apostrophes end a syllable. "gongjj" is read as gong-j-j. Empty where there is no way.
    """
    words = letters.replace("'", " ").split()
    if len(words) > 1 and known_syllables().issuperset(words):
        return [tuple(words[:MAX_SYLLABLES])]
    ways: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for word in words:
        ways = [(cost + more, way + rest) for cost, way in ways for more, rest in _ways_of(word)]
        ways = sorted(way for way in ways if len(way[1]) <= MAX_SYLLABLES)[:MAX_READINGS]
    # One syllable more is another reading (xian, xi an); cutting one in two is none, but in a text as short as "ga".
    further = _INITIAL_COST if len(letters) <= _SHORT else _FULL_COST
    likely = [way for cost, way in ways if way and cost <= ways[0][0] + further]
    initials = tuple(letters)
    if likely and len(words) == 1 and initials not in likely and _may_be_initials(initials, likely[0]):
        likely.append(initials)
    return likely


def _may_be_initials(letters: tuple[str, ...], first_way: tuple[str, ...]) -> bool:
    """Tell whether letters of which only some make full syllables may all be initials: yeybm is no ye-y-b-m."""
    has_both = any(len(one) == 1 for one in first_way) and any(len(one) > 1 for one in first_way)
    return has_both and len(letters) <= MAX_SYLLABLES and _NEVER_INITIAL.isdisjoint(letters)


def _ways_of(word: str) -> list[tuple[int, tuple[str, ...]]]:
    reached: list[list[tuple[int, tuple[str, ...]]]] = [[(0, ())], *([] for _ in word)]
    for start in range(len(word)):
        best = sorted(reached[start])[:MAX_READINGS]
        for end in range(start + 1, min(len(word), start + _LONGEST) + 1):
            cost = _cost(word[start:end], is_last=end == len(word))
            if cost:
                reached[end] += [(before + cost, (*way, word[start:end])) for before, way in best]
    return sorted(reached[len(word)])[:MAX_READINGS]


def _cost(piece: str, *, is_last: bool) -> int:
    if piece in known_syllables():
        return _FULL_COST
    if len(piece) == 1:
        return 0 if piece in _NEVER_INITIAL else _INITIAL_COST
    return _INITIAL_COST if is_last and piece in _beginnings() else 0
