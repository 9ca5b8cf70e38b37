"""The sweeper leaves no object without a row and no row without its objects, and keeps what is needed."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.evidence.models import Evidence
from backend.evidence.use_cases.sweeping import EvidenceSweeper
from backend.identity.use_cases.people import citizen_of
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.infrastructure.object_store import FolderStore
from backend.infrastructure.settings import Settings
from backend.kernel.clock import SystemClock
from backend.kernel.ids import uuid7

NOW = SystemClock().now()
LATER = NOW + timedelta(hours=25)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """A folder of objects."""
    return FolderStore(tmp_path / "objects", SystemClock())


@pytest.fixture
def person_id(database: Database, settings: Settings) -> uuid.UUID:
    """Somebody who takes photos."""
    sealer = Sealer(
        settings.personal_data_keys,
        current_key_id=settings.personal_data_key_id,
        blind_index_key=settings.blind_index_key,
    )
    with database.transaction() as session:
        return citizen_of(session, sealer=sealer, phone="+8613612345678", now=NOW).id


@pytest.fixture
def photo(database: Database, store: FolderStore, person_id: uuid.UUID):
    """Make a photo of a state, with its two objects."""

    def make(state: str, *, attached: bool = False, objects: int = 2, **changes) -> str:
        name = uuid.uuid4().hex
        keys = [f"evidence/{name[:2]}/{name}{part}" for part in "ft"]
        with database.transaction() as session:
            session.add(
                Evidence(
                    id=uuid7(),
                    person_id=person_id,
                    kind="photo",
                    stage="before",
                    state=state,
                    full_key=keys[0],
                    thumbnail_key=keys[1],
                    sha256=bytes(32),
                    byte_size=2,
                    width=1,
                    height=1,
                    created_at=NOW,
                    attached_to=uuid7() if attached else None,
                    attached_at=NOW if attached else None,
                    position=0 if attached else None,
                    **changes,
                )
            )
        for key in keys[:objects]:
            store.put(key, io.BytesIO(b"x"))
        return keys[0]

    return make


def swept(database: Database, store: FolderStore, now=LATER, **options) -> None:
    """Sweep as the worker does, until nothing is left to do."""
    sweeper = EvidenceSweeper(store=store, **options)
    for _ in range(20):
        with database.transaction() as session:
            if not sweeper.prune(session, now=now):
                return


def kept(database: Database, store: FolderStore) -> tuple[set[str | None], set[str]]:
    """Return the keys that rows name, and those of the objects, full renditions alone."""
    with database.transaction() as session:
        named = set(session.scalars(select(Evidence.full_key)))
    return named, {one.key for one in store.listed("evidence") if one.key.endswith("f")}


@pytest.mark.parametrize(
    ("state", "objects"),
    [("received", 0), ("received", 1), ("received", 2), ("deleted", 2), ("deleted", 0), ("ready", 2)],
)
def test_what_is_over_goes_with_its_objects(database, store, photo, state, objects):
    photo(state, objects=objects)

    swept(database, store)

    assert kept(database, store) == (set(), set())
    assert list(store.listed("evidence")) == []


def test_what_is_attached_and_what_is_in_hand_stays(database, store, photo):
    attached = photo("ready", attached=True)
    waiting, in_hand = photo("ready"), photo("received")

    swept(database, store, now=NOW + timedelta(minutes=14))
    assert kept(database, store) == ({attached, waiting, in_hand}, {attached, waiting, in_hand})

    swept(database, store)
    assert kept(database, store) == ({attached}, {attached})


def test_an_erased_photo_loses_its_objects_and_keeps_the_row_that_a_ledger_names(database, store, photo):
    photo("deleted", attached=True)

    swept(database, store)

    assert kept(database, store) == ({None}, set())


def test_more_than_a_batch_is_swept(database, store, photo):
    for _ in range(45):
        photo("deleted")

    swept(database, store)

    assert kept(database, store) == (set(), set())


def test_objects_that_no_row_names_go_part_by_part_and_young_ones_stay(database, store, photo):
    named = photo("ready", attached=True)
    stray = f"evidence/7f/{uuid.uuid4().hex}f"
    store.put(stray, io.BytesIO(b"x"))
    sweeper = EvidenceSweeper(store=store)
    old = SystemClock().now() + timedelta(hours=25)

    with database.transaction() as session:
        young = [sweeper.sweep_strays(session, part=part, now=NOW) for part in range(256)]
        removed = [sweeper.sweep_strays(session, part=part, now=old) for part in range(256)]

    assert sum(young) == 0
    assert (sum(removed), removed[0x7F]) == (1, 1)
    assert kept(database, store) == ({named}, {named})


def test_some_days_of_hours_look_at_every_part_of_the_keys(database, store):
    seen = set()

    class Seen(EvidenceSweeper):
        def sweep_strays(self, session, *, part: int, now) -> int:
            seen.add(part)
            return super().sweep_strays(session, part=part, now=now)

    sweeper = Seen(store=store)
    with database.transaction() as session:
        for hour in range(300):
            sweeper.prune(session, now=NOW + timedelta(hours=hour))

    assert seen == set(range(256))


def test_a_store_that_is_away_leaves_the_rows_for_the_next_hour(database, store, photo):
    photo("deleted")

    class Away(FolderStore):
        def delete(self, key: str) -> None:
            raise ConnectionError(key)

    with pytest.raises(ConnectionError):
        swept(database, Away(store._folder, SystemClock()))
    swept(database, store)

    assert kept(database, store) == (set(), set())
