"""Markdown tables, one row a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Printed by `make pages` from the product's own tables: change those, not this page. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table. A stroke within a cell would end it, so it is escaped."""
    lines = [list(head), ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def page(*parts: str) -> str:
    """Return a page of these parts, with an empty line between them and one line feed at the end."""
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"
