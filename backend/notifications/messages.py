"""The wording of the messages, as data with the days it holds for: ``data/messages.csv``.

A push is shown on a locked screen and says nothing but that there is news, and the number; the inbox says what
happened. Neither knows a name, a phone number, an address or a description: no placeholder stands for one (S39).
"""

from __future__ import annotations

import csv
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from backend.notifications.subscriptions import MessageKind

PUSH_TITLE = "南通百通"
_WORDING_FILE = Path(__file__).parent / "data" / "messages.csv"
_INBOX_WORDS = frozenset({"number", "case_number"})
_PUSH_WORDS = frozenset({"number"})


class WordingBroken(ValueError):
    """The wording file breaks a rule; the text names the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts of one kind from ``valid_from`` until the day before ``valid_to``."""

    kind: MessageKind
    valid_from: date
    valid_to: date | None
    push_body: str
    title: str
    body: str

    def holds_on(self, day: date) -> bool:
        """Tell whether these are the texts of this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The texts of one message, filled in."""

    push_body: str
    title: str
    body: str


def words_for(kind: MessageKind, *, day: date, number: str, case_number: str) -> Words:
    """Return the texts of a message about the complaint with this number, in the wording of that day."""
    wording = next(found for found in wordings() if found.kind is kind and found.holds_on(day))
    return Words(
        push_body=wording.push_body.format(number=number),
        title=wording.title,
        body=wording.body.format(number=number, case_number=case_number),
    )


@cache
def wordings() -> Sequence[Wording]:
    """Return all wordings, checked, read once a process."""
    with _WORDING_FILE.open(encoding="utf-8", newline="") as lines:
        return read_wordings(csv.DictReader(lines))


def read_wordings(rows: Iterable[dict[str, str]]) -> Sequence[Wording]:
    """Return the wordings of the rows. Raises WordingBroken with the line of the culprit."""
    found: list[Wording] = []
    for line, row in enumerate(rows, start=2):
        try:
            wording = _read(row)
        except (KeyError, ValueError) as error:
            raise WordingBroken(f"messages.csv:{line}: {error}") from error
        if any(wording.kind is other.kind and _overlap(wording, other) for other in found):
            raise WordingBroken(f"messages.csv:{line}: {wording.kind} has two wordings for one day")
        found.append(wording)
    return tuple(found)


def _read(row: dict[str, str]) -> Wording:
    wording = Wording(
        kind=MessageKind(row["kind"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        push_body=row["push_body"],
        title=row["title"],
        body=row["body"],
    )
    for text, allowed in ((wording.push_body, _PUSH_WORDS), (wording.body, _INBOX_WORDS), (wording.title, frozenset())):
        strangers = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} - allowed
        if strangers:
            raise ValueError(f"unknown placeholder {sorted(strangers)}")
    return wording


def _overlap(one: Wording, other: Wording) -> bool:
    return other.holds_on(one.valid_from) or one.holds_on(other.valid_from)
