"""What our own lists add to the categories: the version of each tree, and which leaves are physical, urgent, safety."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from backend.organization.rules.categories import Urgency
from backend.organization.rules.sources.lines import Line, SourceFile, lines_of

LeafKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeVersion:
    """The version of a category tree that the file of categories holds, and the day from which it may be used."""

    version: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is said of one leaf. ``is_physical`` is None where its kind decides; ``name`` guards against moved codes."""

    line: Line
    name: str
    is_physical: bool | None
    urgency: Urgency
    is_safety: bool


def read_trees(file: SourceFile) -> Mapping[str, TreeVersion]:
    """Return the version of each tree. Raises SourceRefused."""
    trees: dict[str, TreeVersion] = {}
    for line in lines_of(file, ("tree", "version", "valid_from", "reason")):
        if line.text("tree") in trees:
            raise line.refused(f"tree {line.cells['tree']} 重复")
        line.text("reason")
        trees[line.cells["tree"]] = TreeVersion(version=line.text("version"), valid_from=line.day("valid_from"))
    return trees


def read_marks(file: SourceFile) -> Mapping[LeafKey, Mark]:
    """Return the marks by tree and code. Raises SourceRefused, also for a mark without a reason."""
    marks: dict[LeafKey, Mark] = {}
    for line in lines_of(file, ("tree", "code", "name", "is_physical", "urgency", "is_safety", "reason")):
        key = (line.text("tree"), line.text("code"))
        if key in marks:
            raise line.refused(f"{key[0]} {key[1]} 与第 {marks[key].line.number} 行重复")
        line.text("reason")
        marks[key] = Mark(
            line=line,
            name=line.text("name"),
            is_physical=line.flag("is_physical") if line.cells["is_physical"] else None,
            urgency=line.one_of("urgency", Urgency),
            is_safety=line.flag("is_safety"),
        )
    return marks
