"""All files of the city together, and the rows they make."""

from __future__ import annotations

from dataclasses import dataclass

from backend.organization.rules.city import CityRows
from backend.organization.rules.places import DataOrigin
from backend.organization.rules.sources.boundaries import read_boundaries
from backend.organization.rules.sources.calendar import read_workdays
from backend.organization.rules.sources.categories import CategoryContext, read_categories
from backend.organization.rules.sources.category_marks import read_marks, read_trees
from backend.organization.rules.sources.danger_words import read_danger_words
from backend.organization.rules.sources.divisions import read_divisions
from backend.organization.rules.sources.grid import read_grid, sample_cells
from backend.organization.rules.sources.lines import SourceFile
from backend.organization.rules.sources.request_types import read_request_types
from backend.organization.rules.sources.units import codes_by_name, read_units


@dataclass(frozen=True, slots=True, kw_only=True)
class CitySource:
    """The files a city is loaded from. ``boundaries_origin`` tells whose polygons they are.

    ``grid`` is an operator's; without one the grid cells are samples.
    """

    divisions: SourceFile
    units: SourceFile
    categories: SourceFile
    category_trees: SourceFile
    category_marks: SourceFile
    request_types: SourceFile
    workdays: SourceFile
    boundaries: SourceFile
    danger_words: SourceFile
    boundaries_origin: DataOrigin = DataOrigin.PROJECT
    grid: SourceFile | None = None


def rows_of(source: CitySource) -> CityRows:
    """Return everything the files say. Raises SourceRefused with file and line; nothing is taken in part."""
    divisions, centres = read_divisions(source.divisions)
    units = read_units(source.units)
    context = CategoryContext(
        unit_codes=codes_by_name(units),
        trees=read_trees(source.category_trees),
        marks=read_marks(source.category_marks),
    )
    boundaries = read_boundaries(source.boundaries, divisions, source.boundaries_origin)
    return CityRows(
        divisions=divisions,
        centres=centres,
        boundaries=boundaries,
        units=units,
        categories=read_categories(source.categories, context),
        request_types=read_request_types(source.request_types),
        workdays=read_workdays(source.workdays),
        grid_cells=sample_cells(divisions, boundaries) if source.grid is None else read_grid(source.grid, divisions),
        danger_words=read_danger_words(source.danger_words),
    )
