"""Leaves of the category trees from their file, joined with units, versions and marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.organization.rules.categories import Category, HandlingLevel, Urgency
from backend.organization.rules.places import stable_id
from backend.organization.rules.sources.category_marks import LeafKey, Mark, TreeVersion
from backend.organization.rules.sources.lines import Line, SourceFile, lines_of
from backend.organization.rules.sources.request_types import limit_unit, limit_value
from backend.organization.rules.sources.units import units_of_department

_COLUMNS = (
    "tree",
    "code",
    "level1",
    "level2",
    "level3",
    "kind",
    "usual_dept",
    "level_default",
    "limit_value",
    "limit_unit",
    "limit_basis",
    "source",
    "confidence",
)
# A thing at a place, so that photos can show it. 网格事件 and 诉求 are so only where the list of marks says so.
_PHYSICAL_KINDS = frozenset({"部件", "事件"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryContext:
    """What the file of categories does not say itself."""

    unit_codes: Mapping[str, str]
    trees: Mapping[str, TreeVersion]
    marks: Mapping[LeafKey, Mark]


def read_categories(file: SourceFile, context: CategoryContext) -> tuple[Category, ...]:
    """Return the leaves. Raises SourceRefused, also for a mark that names no leaf."""
    leaves: dict[LeafKey, Category] = {}
    for line in lines_of(file, _COLUMNS):
        key = (line.text("tree"), line.text("code"))
        if key in leaves:
            raise line.refused(f"{key[0]} {key[1]} 重复")
        leaves[key] = _category(line, context)
    for key, mark in context.marks.items():
        if key not in leaves:
            raise mark.line.refused(f"{key[0]} {key[1]} 不是现有类别")
        if leaves[key].name != mark.name:
            raise mark.line.refused(f"{key[0]} {key[1]} 的名称是 {leaves[key].name}，不是 {mark.name}")
    return tuple(leaves.values())


def _category(line: Line, context: CategoryContext) -> Category:
    tree, code = line.text("tree"), line.text("code")
    version = context.trees.get(tree)
    if version is None:
        raise line.refused(f"tree {tree} 没有版本，请先加入 category_trees.csv")
    mark = context.marks.get((tree, code))
    by_kind = line.text("kind") in _PHYSICAL_KINDS
    return Category(
        id=stable_id("category", tree, version.version, code),
        tree=tree,
        version=version.version,
        code=code,
        level1=line.text("level1"),
        level2=line.optional("level2"),
        level3=line.optional("level3"),
        kind=line.cells["kind"],
        usual_dept=line.text("usual_dept"),
        unit_codes=units_of_department(line, "usual_dept", context.unit_codes),
        level_default=line.one_of("level_default", HandlingLevel),
        limit_value=limit_value(line, "limit_value"),
        limit_unit=limit_unit(line, "limit_unit"),
        limit_basis=line.text("limit_basis"),
        source=line.text("source"),
        confidence=line.text("confidence"),
        is_physical=by_kind if mark is None or mark.is_physical is None else mark.is_physical,
        urgency=Urgency.NONE if mark is None else mark.urgency,
        is_safety=mark is not None and mark.is_safety,
        valid_from=version.valid_from,
    )
