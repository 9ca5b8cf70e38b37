"""What apps choose from: divisions, categories, request types and centres, as they hold on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from backend.organization.errors import CategoryTreeUnknown
from backend.organization.queries.city import city_snapshot
from backend.organization.rules.categories import Category, RequestType
from backend.organization.rules.places import Centre, Division


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionChoice:
    """A division that may be chosen, and whether there is more to choose below it."""

    division: Division
    has_children: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DivisionChoices:
    """What may be chosen below a division."""

    parent: Division
    items: tuple[DivisionChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChoice:
    """A leaf, and the names of the units that handle it: the first leads, the others assist."""

    category: Category
    unit_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChoices:
    """The leaves of a tree."""

    tree: str
    items: tuple[CategoryChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCentre:
    """A centre, and the code of the one above it."""

    centre: Centre
    parent_code: str | None


def division_choices(session: Session, parent_code: str | None) -> DivisionChoices:
    """Return what people may choose below a division, below the city when none is named. Raises DivisionUnknown."""
    city = city_snapshot(session)
    code = city.root.code if parent_code is None else parent_code
    items = tuple(
        DivisionChoice(division=child, has_children=bool(city.pickable_children(child.code)))
        for child in city.pickable_children(code)
    )
    return DivisionChoices(parent=city.divisions_by_code[code], items=items)


def category_choices(session: Session, *, tree: str, on: date) -> CategoryChoices:
    """Return the leaves of a tree that hold on a day, by code. Raises CategoryTreeUnknown."""
    city = city_snapshot(session)
    if tree not in city.trees:
        raise CategoryTreeUnknown
    items = tuple(
        CategoryChoice(category=leaf, unit_names=tuple(city.units_by_code[code].name for code in leaf.unit_codes))
        for leaf in city.categories(tree, on)
    )
    return CategoryChoices(tree=tree, items=items)


def request_type_choices(session: Session) -> tuple[RequestType, ...]:
    """Return the request types, those that people want most often first."""
    types = city_snapshot(session).request_types_by_code.values()
    return tuple(sorted(types, key=lambda one: (-one.weight, one.code)))


def listed_centres(session: Session) -> tuple[ListedCentre, ...]:
    """Return the centres that work, each before those below it."""
    city = city_snapshot(session)
    return tuple(
        ListedCentre(
            centre=centre,
            parent_code=None if centre.parent_id is None else city.centre(centre.parent_id).code,
        )
        for centre in sorted(city.centres_by_division.values(), key=lambda centre: centre.path)
    )
