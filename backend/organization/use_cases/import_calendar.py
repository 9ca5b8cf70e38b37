"""Bring the working calendar to what an operator's file says: the State Council's notice of a year, or a correction."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.organization.queries.city import city_snapshot, stored_rows
from backend.organization.rules.city import City
from backend.organization.rules.places import DataOrigin
from backend.organization.rules.sources.calendar import read_workdays
from backend.organization.rules.sources.lines import SourceFile
from backend.organization.rules.working_days import (
    CalendarChange,
    WorkdayOverride,
    after_import,
    calendar_of,
    change_between,
)
from backend.organization.statements.city_rows import delete_rows, insert_rows, lock_city, update_rows, write_version

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarImport:
    """What an import did, or would do, and the city as it is with the calendar that it makes."""

    change: CalendarChange
    city: City


def import_calendar(session: Session, *, file: SourceFile, now: datetime, is_dry_run: bool = False) -> CalendarImport:
    """Import days; a second run changes nothing. A dry run tells the same and writes nothing.

    Needs the owner's session. Raises SourceRefused with file and line before anything is written.
    """
    incoming = read_workdays(file, DataOrigin.OPERATOR)
    if not is_dry_run:
        lock_city(session)
    stored = {row.day: row for row in stored_rows(session, WorkdayOverride)}
    wanted = after_import(stored, incoming)
    change = change_between(stored.values(), wanted)
    city = city_snapshot(session)
    if is_dry_run or change.is_nothing:
        return CalendarImport(change=change, city=replace(city, calendar=calendar_of(wanted)))
    insert_rows(session, change.added)
    update_rows(session, [after for _, after in change.changed])
    delete_rows(session, change.removed)
    version = uuid.uuid4()
    write_version(session, version=version, at=now)
    log.info("calendar imported", extra={"city_version": str(version), "days": len(incoming)})
    return CalendarImport(change=change, city=city_snapshot(session))
