"""A page of a list that is read by keyset: its rows, and whether more follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """Rows in their order. Lists are never counted: a count costs what the whole list costs."""

    items: Sequence[T]
    has_more: bool

    @classmethod
    def cut(cls, rows: Sequence[T], limit: int) -> Page[T]:
        """Make a page from up to ``limit + 1`` rows: the one too many only tells that more follow."""
        return cls(items=rows[:limit], has_more=len(rows) > limit)
