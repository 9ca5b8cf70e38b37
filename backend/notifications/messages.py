"""The wording of the messages: which texts there may be, and how one is filled in.

A push is shown on a locked screen and says nothing but that there is news, and the number; the inbox says what
happened. Neither knows a name, a phone number, an address or a description: no placeholder stands for one (S39).
"""

from __future__ import annotations

import string
from dataclasses import dataclass

from backend.notifications.subscriptions import STAFF_KINDS, MessageKind

PUSH_TITLE = "南通百通"
_TITLE_WORDS: frozenset[str] = frozenset()
_INBOX_WORDS = frozenset({"number", "case_number"})
_PUSH_WORDS = frozenset({"number"})
# A member of staff knows a case by its own number alone.
_STAFF_WORDS = frozenset({"case_number"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The texts of one message, filled in."""

    push_body: str
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts of one kind of message, on one day."""

    kind: MessageKind
    push_body: str
    title: str
    body: str

    def filled(self, *, number: str, case_number: str) -> Words:
        """Return the texts of a message about the complaint, and the case, with these numbers."""
        return Words(
            push_body=self.push_body.format(number=number, case_number=case_number),
            title=self.title,
            body=self.body.format(number=number, case_number=case_number),
        )

    def refuse_strange_words(self) -> None:
        """Raise ValueError for an empty text, or a placeholder that nothing stands for."""
        is_staff = self.kind in STAFF_KINDS
        push, inbox = (_STAFF_WORDS, _STAFF_WORDS) if is_staff else (_PUSH_WORDS, _INBOX_WORDS)
        for text, allowed in ((self.push_body, push), (self.title, _TITLE_WORDS), (self.body, inbox)):
            if not text:
                raise ValueError("文字不能为空")
            pieces = [piece for piece in string.Formatter().parse(text) if piece[1] is not None]
            strange = {f"{name}" for _, name, spec, conversion in pieces if name not in allowed or spec or conversion}
            if strange:
                raise ValueError(f"未知的占位 {sorted(strange)}")
