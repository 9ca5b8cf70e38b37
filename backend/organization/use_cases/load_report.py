"""What a load of the city did, in numbers and in words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReport:
    """What a load did, or would do, with one kind of rows. ``note`` says what it left alone, and why."""

    name: str
    added: int
    changed: int
    retired: int
    unchanged: int
    note: str | None = None

    @property
    def line(self) -> str:
        """Return the report as one line for people."""
        counts = f"{self.name}：新增 {self.added}，变更 {self.changed}，停用 {self.retired}，未变 {self.unchanged}"
        return f"{counts}（{self.note}）" if self.note else counts


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did, or would do. ``version`` is the city's new version; None when it keeps the one it has."""

    kinds: tuple[KindReport, ...]
    version: uuid.UUID | None

    @property
    def changes(self) -> int:
        """Return how many rows are not, or would not be, as they were."""
        return sum(kind.added + kind.changed + kind.retired for kind in self.kinds)
