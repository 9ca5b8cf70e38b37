"""The answers that are written by hand hold what their schemas in the API document say, to the letter."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from sqlalchemy import text

from backend.cases.rules import State
from backend.complaints.public_status import StatusTry, public_status
from backend.complaints.use_cases import FilingReceipt
from mobile_api.cases.schemas import CasePageSchema
from mobile_api.complaints.filing import receipt_json
from mobile_api.complaints.schemas import FilingReceiptSchema
from mobile_api.public_status.answers import status_json
from mobile_api.public_status.schemas import PublicStatusSchema
from tests.callers import API, Callers
from tests.complaint_bodies import complaint
from tests.http.command_cast import Cast


@pytest.fixture
def cast(callers: Callers) -> Cast:
    return Cast(callers)


def written_by(schema, value) -> object:
    """Return what the schema writes of a value, after a way through JSON."""
    return orjson.loads(orjson.dumps(schema.dump(value)))


@pytest.mark.parametrize("state", ["submitted", "closed"])
def test_a_public_status_is_written_as_its_schema_writes_it(cast, callers, client, services, state):
    number, _ = cast.brought_to(state)
    code = callers.again(cast.reporter(number)).get(f"/complaints/{number}").json["query_code"]
    attempt = StatusTry(number=number, code=code, address="198.51.100.7")

    told = public_status(services.database.reads, attempt=attempt, sealer=services.sealer, now=services.clock.now())

    written = written_by(PublicStatusSchema(), told)
    answer = client.get(f"{API}/public/complaints/{number}", query_string={"code": code})
    assert orjson.loads(status_json(told)) == answer.json == written
    assert list(answer.json) == list(written)
    assert PublicStatusSchema().validate(answer.json) == {}


@pytest.mark.parametrize("location_kept", [None, True, False])
@pytest.mark.parametrize("microsecond", [0, 40, 123456])
def test_a_receipt_of_a_filing_is_written_as_its_schema_writes_it(microsecond, location_kept):
    receipt = FilingReceipt(
        number="NT261125000042K",
        case_number="AJ261125000042K",
        state=State.SUBMITTED,
        filed_at=datetime(2026, 11, 25, 8, 30, 1, microsecond, tzinfo=UTC),
        due_at=datetime(2026, 12, 2, 9, 30, tzinfo=UTC),
        location_kept=location_kept,
        query_code="7KQ2M9XA",
    )

    answer, written = orjson.loads(receipt_json(receipt)), written_by(FilingReceiptSchema(), receipt)

    assert answer == written
    assert list(answer) == list(written)
    assert FilingReceiptSchema().validate(answer) == {}


def test_a_filed_complaint_is_answered_with_all_that_its_schema_names_in_that_order(callers):
    answer = callers.citizen().post("/complaints", complaint())

    assert (answer.status_code, answer.content_type) == (201, "application/json")
    assert list(answer.json) == list(FilingReceiptSchema().fields)
    assert FilingReceiptSchema().validate(answer.json) == {}


@pytest.mark.parametrize(("queue", "state"), [("to_accept", "submitted"), ("ended", "closed"), ("ended", "rejected")])
def test_a_line_of_a_queue_is_written_as_the_schema_writes_it_in_the_case(cast, queue, state):
    number = cast.brought_to(state)[1]
    acceptor = cast.of("acceptor")

    page = acceptor.get("/cases", queue=queue).json

    shown = acceptor.get(f"/cases/{number}").json["case"]
    assert page == {"items": [shown], "next_cursor": None}
    assert list(page["items"][0]) == list(shown)
    assert CasePageSchema().validate(page) == {}


@pytest.mark.parametrize("query", ["code={code}&code={code}", "code={code}&x=1", "x=1&code={code}", "Code={code}"])
def test_a_public_status_is_asked_for_by_the_code_alone(cast, callers, client, query):
    number, _ = cast.filed()
    code = callers.again(cast.reporter(number)).get(f"/complaints/{number}").json["query_code"]

    plain = client.get(f"{API}/public/complaints/{number}?code={code}")
    spelled = client.get(f"{API}/public/complaints/{number}?code=%{ord(code[0]):x}{code[1:]}")
    odd = client.get(f"{API}/public/complaints/{number}?{query.format(code=code)}")

    assert (plain.status_code, spelled.status_code, odd.status_code) == (200, 200, 422)
    assert plain.json == spelled.json


COPIES = """
INSERT INTO command_case
SELECT (jsonb_populate_record(c, jsonb_build_object('id', md5('copy' || n)::uuid, 'number', 'AJ' || n))).*
FROM command_case c, generate_series(1, 120) n
"""


def test_a_page_of_a_hundred_cases_needs_one_statement_as_one_of_twenty_does(cast, owner_database, statements):
    cast.filed()
    with owner_database.transaction() as session:
        session.execute(text(COPIES))
    acceptor, seen = cast.of("acceptor"), []
    # The first time it is asked who they are.
    acceptor.get("/cases")

    for limit in (20, 100):
        with statements.counting() as counted:
            page = acceptor.get("/cases", limit=limit).json
        seen.append((len(page["items"]), len(counted)))

    assert seen == [(20, 1), (100, 1)]
    assert not any("offset" in statement.lower() or "count(" in statement.lower() for statement in counted)
