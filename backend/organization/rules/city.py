"""The whole city as one frozen value: what filing, routing and due times ask of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from backend.kernel.calendar import WorkingCalendar
from backend.kernel.geography import DEFAULT_TOLERANCE_M, CellMap, CityMap
from backend.organization.errors import CentreUnknown, DivisionUnknown
from backend.organization.rules.categories import Category, HandlingLevel, RequestType, Unit
from backend.organization.rules.danger import DangerWord, DangerWords
from backend.organization.rules.places import Boundary, Centre, Division, GridCell, Level
from backend.organization.rules.working_days import WorkdayOverride, calendar_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CityRows:
    """Everything that was loaded."""

    divisions: Iterable[Division]
    centres: Iterable[Centre]
    boundaries: Iterable[Boundary]
    units: Iterable[Unit]
    categories: Iterable[Category]
    request_types: Iterable[RequestType]
    workdays: Iterable[WorkdayOverride]
    grid_cells: Iterable[GridCell]
    danger_words: Iterable[DangerWord]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """The city in one version. Immutable; look-ups cost a dictionary access."""

    version: uuid.UUID
    calendar: WorkingCalendar
    map: CityMap
    boundary_sources: tuple[str, ...]
    cell_map: CellMap
    cells_by_code: Mapping[str, GridCell]
    cells_by_division: Mapping[uuid.UUID, tuple[GridCell, ...]]
    divisions_by_code: Mapping[str, Division]
    divisions_by_id: Mapping[uuid.UUID, Division]
    children_by_id: Mapping[uuid.UUID, tuple[Division, ...]]
    centres_by_id: Mapping[uuid.UUID, Centre]
    centres_by_division: Mapping[uuid.UUID, Centre]
    categories_by_key: Mapping[tuple[str, str], tuple[Category, ...]]
    request_types_by_code: Mapping[str, RequestType]
    units_by_code: Mapping[str, Unit]
    danger_words: DangerWords

    @classmethod
    def of(cls, version: uuid.UUID, rows: CityRows) -> Self:
        """Return the city made of these rows."""
        divisions = sorted(rows.divisions, key=lambda division: division.code)
        divisions_by_id = {division.id: division for division in divisions}
        centres = tuple(rows.centres)
        boundaries = tuple(rows.boundaries)
        cells = [cell for cell in rows.grid_cells if cell.valid_to is None]
        return cls(
            version=version,
            calendar=calendar_of(rows.workdays),
            map=_map_of(boundaries, divisions_by_id),
            boundary_sources=tuple(sorted({boundary.source for boundary in boundaries})),
            cell_map=_cell_map_of(cells),
            cells_by_code={cell.code: cell for cell in cells},
            cells_by_division=_by_division(cells),
            divisions_by_code={division.code: division for division in divisions},
            divisions_by_id=divisions_by_id,
            children_by_id=_children(divisions),
            centres_by_id={centre.id: centre for centre in centres},
            centres_by_division={centre.division_id: centre for centre in centres if centre.valid_to is None},
            categories_by_key=_by_key(rows.categories),
            request_types_by_code={one.code: one for one in rows.request_types if one.valid_to is None},
            units_by_code={unit.code: unit for unit in rows.units},
            danger_words=DangerWords(rows.danger_words),
        )

    @property
    def root(self) -> Division:
        """Return the city itself."""
        return next(one for one in self.divisions_by_code.values() if one.parent_id is None and one.valid_to is None)

    def division(self, code: str) -> Division | None:
        """Return the division of a code; None when there is none."""
        return self.divisions_by_code.get(code)

    def parent(self, division: Division) -> Division | None:
        """Return who governs a division; None above the city."""
        return None if division.parent_id is None else self.divisions_by_id[division.parent_id]

    def ancestry(self, division: Division) -> tuple[Division, ...]:
        """Return the division and whatever lies above it, smallest first."""
        chain = [division]
        while (above := self.parent(chain[-1])) is not None:
            chain.append(above)
        return tuple(chain)

    def pickable_children(self, code: str) -> tuple[Division, ...]:
        """Return what people may choose below a division, by code. Raises DivisionUnknown.

        Villages of a functional zone, which itself cannot be chosen, are listed at the county, or their people would
        find no home in any picker.
        """
        division = self.divisions_by_code.get(code)
        if division is None:
            raise DivisionUnknown
        children = self.children_by_id.get(division.id, ())
        hidden = [
            below for child in children if not child.is_pickable for below in self.children_by_id.get(child.id, ())
        ]
        return tuple(child for child in (*children, *hidden) if child.is_pickable)

    def centre(self, centre_id: uuid.UUID) -> Centre:
        """Return the centre of an id. Raises CentreUnknown."""
        centre = self.centres_by_id.get(centre_id)
        if centre is None:
            raise CentreUnknown
        return centre

    def centre_of_division(self, code: str) -> Centre | None:
        """Return the centre that stands at this very division; None when none does."""
        division = self.divisions_by_code.get(code)
        return None if division is None else self.centres_by_division.get(division.id)

    def owner_centre(self, division_code: str, level_default: HandlingLevel | str) -> Centre:
        """Return the centre that owns a case of this division: the county's for 县, the town's for 镇 and 村.

        Where that level has no centre the nearest one above it owns the case: the county's for a town without one, the
        city's when no county was chosen. Raises DivisionUnknown.
        """
        division = self.divisions_by_code.get(division_code)
        if division is None:
            raise DivisionUnknown
        levels = {Level.CITY, Level.COUNTY}
        if level_default != HandlingLevel.COUNTY:
            levels.add(Level.TOWN)
        for place in self.ancestry(division):
            centre = self.centres_by_division.get(place.id)
            if place.level in levels and centre is not None:
                return centre
        raise CentreUnknown

    def category(self, tree: str, code: str, on: date) -> Category | None:
        """Return the leaf that holds on a day; None when the tree has none of this code then."""
        return next((one for one in self.categories_by_key.get((tree, code), ()) if one.holds_on(on)), None)

    def category_name(self, tree: str, code: str, version: str) -> str:
        """Return what a category is called in the version that something was filed under; its code when unknown."""
        versions = self.categories_by_key.get((tree, code), ())
        return next((one.name for one in versions if one.version == version), code)

    def categories(self, tree: str, on: date) -> tuple[Category, ...]:
        """Return the leaves of a tree that hold on a day, by code."""
        return tuple(
            one
            for (of_tree, _), leaves in self.categories_by_key.items()
            if of_tree == tree
            for one in leaves
            if one.holds_on(on)
        )

    def request_type(self, code: str) -> RequestType | None:
        """Return the request type of a code; None when there is none."""
        return self.request_types_by_code.get(code)

    @property
    def trees(self) -> tuple[str, ...]:
        """Return the names of the category trees."""
        return tuple(sorted({tree for tree, _ in self.categories_by_key}))


def _map_of(rows: Sequence[Boundary], divisions: Mapping[uuid.UUID, Division]) -> CityMap:
    tolerance_m = max((row.tolerance_m for row in rows), default=DEFAULT_TOLERANCE_M)
    return CityMap({divisions[row.division_id].code: row.geometry for row in rows}, tolerance_m=tolerance_m)


def _cell_map_of(cells: Sequence[GridCell]) -> CellMap:
    drawn = {cell.code: cell.geometry for cell in cells if cell.geometry is not None}
    tolerance_m = max((cell.tolerance_m for cell in cells), default=int(DEFAULT_TOLERANCE_M))
    return CellMap(drawn, tolerance_m=tolerance_m)


def _by_division(cells: Iterable[GridCell]) -> dict[uuid.UUID, tuple[GridCell, ...]]:
    by_division: dict[uuid.UUID, list[GridCell]] = {}
    for cell in sorted(cells, key=lambda one: one.code):
        by_division.setdefault(cell.division_id, []).append(cell)
    return {division_id: tuple(below) for division_id, below in by_division.items()}


def _children(divisions: Iterable[Division]) -> dict[uuid.UUID, tuple[Division, ...]]:
    children: dict[uuid.UUID, list[Division]] = {}
    for division in divisions:
        if division.parent_id is not None:
            children.setdefault(division.parent_id, []).append(division)
    return {parent_id: tuple(below) for parent_id, below in children.items()}


def _by_key(categories: Iterable[Category]) -> dict[tuple[str, str], tuple[Category, ...]]:
    by_key: dict[tuple[str, str], tuple[Category, ...]] = {}
    for category in sorted(categories, key=lambda one: (one.tree, one.code, one.valid_from)):
        key = (category.tree, category.code)
        by_key[key] = (*by_key.get(key, ()), category)
    return by_key
