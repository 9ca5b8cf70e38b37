"""The ledger: what the verifier finds when history, a text or a stored state is not as it was written."""

from __future__ import annotations

import hashlib
import itertools
import json

import psycopg
import pytest
from sqlalchemy import event

from backend.cases.rules import Action, Move
from backend.cases.use_cases import Desk, move_case
from backend.cases.verification import verify_ledger
from backend.complaints.use_cases import file_complaint
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.organization.queries.city import city_snapshot
from tests.desk import NOW, acceptor_at, citizen_in, filing_by


@pytest.fixture
def sealer(settings) -> Sealer:
    return Sealer(
        settings.personal_data_keys,
        current_key_id=settings.personal_data_key_id,
        blind_index_key=settings.blind_index_key,
    )


@pytest.fixture
def case_number(database: Database, sealer: Sealer) -> str:
    """A case that was filed and accepted."""
    with database.transaction() as session:
        desk = Desk(city=city_snapshot(session), sealer=sealer, now=NOW)
        filing = filing_by(citizen_in(session, sealer))
        receipt = file_complaint(session, filing=filing, daily_quota=10, desk=desk)
        actor = acceptor_at(session, "320682", sealer)
        move = Move(action=Action.ACCEPT, note="请尽快处理")
        move_case(session, actor=actor, number=receipt.case_number, seen_version=1, move=move, desk=desk)
    return receipt.case_number


@pytest.fixture
def tamper(database_urls, clean_tables):
    """Change a row as somebody with the keys of the house would: as the owner, with the triggers off."""
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection.execute


def breaches(database: Database, sealer: Sealer) -> list[str]:
    return list(itertools.chain.from_iterable(one.breaches for one in verify_ledger(database, sealer=sealer)))


def test_a_ledger_that_nobody_touched_verifies(database, sealer, case_number):
    verdicts = list(verify_ledger(database, sealer=sealer))

    assert [(one.number, list(one.breaches)) for one in verdicts] == [(case_number, [])]


def test_a_case_that_moves_while_it_is_verified_is_no_breach(database, sealer, case_number):
    moved = []

    def move_once(_connection, _cursor, statement, *_rest):
        # After the cases were read, and before their ledger is.
        if "FROM case_ledger" in statement and "IN (" in statement and not moved:
            moved.append(True)
            with database.transaction() as session:
                desk = Desk(city=city_snapshot(session), sealer=sealer, now=NOW)
                actor = acceptor_at(session, "320682", sealer)
                move = Move(action=Action.WITHDRAW)
                move_case(session, actor=actor, number=case_number, seen_version=2, move=move, desk=desk)

    event.listen(database.engine, "before_cursor_execute", move_once)
    try:
        found = breaches(database, sealer)
    finally:
        event.remove(database.engine, "before_cursor_execute", move_once)

    assert moved
    assert found == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_ledger SET entry = replace(entry, 'submitted', 'accepted') WHERE seq = 1",
        "UPDATE case_ledger SET hash = previous_hash WHERE seq = 2",
        "UPDATE case_ledger SET previous_hash = hash WHERE seq = 2",
        "UPDATE case_ledger SET event_id = gen_random_uuid() WHERE seq = 2",
        "DELETE FROM case_ledger WHERE seq = 1",
        "DELETE FROM case_ledger WHERE seq = 2",
        "UPDATE case_ledger SET seq = 3 WHERE seq = 2",
        "UPDATE command_case SET state = 'closed'",
        "UPDATE command_case SET due_at = due_at + interval '1 second'",
        "UPDATE command_case SET next_due_at = next_due_at - interval '1 microsecond'",
        "UPDATE command_case SET urgency = 'life'",
        "UPDATE command_case SET version = 3",
        "UPDATE case_text SET text_sealed = substr(text_sealed, 1, 20) || '\\x00' WHERE field = 'title'",
        "UPDATE case_text SET salt = '\\x00' WHERE field = 'title'",
        "UPDATE case_text SET seq = 2 WHERE field = 'title'",
        "DELETE FROM case_text WHERE field = 'description'",
        "UPDATE case_reporter SET identity_shown = 'anonymous'",
        "UPDATE case_reporter SET channel = 'phone'",
        "UPDATE case_reporter SET number = 'NT2611240000999'",
        "DELETE FROM case_reporter",
    ],
)
def test_every_change_of_what_was_written_is_found(database, sealer, case_number, tamper, statement):
    tamper(statement)

    assert breaches(database, sealer)


def test_a_text_that_was_erased_leaves_the_ledger_whole(database, sealer, case_number, tamper):
    tamper("UPDATE case_text SET text_sealed = NULL, text_key_id = NULL, salt = NULL")

    assert breaches(database, sealer) == []


def test_an_entry_changed_with_a_matching_hash_still_breaks_the_chain(database, sealer, case_number, tamper):
    entry, previous = tamper("SELECT entry, previous_hash FROM case_ledger WHERE seq = 1").fetchone()
    forged = entry.replace("320682", "320685")
    forged_hash = hashlib.sha256(bytes(previous) + forged.encode()).digest()

    tamper("UPDATE case_ledger SET entry = %s, hash = %s WHERE seq = 1", (forged, forged_hash))

    assert any("不相连" in breach for breach in breaches(database, sealer))


def test_folding_the_facts_of_the_ledger_gives_every_stored_value_of_the_case(case_number, tamper):
    # The fold is this test's own: it reads the entries as JSON and knows nothing of the product's rules.
    facts: dict[str, object] = {}
    for (entry,) in tamper("SELECT entry FROM case_ledger ORDER BY seq").fetchall():
        facts |= json.loads(entry)["facts"]
    stored = dict(tamper("SELECT to_jsonb(c) FROM command_case c").fetchone()[0])

    for name, value in facts.items():
        if name != "reporter":
            assert _same(stored[name], value), name
    # Where somebody stood is personal: the ledger has its digest, the column its value.
    personal = {"longitude_wgs84", "latitude_wgs84", "received_longitude", "received_latitude"}
    assert set(stored) - set(facts) == personal | {"id"}


def _same(stored: object, told: object) -> bool:
    if isinstance(told, str) and isinstance(stored, str) and "T" in told and told[:2] == "20":
        return stored.replace("Z", "+00:00")[:19] == told[:19]
    return stored == told
