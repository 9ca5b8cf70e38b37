"""Bring the stored catalogue to what a feed says."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from backend.organization.rules.differences import Difference, difference
from service_catalog.errors import FeedRefused
from service_catalog.files import item_fields
from service_catalog.ingestion import tables
from service_catalog.ingestion.rows import AppRow, FeedRows, ItemRow, ReadTitle, ServiceRow, TopicRow, rows_of
from service_catalog.rules.checks import Reference, breaches
from service_catalog.rules.feed import Feed

log = logging.getLogger(__name__)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did, or would do. ``number`` and ``version`` are None when the version in force stays."""

    added: int
    changed: int
    withdrawn: int
    unchanged: int
    beside: int
    number: int | None = None
    version: uuid.UUID | None = None

    @property
    def changes(self) -> int:
        """Return how many services, sub-apps, topics and names are not, or would not be, as they were."""
        return self.added + self.changed + self.withdrawn + self.beside


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What has to be written. Sub-apps, topics and names that a feed no longer has stay: history refers to them."""

    # Any: rows of apps, topics and items, each kind by itself.
    beside: Sequence[Difference[Any]]
    services: Difference[ServiceRow]
    rows: FeedRows


def load_catalogue(
    session: Session,
    *,
    feed: Feed,
    read_title: ReadTitle,
    now: datetime,
    progress: Progress,
    is_dry_run: bool = False,
) -> LoadReport:
    """Load a feed; the same feed twice changes nothing. A dry run reports the same and writes nothing.

    Needs the owner's session. Raises FeedRefused with rule and row before anything is written.
    """
    progress(f"检查 {len(feed.services)} 行事项……")
    _refuse_breaches(session, feed)
    progress("准备名称、拼音与内容……")
    rows = rows_of(feed, item_fields(), read_title)
    if not is_dry_run:
        tables.lock_catalogue(session)
    progress("与现有目录比较……")
    plan = _planned(session, rows)
    report = LoadReport(
        added=len(plan.services.added),
        changed=len(plan.services.changed),
        withdrawn=len(plan.services.unwanted),
        unchanged=plan.services.unchanged,
        beside=sum(len(one.added) + len(one.changed) for one in plan.beside),
    )
    progress(f"事项：新增 {report.added}，变更 {report.changed}，取消 {report.withdrawn}，未变 {report.unchanged}")
    if is_dry_run or not report.changes:
        return report
    progress("写入……")
    return _written(session, plan, report, now)


def _refuse_breaches(session: Session, feed: Feed) -> None:
    reference = Reference.of(feed, item_fields(), tables.stored_divisions(session))
    found = list(breaches(feed, reference))
    if found:
        raise FeedRefused.because(found)


def _planned(session: Session, rows: FeedRows) -> _Plan:
    by_code = attrgetter("code")
    return _Plan(
        beside=(
            difference(tables.stored_rows(session, AppRow), rows.apps, key=by_code),
            difference(tables.stored_rows(session, TopicRow), rows.topics, key=by_code),
            difference(tables.stored_rows(session, ItemRow), rows.items, key=attrgetter("key")),
        ),
        services=difference(tables.stored_rows(session, ServiceRow), rows.services, key=by_code),
        rows=rows,
    )


def _written(session: Session, plan: _Plan, report: LoadReport, now: datetime) -> LoadReport:
    number = tables.next_number(session)
    counts = (report.added, report.changed, report.withdrawn)
    version = tables.write_version(session, number=number, at=now, counts=counts)
    for one in plan.beside:
        tables.write_rows(session, [*one.added, *one.changed])
    known = tables.stored_digests(session)
    tables.write_rows(session, [row for row in plan.rows.contents if row.digest not in known])
    tables.write_rows(session, [*plan.services.added, *plan.services.changed], changed_in=number, withdrawn_in=None)
    if plan.services.unwanted:
        tables.withdraw(session, [row.code for row in plan.services.unwanted], number)
    tables.delete_unused_content(session)
    log.info("catalogue loaded", extra={"catalogue_version": str(version), "number": number})
    return replace(report, number=number, version=version)
