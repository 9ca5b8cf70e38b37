"""Who serves which cell: the demo workers, the sample ones of development, and each for the time of a duty."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from backend.identity.models import Person
from backend.identity.queries import profile_of
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.kernel.ids import uuid7
from backend.organization.errors import CellUnknown
from backend.organization.models import Centre, GridDuty, RoleBinding
from backend.organization.queries.city import city_snapshot
from backend.organization.queries.grid import grid_workers_of
from backend.organization.use_cases.demo_people import DEMO_STAFF, add_demo_people
from backend.organization.use_cases.grid_workers import add_sample_workers, serve_cell
from tests.desk import NOW
from tests.real_city import ROWS
from tests.sign_in_desk import cheap_passwords

DAY = timedelta(days=1)
DEMO_CELLS = {entry.login_name: entry.cell_code for entry in DEMO_STAFF if entry.cell_code}


@pytest.fixture
def sealer(settings) -> Sealer:
    return Sealer(
        settings.personal_data_keys,
        current_key_id=settings.personal_data_key_id,
        blind_index_key=settings.blind_index_key,
    )


def staffed(database: Database, sealer: Sealer) -> int:
    """Add the demo people and the sample workers, as the command does; return how many of the latter."""
    with database.transaction() as session:
        add_demo_people(session, sealer=sealer, passwords=cheap_passwords(), now=NOW)
        return add_sample_workers(session, sealer=sealer, passwords=cheap_passwords(), now=NOW)


def test_every_sample_cell_is_served_by_one_worker_at_the_centre_that_owns_it(database, sealer):
    added = staffed(database, sealer)

    with database.transaction() as session:
        city = city_snapshot(session)
        served = session.execute(
            select(GridDuty.cell_id, RoleBinding.role, Centre.code)
            .join(RoleBinding, RoleBinding.person_id == GridDuty.person_id)
            .join(Centre, Centre.id == RoleBinding.centre_id)
        ).all()
    owners = {
        cell.id: city.owner_centre(city.divisions_by_id[cell.division_id].code, "村").code for cell in ROWS.grid_cells
    }
    assert Counter(cell_id for cell_id, _, _ in served) == dict.fromkeys(owners, 1)
    assert {(cell_id, role, code) for cell_id, role, code in served} == {
        (cell_id, "grid_worker", code) for cell_id, code in owners.items()
    }
    assert added == len(ROWS.grid_cells) - len(DEMO_CELLS)


def test_a_second_run_adds_nobody(database, sealer):
    staffed(database, sealer)

    assert staffed(database, sealer) == 0


def test_the_two_demo_workers_serve_different_cells_of_different_centres_at_the_county_seat(database, sealer):
    staffed(database, sealer)

    with database.transaction() as session:
        city = city_snapshot(session)
        for login, code in DEMO_CELLS.items():
            person_id = session.scalar(select(Person.id).where(Person.login_name == login))
            assert list(grid_workers_of(session, city.cells_by_code[code].id, now=NOW)) == [person_id]
        centres = {entry.centre_code for entry in DEMO_STAFF if entry.cell_code}
    assert len(DEMO_CELLS) == len(centres) == 2
    assert {city.divisions_by_code[code].name for code in centres} == {"如城街道", "城南街道"}


def test_no_password_opens_the_account_of_a_sample_worker_and_trying_costs_as_much_as_any(database, sealer):
    staffed(database, sealer)
    passwords = cheap_passwords()

    with database.transaction() as session:
        hashes = set(session.scalars(select(Person.password_hash).where(Person.login_name.startswith("grid."))))

    assert hashes == {passwords.nobodys}
    assert not any(passwords.matches(guess, passwords.nobodys) for guess in ("", "grid", passwords.nobodys))
    assert passwords.nobodys.split("$")[:4] == passwords.hash("any").split("$")[:4]  # the same costs


def test_the_names_of_sample_workers_are_sealed_and_say_so(database, sealer):
    staffed(database, sealer)

    with database.transaction() as session:
        person = session.scalars(select(Person).where(Person.login_name.startswith("grid.")).limit(1)).one()
        profile = profile_of(session, sealer=sealer, person_id=person.id)

    assert "示例".encode() not in person.name_sealed
    assert profile.name.startswith("示")


def test_a_duty_holds_from_one_instant_until_another(database, sealer):
    staffed(database, sealer)

    with database.transaction() as session:
        cell = city_snapshot(session).cells_by_code[DEMO_CELLS["rugao.grid"]]
        session.execute(update(GridDuty).where(GridDuty.cell_id == cell.id).values(valid_to=NOW + DAY))

        held = [bool(grid_workers_of(session, cell.id, now=NOW + late)) for late in (-DAY, 0 * DAY, DAY)]
    assert held == [False, True, False]


def test_nobody_serves_one_cell_twice_at_a_time_and_no_cell_that_is_not_there(database, sealer):
    staffed(database, sealer)

    with database.transaction() as session:
        person_id = session.scalars(select(GridDuty.person_id).limit(1)).one()
        with pytest.raises(CellUnknown):
            serve_cell(session, person_id=person_id, cell_code="320682001001-S9", now=NOW)
        duty = session.scalars(select(GridDuty).limit(1)).one()
        session.add(GridDuty(id=uuid7(), cell_id=duty.cell_id, person_id=duty.person_id, valid_from=NOW + DAY))
        with pytest.raises(IntegrityError, match="uq_grid_duty_open"):
            session.flush()
        session.rollback()
