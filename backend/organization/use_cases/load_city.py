"""Bring the stored city to what its files say."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.kernel.clock import SHANGHAI
from backend.organization.rules.sources.city import CitySource, rows_of
from backend.organization.statements.city_rows import delete_rows, insert_rows, lock_city, update_rows, write_version
from backend.organization.use_cases.load_report import LoadReport
from backend.organization.use_cases.load_steps import Step, steps_of

log = logging.getLogger(__name__)

Progress = Callable[[str], None]


def load_city(
    session: Session, *, source: CitySource, now: datetime, progress: Progress, is_dry_run: bool = False
) -> LoadReport:
    """Load the city; a second run changes nothing. A dry run reports the same and writes nothing.

    Needs the owner's session: the serving role may only read these tables. Rows that an operator supplied are not
    overwritten by the project's copy. Raises SourceRefused with file and line before anything is written.
    """
    progress("读取并检查城市数据文件……")
    wanted = rows_of(source)
    if not is_dry_run:
        lock_city(session)
    kinds = []
    for step in steps_of(session, wanted, now.astimezone(SHANGHAI).date()):
        progress(step.report.line)
        kinds.append(step.report)
        if not is_dry_run:
            _write(session, step)
    report = LoadReport(kinds=tuple(kinds), version=None)
    if is_dry_run or not report.changes:
        return report
    return _renamed(session, report, now)


def _renamed(session: Session, report: LoadReport, now: datetime) -> LoadReport:
    version = uuid.uuid4()
    write_version(session, version=version, at=now)
    log.info("city loaded", extra={"city_version": str(version), "changes": report.changes})
    return replace(report, version=version)


def _write(session: Session, step: Step) -> None:
    insert_rows(session, step.rows.added)
    update_rows(session, step.rows.changed)
    if step.retired is None:
        delete_rows(session, step.rows.unwanted)
    else:
        update_rows(session, [step.retired(row) for row in step.rows.unwanted])
