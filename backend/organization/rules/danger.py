"""Words that tell of a danger whatever category was chosen: they make a report urgent, or a matter of safety.

A missed danger costs more than a false alarm, so negations stay flagged: 没有触电危险 speaks of a danger too.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from backend.organization.rules.categories import Category, Urgency

# How far two words of one sentence may stand apart and still speak of one thing.
MAX_GAP = 12
_SENTENCE_ENDS = frozenset("。!?;\n")
_PAUSES = frozenset(",、:")
_MASK = "□"
_MOST_CHARACTERS = 8192
_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerWord:
    """A rule: one of ``words`` in a sentence and, where ``beside`` names any, one of those at most 12 characters away.

    ``exceptions`` are harmless phrases that hold a word by chance (落水管, 接触电梯): they are passed over.
    ``valid_to`` is the first day on which the rule no longer holds.
    """

    id: uuid.UUID
    code: str
    words: tuple[str, ...]
    beside: tuple[str, ...]
    exceptions: tuple[str, ...]
    urgency: Urgency
    is_safety: bool
    reason: str
    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the rule is to be asked on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def speaks_in(self, sentence: str) -> bool:
        """Tell whether a sentence, as ``sentences_of`` gives them, tells of this danger."""
        for harmless in self.exceptions:
            sentence = sentence.replace(harmless, _MASK)
        spans = [span for word in self.words for span in _spans(word, sentence)]
        if not self.beside:
            return bool(spans)
        others = [span for word in self.beside for span in _spans(word, sentence)]
        return any(_gap(one, other) <= MAX_GAP for one in spans for other in others)


class DangerWords(tuple[DangerWord, ...]):
    """The rules of a city. Most reports tell of no danger: that none of their words occurs is seen at one look."""

    @cached_property
    def _any_word(self) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(word) for rule in self for word in rule.words) or "(?!)")

    def occurring_in(self, text: str, on: date) -> list[DangerWord]:
        """Return the rules of a day of which any word is in a text, be it by chance; by code."""
        if self._any_word.search(text) is None:
            return []
        heard = [rule for rule in self if rule.holds_on(on) and any(word in text for word in rule.words)]
        return sorted(heard, key=lambda rule: rule.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How urgent a report is and whether it concerns safety, and which row decided each; None: no row did."""

    urgency: Urgency
    urgency_rule: str | None
    is_safety: bool
    safety_rule: str | None

    @property
    def is_urgent(self) -> bool:
        """Tell whether the limit of urgency holds beside the others."""
        return self.urgency is not Urgency.NONE


def marks_of(category: Category, words: DangerWords, texts: Iterable[str], on: date) -> Marks:
    """Return the marks of a report: the stronger of what its category and what its words say.

    Of two that say the same the category decides, else the first word by code. The rules are named, never the text.
    """
    heard = dangers_in(words, texts, on)
    leaf = f"category:{category.tree}:{category.version}:{category.code}"
    urgencies = [(category.urgency, leaf), *((word.urgency, f"danger_word:{word.code}") for word in heard)]
    urgency, urgency_rule = max(urgencies, key=lambda pair: _RANK[pair[0]])
    safeties = [leaf] * category.is_safety + [f"danger_word:{word.code}" for word in heard if word.is_safety]
    return Marks(
        urgency=urgency,
        urgency_rule=None if urgency is Urgency.NONE else urgency_rule,
        is_safety=bool(safeties),
        safety_rule=safeties[0] if safeties else None,
    )


def dangers_in(words: DangerWords, texts: Iterable[str], on: date) -> Sequence[DangerWord]:
    """Return the rules of a day of which any text speaks, by code."""
    sentences = [sentence for text in texts for sentence in sentences_of(text)]
    asked = words.occurring_in("\n".join(sentences), on)
    return [word for word in asked if any(word.speaks_in(sentence) for sentence in sentences)]


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text in one form: full-width made plain, blanks, marks and disguises left out."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return [sentence for sentence in plain.translate(_KEPT).split("\n") if sentence]


class _Kept(dict[int, str]):
    """What each character becomes, by its code point, worked out when it is first met."""

    def __missing__(self, code_point: int) -> str:
        kept = _kept(chr(code_point))
        if len(self) < _MOST_CHARACTERS:
            self[code_point] = kept
        return kept


_KEPT = _Kept()


def _kept(character: str) -> str:
    if character in _SENTENCE_ENDS:
        return "\n"
    if character in _PAUSES:
        return ","
    return character if unicodedata.category(character)[0] in "LN" else ""


def _spans(word: str, sentence: str) -> list[tuple[int, int]]:
    spans, at = [], sentence.find(word)
    while at >= 0:
        spans.append((at, at + len(word)))
        at = sentence.find(word, at + 1)
    return spans


def _gap(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Return how many characters stand between two spans; none when they touch or overlap."""
    return max(one[0] - other[1], other[0] - one[1], 0)
