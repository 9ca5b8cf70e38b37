"""Puts the figures of a run into ``docs/performance.md``, between two marks, with their date and machine."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


class MarksMissing(Exception):
    """The page has no place for these figures."""


def conditions(what: str) -> str:
    """Return the line above a table: when, on what, and over how much data it was measured."""
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores {platform.machine()}, "
        f"Python {platform.python_version()}, load generator and PostgreSQL on the same cores. {what}\n"
    )


def renewed(page: str, name: str, figures: str) -> str:
    """Return the page with new figures between the marks of a name. Raises MarksMissing."""
    begin, end = (f"<!-- {edge} of {name} -->\n" for edge in ("figures", "end"))
    before, found, rest = page.partition(begin)
    _old, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise MarksMissing(name)
    return f"{before}{begin}\n{figures.strip()}\n\n{end}{after}"


def renew(name: str, figures: str) -> None:
    """Write new figures into the page. Raises MarksMissing."""
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), name, figures), encoding="utf-8")
