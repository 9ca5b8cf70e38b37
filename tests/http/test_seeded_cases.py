"""Cases made by COPY: they are what the product itself would show, and spread as they are said to be."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import psycopg
import pytest

from backend.cases import chain
from backend.cases.numbering import CASE_PREFIX, COMPLAINT_PREFIX, is_number
from backend.complaints.query_codes import query_code_of
from bench.sample import FILED, Template, take_sample
from bench.seeding import STATES, numbers_of, seed_cases
from mobile_api.services import Services
from tests.callers import Callers
from tests.complaint_bodies import MANHOLE, RUGAO, complaint
from tests.servers import DatabaseUrls

COUNT = 600


@pytest.fixture
def owner(database_urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
def seeded(callers: Callers, services: Services, owner: psycopg.Connection) -> Sequence[int]:
    filed = callers.citizen().post("/complaints", complaint()).json
    sample = take_sample(owner, services.sealer, filed["number"])
    told: list[int] = []
    seed_cases(owner, services.sealer, sample, count=COUNT, progress=told.append)
    return told


def test_a_seeded_case_has_every_row_of_a_filing_and_is_counted(
    seeded: Sequence[int], owner: psycopg.Connection
) -> None:
    counts = {table: owner.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in FILED}

    assert seeded == [COUNT]
    # One more of each: the filing that they are made after, with four texts.
    assert counts.pop("case_text") == 4 * (COUNT + 1)
    assert set(counts.values()) == {COUNT + 1}


def test_seeded_cases_are_spread_over_all_states_and_both_kinds_of_centres(
    seeded: Sequence[int], owner: psycopg.Connection
) -> None:
    states = Counter(state for (state,) in owner.execute("SELECT state FROM command_case"))
    levels = Counter(
        level
        for (level,) in owner.execute("SELECT level FROM command_case c JOIN centre ON centre.id = owner_centre_id")
    )

    assert set(states) == set(STATES)
    assert states["closed"] > COUNT / 2
    assert min(levels["county"], levels["town"]) > COUNT / 4
    # But the sample, whose clock stands still, none is late: the worker would set to work on them.
    late = owner.execute("SELECT count(*) FROM command_case WHERE state = 'submitted' AND due_at < now()").fetchone()
    assert late[0] <= 1


def test_the_desk_reads_a_seeded_case_and_anybody_its_status(
    seeded: Sequence[int], owner: psycopg.Connection, callers: Callers, services: Services
) -> None:
    desk = callers.operator(("acceptor", RUGAO))
    number = owner.execute("SELECT number FROM complaint ORDER BY id DESC LIMIT 1").fetchone()[0]

    page = desk.get("/cases", queue="ended", scope="own", limit="20").json
    status = callers.nobody().get(f"/public/complaints/{number}", code=query_code_of(number, services.sealer))

    assert len(page["items"]) == 20
    assert {line["title"] for line in page["items"]} == {complaint(category=MANHOLE)["title"]}
    assert status.status_code == 200


def test_the_hash_of_a_seeded_entry_is_right(seeded: Sequence[int], owner: psycopg.Connection) -> None:
    entries = owner.execute("SELECT entry, hash, case_id::text FROM case_ledger").fetchall()

    assert all(chain.chained_hash(chain.GENESIS, entry) == hashed for entry, hashed, _ in entries)
    assert all(case_id in entry for entry, _, case_id in entries)


def test_numbers_are_sound_and_never_given_twice() -> None:
    today = datetime(2026, 11, 25, tzinfo=UTC).date()
    drawn = [*range(20_000), *random.Random(7).sample(range(20_000, 3_000_000), 20_000)]
    pairs = [numbers_of(number, today) for number in drawn]

    assert len({complaint for complaint, _ in pairs}) == len({case for _, case in pairs}) == len(drawn)
    assert all(is_number(one, COMPLAINT_PREFIX) and is_number(other, CASE_PREFIX) for one, other in pairs)


def test_a_template_keeps_what_is_not_changed() -> None:
    assert Template("a\tb\tc", "1\t\\N\t3").line({"c": "x"}) == "1\t\\N\tx\n"
