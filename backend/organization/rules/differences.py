"""What has to be written so that stored rows become wanted ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference(Generic[V]):
    """Rows to insert and to change, stored rows that nobody wants any more, and how many stay as they are."""

    added: tuple[V, ...]
    changed: tuple[V, ...]
    unwanted: tuple[V, ...]
    unchanged: int


def difference(stored: Iterable[V], wanted: Iterable[V], *, key: Callable[[V], Hashable]) -> Difference[V]:
    """Compare by key, whole row by whole row; the order of the wanted rows is kept.

    A stored row that ended earlier (``valid_to``) and is not wanted is history, and no difference.
    """
    stored_by_key = {key(row): row for row in stored}
    wanted_by_key = {key(row): row for row in wanted}
    both = [(stored_by_key[one], row) for one, row in wanted_by_key.items() if one in stored_by_key]
    changed = tuple(row for before, row in both if before != row)
    gone = [row for one, row in stored_by_key.items() if one not in wanted_by_key]
    return Difference(
        added=tuple(row for one, row in wanted_by_key.items() if one not in stored_by_key),
        changed=changed,
        unwanted=tuple(row for row in gone if getattr(row, "valid_to", None) is None),
        unchanged=len(both) - len(changed),
    )
