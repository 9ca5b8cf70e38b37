"""Rotation of keys: every sealed value is sealed anew, beside writers, after an interruption, and nothing is lost."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from backend.cases.use_cases import Desk
from backend.cases.verification import verify_ledger
from backend.complaints.use_cases import file_complaint
from backend.data_protection.rotation import key_uses, rotate, waiting
from backend.identity.use_cases.people import OperatorAccount, add_operator
from backend.infrastructure.crypto import Algorithm, Sealed, Sealer
from backend.organization.queries.city import city_snapshot
from tests.desk import NOW, citizen_in, filing_by

KEYS = {"old": bytes([7] * 32), "new": bytes([9] * 32)}
INDEX_KEY = bytes([5] * 32)
# Written by hand: which columns of the database are sealed, and with which words each row's text is bound to it.
SEALED = {
    ("person", "phone_sealed", "phone_key_id"): "person.phone",
    ("person", "name_sealed", "name_key_id"): "person.name",
    ("case_text", "text_sealed", "text_key_id"): "case_text:{id}",
}


def sealer_with(key_id: str, algorithm: Algorithm) -> Sealer:
    return Sealer(KEYS, current_key_id=key_id, blind_index_key=INDEX_KEY, algorithm=algorithm)


OLD = sealer_with("old", Algorithm.AES_256_GCM)
NEW = sealer_with("new", Algorithm.SM4_GCM)


@pytest.fixture
def sealed_by_the_old(database) -> int:
    """Complaints and people whose values the old key seals; return how many values."""
    with database.transaction() as session:
        desk = Desk(city=city_snapshot(session), sealer=OLD, now=NOW)
        for number in range(12):
            file_complaint(session, filing=filing_by(citizen_in(session, OLD)), daily_quota=10, desk=desk)
            account = OperatorAccount(login_name=f"rotation.{number}", name=f"职员{number}", password_hash="unused")
            add_operator(session, sealer=OLD, account=account, now=NOW)
    return 12 + 12 + 12 * 4


@pytest.fixture
def look(database_urls, clean_tables) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        yield connection


def opened(look: psycopg.Connection, sealer: Sealer) -> Counter[str]:
    """Return every text of the database, opened one by one."""
    found: Counter[str] = Counter()
    for (table, column, key_column), context in SEALED.items():
        rows = look.execute(f"SELECT id, {column}, {key_column} FROM {table} WHERE {column} IS NOT NULL").fetchall()
        found.update(sealer.open(Sealed(key, bytes(data)), context=context.format(id=row)) for row, data, key in rows)
    return found


def seals(look: psycopg.Connection) -> set[tuple[str, int]]:
    """Return with which key and which first byte the values of the database are sealed."""
    return {
        row
        for table, column, key_column in SEALED
        for row in look.execute(
            f"SELECT {key_column}, get_byte({column}, 0) FROM {table} WHERE {column} IS NOT NULL"
        ).fetchall()
    }


def test_every_value_is_sealed_anew_and_says_what_it_said(sealed_by_the_old, owner_database, database, look):
    before = opened(look, OLD)

    last = {step.field: step for step in rotate(owner_database, sealer=NEW)}

    assert seals(look) == {("new", 2)}
    assert opened(look, NEW) == before
    assert sum(step.done for step in last.values()) == sealed_by_the_old == sum(before.values())
    assert all(step.done == step.total for step in last.values())
    assert [one.breaches for one in verify_ledger(database, sealer=NEW)] == [()] * 12


@pytest.mark.parametrize(
    ("of", "to"), list(itertools.permutations([("old", 1), ("old", 2), ("new", 1), ("new", 2)], 2))
)
def test_any_key_and_cipher_follows_any_other(database, owner_database, look, of, to):
    with database.transaction() as session:
        citizen_in(session, sealer_with(of[0], Algorithm(of[1])))
    target = sealer_with(to[0], Algorithm(to[1]))

    list(rotate(owner_database, sealer=target))

    assert seals(look) == {to}
    assert sum(opened(look, target).values()) == 1


def test_a_second_run_has_nothing_to_do(sealed_by_the_old, owner_database):
    list(rotate(owner_database, sealer=NEW))

    assert list(rotate(owner_database, sealer=NEW)) == []
    assert sum(step.total for step in waiting(owner_database, sealer=NEW)) == 0


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(sealed_by_the_old, owner_database, look):
    before = opened(look, OLD)
    run = rotate(owner_database, sealer=NEW, batch=5)
    for _ in range(3):
        next(run)
    run.close()
    left = sum(step.total for step in waiting(owner_database, sealer=NEW))

    rest = {step.field: step for step in rotate(owner_database, sealer=NEW, batch=5)}

    assert left == sealed_by_the_old - 12  # three batches: 5, 5 and the last 2 of twelve phones
    assert sum(step.done for step in rest.values()) == left
    assert opened(look, NEW) == before


def test_a_value_that_no_key_opens_is_told_and_left_as_it_is(sealed_by_the_old, owner_database, look):
    look.execute("UPDATE person SET name_sealed = '\\x0102' WHERE login_name = 'rotation.3'")
    look.execute("UPDATE person SET name_key_id = 'lost' WHERE login_name = 'rotation.4'")

    last = {step.field: step for step in rotate(owner_database, sealer=NEW)}

    assert (last["person.name_sealed"].done, last["person.name_sealed"].broken) == (10, 2)
    kept = look.execute("SELECT name_sealed, name_key_id FROM person WHERE login_name = 'rotation.3'").fetchone()
    assert kept == (b"\x01\x02", "old")


def test_what_others_write_meanwhile_is_never_lost(sealed_by_the_old, database, owner_database, look):
    ids = [row[0] for row in look.execute("SELECT id FROM person WHERE login_name IS NOT NULL").fetchall()]
    stop, written = threading.Event(), dict[uuid.UUID, str]()

    def write() -> None:
        # As a web process that still has the old key as its current one.
        for turn in itertools.count():
            for person_id in ids:
                name = f"改名{turn}"
                sealed = OLD.seal(name, context="person.name")
                with database.transaction() as session:
                    session.execute(
                        text("UPDATE person SET name_sealed = :s, name_key_id = :k WHERE id = :id"),
                        {"s": sealed.ciphertext, "k": sealed.key_id, "id": person_id},
                    )
                written[person_id] = name
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            list(rotate(owner_database, sealer=NEW, batch=4))
    finally:
        stop.set()
        writer.join()
    list(rotate(owner_database, sealer=NEW, batch=4))

    rows = look.execute("SELECT id, name_sealed, name_key_id FROM person WHERE login_name IS NOT NULL").fetchall()
    names = {row: NEW.open(Sealed(key, bytes(data)), context="person.name") for row, data, key in rows}
    assert names == written
    assert seals(look) == {("new", 2)}


def test_a_row_that_somebody_holds_is_passed_over_and_done_next_time(sealed_by_the_old, owner_database, look, database):
    with database.transaction() as session:
        session.execute(text("SELECT id FROM person WHERE login_name = 'rotation.5' FOR UPDATE"))
        last = {step.field: step for step in rotate(owner_database, sealer=NEW)}

    assert (last["person.name_sealed"].done, last["person.name_sealed"].total) == (11, 12)
    assert sum(step.done for step in rotate(owner_database, sealer=NEW)) == 1


def test_the_status_counts_the_values_of_each_key_and_cipher(sealed_by_the_old, owner_database, database):
    with database.transaction() as session:
        citizen_in(session, NEW)

    uses = {(use.field, use.key_id, use.cipher): use.count for use in key_uses(owner_database)}

    assert uses == {
        ("person.phone_sealed", "old", "aes-256-gcm"): 12,
        ("person.phone_sealed", "new", "sm4-gcm"): 1,
        ("person.name_sealed", "old", "aes-256-gcm"): 12,
        ("case_text.text_sealed", "old", "aes-256-gcm"): 48,
    }
