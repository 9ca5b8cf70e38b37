"""The ledger: what the verifier finds when history, a text or a stored state is not as it was written."""

from __future__ import annotations

import hashlib
import itertools
import json
from datetime import datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from backend.cases.chain import GENESIS
from backend.cases.ledger import Happening, Head, Witness, written
from backend.cases.rules import CURRENT_VERSION, WORKFLOWS, Action, Move, Rating
from backend.cases.statements import INSTANT_OF_ENTRY
from backend.cases.use_cases import Desk, move_case
from backend.cases.verification import verify_ledger
from backend.complaints.use_cases import file_complaint, rate_complaint, urge_complaint
from backend.identity.actor import Actor
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.kernel.ids import uuid7
from backend.organization.queries.city import city_snapshot
from tests.desk import NOW, acceptor_at, citizen_in, filing_by, reporter_of
from tests.statements import StatementCounter


@pytest.fixture(scope="module")
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


def file_one(database: Database, sealer: Sealer) -> tuple[str, Actor]:
    """File a case, and return its number with somebody who may accept it."""
    with database.transaction() as session:
        desk = Desk(city=city_snapshot(session), sealer=sealer, now=NOW)
        receipt = file_complaint(session, filing=filing_by(citizen_in(session, sealer)), daily_quota=10, desk=desk)
        return receipt.case_number, acceptor_at(session, "320682", sealer)


def accept(database: Database, sealer: Sealer, number: str, actor: Actor, *, note: str = "") -> None:
    with database.transaction() as session:
        desk = Desk(city=city_snapshot(session), sealer=sealer, now=NOW)
        move = Move(action=Action.ACCEPT, note=note)
        move_case(session, actor=actor, number=number, seen_version=1, move=move, desk=desk)


@pytest.fixture
def tamper(database_urls, clean_tables):
    """Change a row as somebody with the keys of the house would: as the owner, with the triggers off."""
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection.execute


def breaches(database: Database, sealer: Sealer) -> list[str]:
    return list(itertools.chain.from_iterable(one.breaches for one in verify_ledger(database, sealer=sealer)))


@pytest.mark.parametrize("note", ["请尽快处理", ""])
def test_an_entry_and_its_texts_are_appended_in_one_statement(database, sealer, note):
    number, actor = file_one(database, sealer)
    counter = StatementCounter(database.engine)

    accept(database, sealer, number, actor, note=note)

    counter.stop()
    written = [
        statement for statement in counter.seen if "INTO case_ledger" in statement or "INTO case_text" in statement
    ]
    asked = [one for one in counter.seen if "FROM case_ledger" in one]
    assert len(written) == 1
    assert asked == written
    assert breaches(database, sealer) == []


def test_no_entry_is_appended_where_the_one_before_is_missing(database, sealer, tamper):
    number, actor = file_one(database, sealer)
    tamper("DELETE FROM case_ledger")

    with pytest.raises(LookupError):
        accept(database, sealer, number, actor)


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


@pytest.fixture
def rated_case(database: Database, sealer: Sealer) -> str:
    """A case that was filed, urged, answered and rated."""
    with database.transaction() as session:
        desk = Desk(city=city_snapshot(session), sealer=sealer, now=NOW)
        citizen = citizen_in(session, sealer)
        receipt = file_complaint(session, filing=filing_by(citizen), daily_quota=10, desk=desk)
        reporter = reporter_of(citizen)
        urge_complaint(session, actor=reporter, number=receipt.number, text="请快些", desk=desk)
        actor = acceptor_at(session, "320682", sealer)
        move = Move(action=Action.ANSWER_DIRECTLY, answer="您好，路灯已报修，预计三个工作日内修复，感谢您的反映。")
        move_case(session, actor=actor, number=receipt.case_number, seen_version=2, move=move, desk=desk)
        rating = Rating(is_solved=True, stars=4, comment="还行")
        rate_complaint(session, actor=reporter, number=receipt.number, rating=rating, desk=desk)
    return receipt.case_number


def test_a_ledger_with_an_urge_and_a_rating_verifies(database, sealer, rated_case):
    verdicts = list(verify_ledger(database, sealer=sealer))

    assert [(one.number, list(one.breaches)) for one in verdicts] == [(rated_case, [])]


def test_folding_the_ledger_gives_every_value_of_a_rating_and_who_urged_when(rated_case, tamper):
    entries = [json.loads(row) for (row,) in tamper("SELECT entry FROM case_ledger ORDER BY seq").fetchall()]
    stored = tamper("SELECT to_jsonb(r) FROM case_rating r").fetchall()
    number = entries[0]["facts"]["reporter"]["number"]

    [rated] = [one for one in entries if one["transition"] == "R01"]
    [urged] = [one for one in entries if one["transition"] == "U01"]
    [[row]] = stored
    assert rated["facts"]["rating"] == {name: row[name] for name in ("number", "round", "is_solved", "stars")}
    assert (rated["case_id"], rated["seq"], rated["at"][:19]) == (row["case_id"], row["seq"], row["rated_at"][:19])
    assert urged["facts"] == {"version": 2, "urge": {"number": number}}
    assert rated["facts"]["version"] == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_rating SET stars = 5",
        "UPDATE case_rating SET is_solved = false",
        "UPDATE case_rating SET round = 2",
        "UPDATE case_rating SET seq = 2",
        "UPDATE case_rating SET number = 'NT2611240000999'",
        "UPDATE case_rating SET rated_at = rated_at + interval '1 second'",
        "DELETE FROM case_rating",
        "INSERT INTO case_rating SELECT case_id, 3, number, 2, is_solved, 5, rated_at FROM case_rating",
        "UPDATE case_text SET salt = '\\x00' WHERE field = 'rating_comment'",
        "DELETE FROM case_text WHERE field = 'urge_text'",
    ],
)
def test_every_change_of_a_rating_or_of_the_words_beside_it_is_found(database, sealer, rated_case, tamper, statement):
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


SAID = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=12) | st.just('"at":"')


@given(
    role=SAID,
    facts=st.dictionaries(SAID, SAID | st.dictionaries(SAID, SAID, max_size=2), max_size=3),
    state=SAID,
    seconds=st.integers(0, 10**6),
)
def test_a_public_status_finds_the_instant_of_an_entry_whatever_else_it_says(
    database_urls, sealer, role, facts, state, seconds
):
    at = NOW + timedelta(seconds=seconds, microseconds=seconds % 7)
    head = Head(id=uuid7(), number="AJ1", version=1, workflow_version=2, state=state, round=1)
    happening = Happening(
        event_id=uuid7(),
        at=at,
        transition=WORKFLOWS[CURRENT_VERSION][0],
        from_state=None,
        witness=Witness(role=role, person_id=uuid7(), centre_id=None),
        facts=facts,
        texts={"note": state},
    )
    entry = written(head, happening, GENESIS, sealer).entry["entry"]

    with psycopg.connect(database_urls.owner) as connection:
        asked = f"SELECT {INSTANT_OF_ENTRY} FROM (VALUES (%s::text)) AS l (entry)"
        [(found,)] = connection.execute(asked.encode(), (entry,)).fetchall()

    assert found == at == datetime.fromisoformat(json.loads(entry)["at"])
