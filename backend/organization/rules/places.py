"""Divisions of the city, and the command centres 1+10+96 that stand at some of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# Ids of reference data must be the same in every database, so that partners and tests can rely on them.
_NAMESPACE = uuid.UUID("8a8de1f2-3206-5b0e-9a5f-6d0c5c0f1a96")


def stable_id(kind: str, *key: str) -> uuid.UUID:
    """Return the id of a thing of the city, derived from its kind and its key."""
    return uuid.uuid5(_NAMESPACE, ":".join((kind, *key)))


class Level(StrEnum):
    """A level of divisions. Villages have no centre."""

    CITY = "city"
    COUNTY = "county"
    TOWN = "town"
    VILLAGE = "village"


class DataOrigin(StrEnum):
    """Who supplied a row: the project's own copy of the data, or an operator who replaced it."""

    PROJECT = "project"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A city, county, town or village.

    ``code`` is the civil-affairs code, or a placeholder of ours for two zones; ``nbs_code`` is the statistical one,
    which several divisions may share. ``parent_id`` says who governs it, ``admin_parent_code`` whose civil-affairs
    code it carries: they differ in the zones. ``is_pickable``: people may choose it (no virtual villages, no
    functional "towns").
    """

    id: uuid.UUID
    code: str
    nbs_code: str | None
    name: str
    level: Level
    kind: str
    unit_type: str
    parent_id: uuid.UUID | None
    admin_parent_code: str | None
    managing_body: str | None
    is_pickable: bool
    source: str
    as_of: str
    note: str | None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """A command centre. ``path`` names the centres above it and itself, such as ``320600/320682/320682101/``.

    ``is_assumed``: that it exists is our assumption, not a published fact.
    """

    id: uuid.UUID
    code: str
    name: str
    level: Level
    division_id: uuid.UUID
    division_code: str
    parent_id: uuid.UUID | None
    path: str
    active_from: date
    is_assumed: bool
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The polygon of a county, as GeoJSON text in WGS-84 degrees; ``tolerance_m`` says how exact its set is."""

    division_id: uuid.UUID
    geometry: str
    tolerance_m: int
    source: str
    origin: DataOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """A grid cell 网格: the ground that one grid worker serves, a village or a part of one, or of a town without any.

    ``geometry`` is GeoJSON text in WGS-84 degrees, None where no polygon is known: then the chosen division decides
    alone. ``is_sample``: invented by us, to be replaced by an operator's file. ``valid_to`` is the first day on which
    the cell no longer holds.
    """

    id: uuid.UUID
    code: str
    name: str
    division_id: uuid.UUID
    geometry: str | None
    tolerance_m: int
    is_sample: bool
    source: str
    origin: DataOrigin
    valid_from: date
    valid_to: date | None = None


def grid_after_load(stored: Sequence[GridCell], incoming: Sequence[GridCell]) -> tuple[Sequence[GridCell], str | None]:
    """Return the cells that should be there after a load, and what people are told of it.

    As with boundaries: a grid that an operator supplied stays until an operator supplies another.
    """
    operators = [cell for cell in stored if cell.origin is DataOrigin.OPERATOR and cell.valid_to is None]
    if operators and all(cell.origin is DataOrigin.PROJECT for cell in incoming):
        return operators, "由运维人员提供，保留"
    return incoming, None


def boundaries_after_load(
    stored: Sequence[Boundary], incoming: Sequence[Boundary]
) -> tuple[Sequence[Boundary], str | None]:
    """Return the polygons that should be there after a load, and what people are told of it.

    A set is replaced as a whole, because its tolerance belongs to all of it. The set of an operator is better than the
    project's copy, and stays until an operator supplies another.
    """
    is_operators = any(row.origin is DataOrigin.OPERATOR for row in stored)
    if is_operators and all(row.origin is DataOrigin.PROJECT for row in incoming):
        return stored, "由运维人员提供，保留"
    return incoming, None
