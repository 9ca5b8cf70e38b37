"""Who serves which grid cell; and in development a sample worker for each sample cell that nobody serves."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.identity.actor import PersonKind
from backend.identity.models import NAME_CONTEXT, Person
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.passwords import PasswordHasher
from backend.kernel.ids import uuid7
from backend.organization.errors import CellUnknown
from backend.organization.models import GridDuty, RoleBinding
from backend.organization.queries.city import City, city_snapshot
from backend.organization.roles import Role
from backend.organization.rules.categories import HandlingLevel
from backend.organization.rules.places import GridCell

log = logging.getLogger(__name__)


def serve_cell(session: Session, *, person_id: uuid.UUID, cell_code: str, now: datetime) -> None:
    """Let a grid worker serve a cell from now on. Raises CellUnknown."""
    cell = city_snapshot(session).cells_by_code.get(cell_code)
    if cell is None:
        raise CellUnknown
    session.add(GridDuty(id=uuid7(), cell_id=cell.id, person_id=person_id, valid_from=now))


def add_sample_workers(session: Session, *, sealer: Sealer, passwords: PasswordHasher, now: datetime) -> int:
    """Add a grid worker for each sample cell that nobody serves, and return how many; a second run adds none.

    They cannot sign in: no password is known to match what is stored until one is set.
    """
    session.flush()  # duties that were given just now count
    city = city_snapshot(session)
    served = set(session.scalars(select(GridDuty.cell_id).where(GridDuty.valid_to.is_(None))))
    there = set(session.scalars(select(Person.login_name).where(Person.login_name.startswith("grid."))))
    cells = [
        cell
        for cell in city.cells_by_code.values()
        if cell.is_sample and cell.id not in served and _login_of(cell) not in there
    ]
    if not cells:
        return 0
    people = [_person(cell, city, sealer, passwords, now) for cell in cells]
    session.execute(insert(Person), people)
    pairs = [(cell, person["id"]) for cell, person in zip(cells, people, strict=True)]
    session.execute(insert(RoleBinding), [_binding(cell, person_id, city, now) for cell, person_id in pairs])
    session.execute(
        insert(GridDuty),
        [{"id": uuid7(), "cell_id": cell.id, "person_id": one, "valid_from": now} for cell, one in pairs],
    )
    log.info("sample grid workers added", extra={"count": len(cells)})
    return len(cells)


def _login_of(cell: GridCell) -> str:
    return f"grid.{cell.code.lower()}"


def _person(cell: GridCell, city: City, sealer: Sealer, passwords: PasswordHasher, now: datetime) -> dict[str, Any]:
    """Return the columns of a person row."""
    name = sealer.seal(f"示例网格员（{city.divisions_by_id[cell.division_id].name}）", context=NAME_CONTEXT)
    return {
        "id": uuid7(),
        "kind": PersonKind.OPERATOR.value,
        "login_name": _login_of(cell),
        "password_hash": passwords.nobodys,
        "name_sealed": name.ciphertext,
        "name_key_id": name.key_id,
        "created_at": now,
    }


def _binding(cell: GridCell, person_id: uuid.UUID, city: City, now: datetime) -> dict[str, Any]:
    """Return the columns of the role at the centre that owns the cell."""
    centre = city.owner_centre(city.divisions_by_id[cell.division_id].code, HandlingLevel.VILLAGE)
    return {
        "id": uuid7(),
        "person_id": person_id,
        "role": Role.GRID_WORKER.value,
        "centre_id": centre.id,
        "valid_from": now,
    }
