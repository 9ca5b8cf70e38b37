"""Categories of cases with their limits and marks, request types, and the units that handle them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backend.kernel.due import Limit, LimitUnit


class HandlingLevel(StrEnum):
    """The level that handles a category by default. 村 has no centre: the town's handles."""

    COUNTY = "县"
    TOWN = "镇"
    VILLAGE = "村"


class Urgency(StrEnum):
    """How fast a category must be handled whatever its own limit: danger to life is the fastest."""

    NONE = "none"
    URGENT = "urgent"
    LIFE = "life"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A leaf of a category tree in one version. Codes recur across trees: the key is (tree, version, code).

    ``unit_codes``: the first leads, the others assist. ``limit_basis`` and ``confidence`` say how far to trust the
    limit. ``is_physical``: a thing at a place, so photos are demanded. ``is_safety``: cannot be withdrawn.
    ``valid_to`` is the first day on which it no longer holds.
    """

    id: uuid.UUID
    tree: str
    version: str
    code: str
    level1: str
    level2: str | None
    level3: str | None
    kind: str
    usual_dept: str
    unit_codes: tuple[str, ...]
    level_default: HandlingLevel
    limit_value: int
    limit_unit: LimitUnit
    limit_basis: str
    source: str
    confidence: str
    is_physical: bool
    urgency: Urgency
    is_safety: bool
    valid_from: date
    valid_to: date | None = None

    @property
    def limit(self) -> Limit:
        """Return the limit of the total clock."""
        return Limit(value=self.limit_value, unit=self.limit_unit)

    @property
    def name(self) -> str:
        """Return the name of the leaf."""
        return self.level3 or self.level2 or self.level1

    @property
    def is_urgent(self) -> bool:
        """Tell whether the limit of urgency holds beside its own."""
        return self.urgency is not Urgency.NONE

    def holds_on(self, day: date) -> bool:
        """Tell whether the category may be used on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestType:
    """What a citizen wants: 咨询, 求助, 投诉, 举报, 建议, 其他. ``weight`` is the count of one real week."""

    code: str
    name: str
    limit_value: int
    limit_unit: LimitUnit
    weight: int
    source: str
    valid_to: date | None = None

    @property
    def limit(self) -> Limit:
        """Return the limit of the total clock."""
        return Limit(value=self.limit_value, unit=self.limit_unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A handling unit: a kind of office, the levels at which one stands (市, 县, 镇), and its other names."""

    id: uuid.UUID
    code: str
    name: str
    levels: tuple[str, ...]
    aliases: tuple[str, ...]
    valid_to: date | None = None
