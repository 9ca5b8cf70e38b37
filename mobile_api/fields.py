"""The field types of requests: texts that people can read, codes of one form, and nothing wider than said (S14)."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate
from typing_extensions import override

from backend.kernel.texts import OddText, kept_text

# The formats by which the API document tells such texts from codes; docs/api-guide.md says what they take.
LINE_FORMAT, LINES_FORMAT = "text-line", "text-lines"
_MAX_INSTANT_LENGTH = 40
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Text(fields.String):
    """A text of ``min_length`` to ``max_length`` characters after trimming, in NFC, free of what nobody can see.

    Line breaks are taken only where ``multiline``. An empty text counts as missing content.
    """

    def __init__(self, *, max_length: int, min_length: int = 1, multiline: bool = False, **kwargs: Any) -> None:
        described = {"format": LINES_FORMAT if multiline else LINE_FORMAT} | kwargs.pop("metadata", {})
        super().__init__(validate=validate.Length(min=min_length, max=max_length), metadata=described, **kwargs)
        self._multiline = multiline
        self._max_length = max_length

    @override
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        # A text far too long is refused before anything looks at its characters.
        if len(text) > self._max_length * 4:
            raise ValidationError(f"不能超过 {self._max_length} 个字。")
        try:
            return kept_text(text, multiline=self._multiline)
        except OddText as error:
            raise ValidationError(str(error)) from error


class Code(fields.String):
    """A code, token or number of one form, taken as it is: nothing is trimmed or folded.

    ``pattern`` is read by us and by whoever reads the document: anchored, and without what only one of them knows.
    """

    def __init__(self, pattern: str, *, max_length: int, error: str = "格式无效。", **kwargs: Any) -> None:
        super().__init__(validate=[validate.Length(max=max_length), WholeMatch(pattern, error=error)], **kwargs)


class WholeMatch(validate.Regexp):
    """A pattern for the whole text: ``$`` alone also matches before a last line break."""

    @override
    def __call__(self, value: Any) -> Any:
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self.error)
        return value


class Id(fields.UUID):
    """A UUID in the one form that we give out: 36 characters, no braces, no ``urn:``."""

    @override
    def _validated(self, value: Any) -> uuid.UUID:
        if not isinstance(value, str) or _UUID.fullmatch(value) is None:
            raise self.make_error("invalid_uuid")
        return super()._validated(value)


class Truth(fields.Boolean):
    """A JSON true or false. A number or a text is neither, however much it looks like one."""

    @override
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Number(fields.Float):
    """A JSON number of a range. A text or a truth value is none, however it looks."""

    def __init__(self, *, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(allow_nan=False, validate=validate.Range(least, most), **kwargs)

    @override
    def _validated(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Count(fields.Integer):
    """A JSON whole number of a range. A text, a truth value or a number with a fraction is none."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    @override
    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Degrees(Number):
    """A JSON number of degrees, ``most`` either way."""

    def __init__(self, *, most: int = 180, **kwargs: Any) -> None:
        super().__init__(least=-most, most=most, **kwargs)


class QueryNumber(fields.Integer):
    """A whole number in a query: plain digits. Python would also read ``1_0``, ``+5`` and full-width digits."""

    @override
    def _validated(self, value: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdecimal()):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class QuerySwitch(fields.Boolean):
    """``true`` or ``false`` in a query, and no other word for them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(truthy={"true"}, falsy={"false"}, **kwargs)


class Flag(fields.Boolean):
    """A JSON truth value. Words and numbers that look like one are none."""

    @override
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Instant(fields.AwareDateTime):
    """An instant in ISO 8601 with its zone, of a year that a phone can show; kept in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    @override
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or len(value) > _MAX_INSTANT_LENGTH:
            raise self.make_error("invalid", input=value, obj_type="datetime")
        instant = super()._deserialize(value, attr, data, **kwargs)
        if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
            raise ValidationError(f"年份须在 {_FIRST_YEAR} 至 {_LAST_YEAR} 之间。")
        return instant.astimezone(UTC)
