"""The field types of requests: text that PostgreSQL and people can take, and nothing longer than said."""

from __future__ import annotations

import unicodedata
from typing import Any

from marshmallow import ValidationError, fields, validate
from typing_extensions import override

# Characters that hide or reverse what people see (bidi controls, zero-width) or break logs (C0, C1); line breaks and
# tabs are checked apart. Joiners stay: Chinese names and emoji use them.
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
_FORBIDDEN_CHARACTERS = frozenset("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_LINE_CHARACTERS = frozenset("\n\r\t")


class Text(fields.String):
    """A text of ``min_length`` to ``max_length`` characters after trimming, in NFC, free of control characters.

    Line breaks are taken only where ``multiline``. An empty text counts as missing content.
    """

    def __init__(self, *, max_length: int, min_length: int = 1, multiline: bool = False, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=min_length, max=max_length), **kwargs)
        self._multiline = multiline
        self._max_length = max_length

    @override
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        # Normalising is linear only on short text: a longer one is refused by its length first.
        if len(text) > self._max_length * 4:
            raise ValidationError(f"不能超过 {self._max_length} 个字。")
        allowed = _LINE_CHARACTERS if self._multiline else frozenset[str]()
        if any(_is_forbidden(character) and character not in allowed for character in text):
            raise ValidationError("含有不允许的字符。")
        return unicodedata.normalize("NFC", text).strip()


class Degrees(fields.Float):
    """A JSON number of degrees. A text or a truth value is none, however much it looks like one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, validate=validate.Range(-180, 180), **kwargs)

    @override
    def _validated(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


def _is_forbidden(character: str) -> bool:
    return character in _FORBIDDEN_CHARACTERS or unicodedata.category(character) in _FORBIDDEN_CATEGORIES
