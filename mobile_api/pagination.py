"""Keyset paging: a cursor names the last row that was seen, so that a page costs the same however deep it lies."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TypeVar

from marshmallow import fields, validate

from backend.kernel.errors import Invalid
from backend.kernel.page import Page
from mobile_api.fields import QueryNumber
from mobile_api.schema import RequestSchema

T = TypeVar("T")
MAX_LIMIT = 100
MAX_CURSOR_LENGTH = 300


class CursorRefused(Invalid):
    """The cursor is none of ours."""

    code = "cursor-refused"
    default_detail = "分页游标无效，请从第一页重新开始。"

    def __init__(self) -> None:
        super().__init__(errors={"query": {"cursor": [self.default_detail]}})


class PageQuery(RequestSchema):
    """The query of a list: how many, and after which row."""

    limit = QueryNumber(load_default=20, validate=validate.Range(1, MAX_LIMIT))
    # What is no cursor of ours is refused by one code, whatever it looks like: the form is told, not checked, here.
    cursor = fields.String(
        load_default=None, validate=validate.Length(1, MAX_CURSOR_LENGTH), metadata={"pattern": "^[A-Za-z0-9_-]+$"}
    )


def encode_cursor(*parts: str) -> str:
    """Return an opaque cursor of these parts."""
    return base64.urlsafe_b64encode("\x1f".join(parts).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *, parse: Callable[..., T], parts: int) -> T | None:
    """Return what ``parse`` makes of the cursor's parts, or None without a cursor. Raises CursorRefused."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        texts = raw.decode().split("\x1f")
        # No cursor of ours holds what PostgreSQL cannot take as text.
        if len(texts) != parts or not all(text.isprintable() for text in texts):
            raise CursorRefused
        return parse(*texts)
    except (binascii.Error, ValueError, UnicodeError) as error:
        raise CursorRefused from error


def page_document(page: Page[T], cursor_of: Callable[[T], Sequence[str]]) -> dict[str, object]:
    """Return the JSON shape of a page: its items and the cursor of the next one, null at the end."""
    next_cursor = encode_cursor(*cursor_of(page.items[-1])) if page.has_more and page.items else None
    return {"items": page.items, "next_cursor": next_cursor}
