"""The city as it was loaded, read once a process and version."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.kernel.calendar import DayStatus
from backend.kernel.due import LimitUnit
from backend.organization import models
from backend.organization.errors import CityNotLoaded
from backend.organization.rules.categories import Category, HandlingLevel, RequestType, Unit, Urgency
from backend.organization.rules.city import City, CityRows
from backend.organization.rules.danger import DangerWord
from backend.organization.rules.places import Boundary, Centre, DataOrigin, Division, GridCell, Level
from backend.organization.rules.working_days import WorkdayOverride
from backend.organization.statements.city_rows import table_of

__all__ = [
    "Category",
    "Centre",
    "City",
    "Division",
    "RequestType",
    "Unit",
    "city_in_memory",
    "city_of_version",
    "city_snapshot",
    "stored_rows",
]

V = TypeVar("V")


class _Kept:
    """The city this process read last. The lock keeps threads from reading the same version twice."""

    def __init__(self) -> None:
        self.city: City | None = None
        self.lock = threading.Lock()


_kept = _Kept()


def city_snapshot(session: Session) -> City:
    """Return the city, from memory unless another version was loaded since. Raises CityNotLoaded."""
    version = session.scalar(select(models.CityVersion.version))
    if version is None:
        raise CityNotLoaded
    city = _kept.city
    if city is not None and city.version == version:
        return city
    with _kept.lock:
        if _kept.city is None or _kept.city.version != version:
            _kept.city = _read_whole(session, version)
        return _kept.city


def city_of_version(version: uuid.UUID | None, session: Callable[[], Session]) -> City:
    """Return the city of a version that a statement has just read: from memory, or asked for in the given session.

    Raises CityNotLoaded.
    """
    city = _kept.city
    return city if city is not None and city.version == version else city_snapshot(session())


def city_in_memory(session: Callable[[], Session]) -> City:
    """Return the city as this process read it last, without asking whether that still holds.

    For a statement that asks itself (``holding.CITY_HOLDS``). A session is opened where none was read yet.
    Raises CityNotLoaded.
    """
    return _kept.city or city_snapshot(session())


def stored_rows(session: Session, value: type[V]) -> list[V]:
    """Return all rows of a table of the city as its frozen values."""
    rows = session.execute(select(table_of(value))).mappings()
    return [value(**{name: _typed(name, cell) for name, cell in row.items()}) for row in rows]


def _read_whole(session: Session, version: uuid.UUID) -> City:
    """Read until no load came in between: each statement sees what was committed before it."""
    while True:
        city = _read(session, version)
        still = session.scalar(select(models.CityVersion.version))
        if still is None:
            raise CityNotLoaded
        if still == version:
            return city
        version = still


def _read(session: Session, version: uuid.UUID) -> City:
    rows = CityRows(
        divisions=stored_rows(session, Division),
        centres=stored_rows(session, Centre),
        boundaries=stored_rows(session, Boundary),
        units=stored_rows(session, Unit),
        categories=stored_rows(session, Category),
        request_types=stored_rows(session, RequestType),
        workdays=stored_rows(session, WorkdayOverride),
        grid_cells=stored_rows(session, GridCell),
        danger_words=stored_rows(session, DangerWord),
    )
    return City.of(version, rows)


_CLOSED_SETS = {
    "level": Level,
    "level_default": HandlingLevel,
    "limit_unit": LimitUnit,
    "urgency": Urgency,
    "status": DayStatus,
    "origin": DataOrigin,
}


# Any: a cell of any column; the closed sets become their StrEnum again.
def _typed(name: str, cell: Any) -> Any:  # noqa: ANN401
    closed_set = _CLOSED_SETS.get(name)
    return cell if closed_set is None else closed_set(cell)
