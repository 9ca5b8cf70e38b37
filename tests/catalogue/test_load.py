"""Tests of loading the catalogue. Each works as the owner in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from backend.infrastructure.database import Database
from service_catalog.errors import FeedRefused
from service_catalog.ingestion.load import LoadReport, load_catalogue
from service_catalog.rules.feed import Feed
from tests.catalogue.sample import FEED, with_fields
from tests.small_catalogue import small_feed

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SMALL = small_feed()
TABLES = ("catalogue_version", "sub_app", "service_topic", "service_item", "service_content", "service")


@pytest.fixture
def session(owner_database: Database) -> Iterator[Session]:
    """A transaction over the small catalogue of the template."""
    with owner_database.transaction() as opened:
        yield opened
        opened.rollback()


def read_title(title: str) -> tuple[str, ...]:
    """Read each character as itself: what a title sounds like is not tested here."""
    return tuple(title)


def load(session: Session, feed: Feed, *, is_dry_run: bool = False) -> LoadReport:
    """Load quietly."""
    return load_catalogue(
        session, feed=feed, read_title=read_title, now=NOW, progress=lambda _line: None, is_dry_run=is_dry_run
    )


def row_versions(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Return where each row lies and which statement wrote it: any write shows."""
    return {
        table: [tuple(row) for row in session.execute(text(f"SELECT ctid::text, xmin::text, cmin::text FROM {table}"))]
        for table in TABLES
    }


def counts(report: LoadReport) -> tuple[int, int, int, int]:
    """Return what was added, changed, withdrawn and left."""
    return report.added, report.changed, report.withdrawn, report.unchanged


def in_force(session: Session) -> int:
    """Count the services in force."""
    return session.scalar(text("SELECT count(*) FROM service WHERE withdrawn_in IS NULL")) or 0


@pytest.fixture
def loaded(session: Session) -> LoadReport:
    """What the first load of the small feed did: the template was read by another reader of titles."""
    return load(session, SMALL)


def test_the_same_feed_twice_writes_nothing(session, loaded):
    before = row_versions(session)

    report = load(session, SMALL)

    assert (report.changes, report.version) == (0, None)
    assert row_versions(session) == before


def test_the_whole_sample_is_loaded_over_a_part_of_it_and_a_second_time_changes_nothing(session, loaded):
    first = load(session, FEED)
    before = row_versions(session)
    second = load(session, FEED)

    assert in_force(session) == len(FEED.services) >= 9_500
    assert first.added >= 8_800
    assert (second.changes, row_versions(session)) == (0, before)


def test_a_changed_row_is_written_alone_and_names_its_version(session, loaded):
    row = SMALL.services[7]
    changed = with_fields(row, transact_time="周六也办理（示例）")

    report = load(session, replace(SMALL, services=(*SMALL.services[:7], changed, *SMALL.services[8:])))

    assert counts(report) == (0, 1, 0, len(SMALL.services) - 1)
    codes = session.scalars(text("SELECT code FROM service WHERE changed_in = :n"), {"n": report.number}).all()
    assert codes == [row.code]


def test_a_row_that_a_feed_no_longer_has_is_withdrawn_and_kept_as_history(session, loaded):
    gone = SMALL.services[0]

    report = load(session, replace(SMALL, services=SMALL.services[1:]))

    assert counts(report) == (0, 0, 1, len(SMALL.services) - 1)
    ended = session.scalar(text("SELECT withdrawn_in FROM service WHERE code = :code"), {"code": gone.code})
    assert ended == report.number


def test_a_row_that_comes_back_is_in_force_again(session, loaded):
    load(session, replace(SMALL, services=SMALL.services[1:]))

    report = load(session, SMALL)

    assert counts(report) == (1, 0, 0, len(SMALL.services) - 1)
    assert in_force(session) == len(SMALL.services)


def test_each_load_that_changes_something_is_one_version(session, loaded):
    numbers = "SELECT number, added, changed, withdrawn FROM catalogue_version ORDER BY number"
    before = session.execute(text(numbers)).all()

    load(session, replace(SMALL, services=SMALL.services[2:]))
    load(session, replace(SMALL, services=SMALL.services[2:]))

    after = session.execute(text(numbers)).all()
    assert [tuple(row) for row in after[len(before) :]] == [(before[-1][0] + 1, 0, 0, 2)]


def test_a_dry_run_tells_the_same_and_writes_nothing(session, loaded):
    before = row_versions(session)

    report = load(session, replace(SMALL, services=SMALL.services[3:]), is_dry_run=True)

    assert (counts(report), report.version) == ((0, 0, 3, len(SMALL.services) - 3), None)
    assert row_versions(session) == before


def test_a_broken_feed_is_refused_whole_with_rule_and_row_and_the_version_in_force_stays(session, loaded):
    before = row_versions(session)
    bad = with_fields(SMALL.services[5], promise_day=9_999)

    with pytest.raises(FeedRefused) as refused:
        load(session, replace(SMALL, services=(bad, *SMALL.services[6:])))

    assert "promise-within-statutory-time" in refused.value.detail
    assert bad.code in refused.value.detail
    assert row_versions(session) == before


def test_a_division_that_the_loaded_city_does_not_have_is_refused(session, loaded):
    session.execute(text("UPDATE division SET valid_to = '2026-01-01', is_pickable = false WHERE code = '320682'"))

    with pytest.raises(FeedRefused, match="division-known"):
        load(session, SMALL)


def test_content_that_no_row_has_any_more_is_deleted(session, loaded):
    row = SMALL.services[7]
    one_changed = tuple(
        with_fields(one, transact_time="全天") if one.title == row.title else one for one in SMALL.services
    )
    before = session.scalar(text("SELECT count(*) FROM service_content"))

    load(session, replace(SMALL, services=one_changed))

    assert session.scalar(text("SELECT count(*) FROM service_content")) == before


def test_the_load_tells_its_progress(session):
    lines: list[str] = []

    load_catalogue(session, feed=SMALL, read_title=read_title, now=NOW, progress=lines.append)

    assert lines[0] == f"检查 {len(SMALL.services)} 行事项……"
    assert lines[3].startswith("事项：新增 0，变更 0，取消 0，未变")


def test_whoever_serves_reads_the_catalogue_and_changes_nothing(database):
    for table in TABLES:
        with database.transaction() as reader:
            assert reader.scalar(text(f"SELECT count(*) FROM {table}")) > 0
        with pytest.raises(ProgrammingError, match="permission denied"), database.transaction() as reader:
            reader.execute(text(f"DELETE FROM {table}"))


def test_a_second_load_waits_for_the_first_and_readers_do_not(session, loaded, owner_database, database):
    with owner_database.transaction() as other:
        other.execute(text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(Exception, match="lock timeout"):
            load(other, SMALL)
        other.rollback()
    with database.transaction() as reader:
        assert in_force(reader) == len(SMALL.services)
