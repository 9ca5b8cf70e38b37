"""Filing in one statement writes what filing by the ORM writes, row for row, and refuses whatever that refuses."""

from __future__ import annotations

import itertools
import json
import re
import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from backend.cases.filing import IdentityShown, Place
from backend.cases.ledger import TEXT_CONTEXT
from backend.cases.use_cases import Desk
from backend.cases.verification import verify_ledger
from backend.complaints.filing_at_once import AnswerOnce, Hands, file_at_once
from backend.complaints.filing_statement import FILE_COMPLAINT
from backend.complaints.use_cases import FilingReceipt, file_complaint
from backend.identity.models import DeviceSession
from backend.identity.use_cases.people import citizen_of
from backend.infrastructure.crypto import Sealed, Sealer
from backend.infrastructure.idempotency import Kept, WriteKey, keep_answer, stored_answer
from backend.kernel.errors import DomainError
from backend.kernel.geography import CoordinateSystem
from backend.kernel.ids import uuid7
from backend.organization.queries.actors import presumed_citizen
from backend.organization.queries.city import city_snapshot
from backend.organization.statements.asking import Presumed
from tests.agreeing import agree_to_location
from tests.desk import NOW, filing_by

QUOTA = 30
TABLES = (
    "command_case", "case_reporter", "complaint", "case_text", "case_ledger", "outbox_event", "idempotency_record",
    "procrastinate_jobs", "case_task", "evidence",
)  # fmt: skip
# What is random or counted, and is judged by itself below.
UNEQUAL = {"hash", "salt", "text_sealed", "key", "created_at"}
_phones = itertools.count(13_500_000_000)

words = st.sampled_from(
    ["路灯不亮", "有人触电", "燃气泄漏，闻到气味", "井盖缺失", "水管漏水", "落水管坏了", "没有危险"]
)
odd = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=40)
text_drawn = st.one_of(words, odd, st.tuples(words, odd).map("。".join))
places = st.builds(
    Place,
    longitude=st.floats(120.2, 121.9),
    latitude=st.floats(31.6, 32.7),
    system=st.sampled_from(CoordinateSystem),
)
filings = st.fixed_dictionaries(
    {
        "request_type": st.sampled_from(["QZ", "ZX", "TS", "JB", "JY", "XX"]),
        "category_code": st.sampled_from(["H030402", "H030404", "H999999"]),
        "division_code": st.sampled_from(["320682", "320685", "320612", "320600", "999999"]),
        "identity_shown": st.sampled_from(IdentityShown),
        "place": st.none() | places,
        "texts": st.fixed_dictionaries(
            {"title": text_drawn, "description": text_drawn}, optional={"address": text_drawn}
        ),
    }
)


@pytest.fixture(scope="module")
def sealer(settings) -> Sealer:
    return Sealer(
        settings.personal_data_keys,
        current_key_id=settings.personal_data_key_id,
        blind_index_key=settings.blind_index_key,
    )


def told(receipt: FilingReceipt) -> dict[str, Any]:
    return {"number": receipt.number, "filed_at": receipt.filed_at.isoformat(), "kept": receipt.location_kept}


def person(database, sealer, *, agrees: bool) -> uuid.UUID:
    with database.transaction() as session:
        person_id = citizen_of(session, sealer=sealer, phone=f"+86{next(_phones)}", now=NOW).id
        if agrees:
            agree_to_location(session, person_id, now=NOW)
    return person_id


def asker(session, person_id: uuid.UUID) -> Presumed:
    begun = DeviceSession(
        id=uuid7(),
        person_id=person_id,
        device_id="phone",
        created_at=NOW,
        last_seen_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    session.add(begun)
    session.flush()
    return presumed_citizen(person_id=person_id, session_id=begun.id).presumed


def key_of(person_id: uuid.UUID) -> WriteKey:
    return WriteKey(subject_id=person_id, operation="complaint.file", key="key-of-a-test", fingerprint=b"\x01" * 32)


def file_ordinarily(database, sealer, person_id: uuid.UUID, drawn: dict[str, Any]) -> FilingReceipt | None:
    try:
        with database.transaction() as session:
            desk = Desk(city=city_snapshot(session), sealer=sealer, now=NOW)
            assert stored_answer(session, key_of(person_id)) is None
            receipt = file_complaint(session, filing=filing_by(person_id, **drawn), daily_quota=QUOTA, desk=desk)
            keep_answer(session, key_of(person_id), status=201, receipt=told(receipt), etag=None)
    except DomainError:
        return None
    return receipt


def file_by_statement(database, sealer, person_id: uuid.UUID, drawn: dict[str, Any]) -> FilingReceipt | None:
    with database.transaction() as session:
        presumed = asker(session, person_id)
    with database.transaction() as session:
        desk = Desk(city=city_snapshot(session), sealer=sealer, now=NOW)
        once = AnswerOnce(write=key_of(person_id), keep=lambda one: Kept(status=201, receipt=json.dumps(told(one))))
        hands = Hands(database=database, session=lambda: session, asker=presumed)
        receipt = file_at_once(hands, filing=filing_by(person_id, **drawn), daily_quota=QUOTA, desk=desk, once=once)
    if receipt is not None:
        return receipt
    receipt = file_ordinarily(database, sealer, person_id, drawn)
    # Only a position that is refused, and that nobody agreed to, is left to the ordinary way, which leaves it out.
    assert receipt is None or receipt.location_kept is False
    return receipt


def rows_since(owner: psycopg.Connection, person_id: uuid.UUID, sealer: Sealer) -> dict[str, list[Any]]:
    """Take out all rows that a filing wrote, with its ids and numbers replaced by what they are of."""
    with owner.cursor(row_factory=dict_row) as cursor:
        found = {table: cursor.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table}")
    names = {str(person_id): "PERSON"}
    for table, rows in found.items():
        names |= {str(row["id"]): f"{table}.id" for row in rows if "id" in row and table != "procrastinate_jobs"}
        names |= {row["number"]: f"{table}.number" for row in rows if table in {"command_case", "complaint"}}
    return {table: sorted(_plain(row, names, sealer) for row in rows) for table, rows in found.items()}


def _plain(row: dict[str, Any], names: dict[str, str], sealer: Sealer) -> str:
    shown = {name: value for name, value in row.items() if name not in UNEQUAL}
    if "text_sealed" in row:
        sealed = Sealed(row["text_key_id"], bytes(row["text_sealed"]))
        shown["opened"] = sealer.open(sealed, context=TEXT_CONTEXT.format(row["id"]))
    if "entry" in row:
        entry = json.loads(row["entry"])
        shown["entry"] = entry | {"digests": sorted(entry["digests"])}
        assert row["entry"] == json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if "queueing_lock" in row:
        shown.pop("id")
    text = json.dumps(shown, default=str, sort_keys=True, ensure_ascii=False)
    for value, name in names.items():
        text = text.replace(value, name)
    return text


# Not made smaller when it fails: each example is two filings.
@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=filings, agrees=st.booleans())
def test_both_ways_write_the_same_rows_and_refuse_the_same_filings(database, database_urls, sealer, drawn, agrees):
    written = []

    for file in (file_ordinarily, file_by_statement):
        person_id = person(database, sealer, agrees=agrees)
        receipt = file(database, sealer, person_id, drawn)
        breaches = [breach for one in verify_ledger(database, sealer=sealer) for breach in one.breaches]
        with psycopg.connect(database_urls.owner, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            rows = rows_since(owner, person_id, sealer)
        assert breaches == []
        event("refused" if receipt is None else "filed")
        kept = receipt and (receipt.state, receipt.due_at, receipt.filed_at, receipt.location_kept)
        written.append((kept, rows))

    assert written[0] == written[1]


def test_the_statement_finds_by_index_whatever_grows(database_urls):
    growing = {"idempotency_record", "case_reporter", "consent_record", "command_case", "complaint", "case_ledger"}
    with psycopg.connect(database_urls.owner, autocommit=True, cursor_factory=psycopg.RawCursor) as owner:
        # The tables of a test are all but empty: without this a planner would read them whole.
        owner.execute("SET enable_seqscan = off")
        plan = "\n".join(line for (line,) in owner.execute(f"EXPLAIN (GENERIC_PLAN) {FILE_COMPLAINT.sql.decode()}"))
        counting = "\n".join(
            line
            for (line,) in owner.execute(
                "EXPLAIN (GENERIC_PLAN) SELECT FROM case_reporter WHERE person_id = $1 AND reported_at > $2"
                " ORDER BY reported_at DESC OFFSET $3 LIMIT 1"
            )
        )

    assert "pk_idempotency_record" in plan
    assert "ix_consent_record_latest" in plan
    assert "ix_case_reporter_person_id_reported_at" in counting
    assert not {table for table in growing if re.search(rf"Seq Scan on {table}\b", plan + counting)}
    assert "Sort" not in counting
