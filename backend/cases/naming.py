"""A code and the name that people read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A code and its name."""

    code: str
    name: str
