"""Tests of `flask calendar import`: the notice of a year, the dues of open cases, and the ledger that tells of them."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from backend.cases.recomputing import Recomputation, Recomputed, recompute_dues
from backend.cases.rules import Action, Move
from backend.cases.use_cases import Desk, move_case
from backend.cases.verification import verify_ledger
from backend.cases.views import Reader
from backend.complaints.timeline import timeline_of
from backend.complaints.use_cases import file_complaint
from backend.identity.actor import Actor, PersonKind
from backend.infrastructure.crypto import Sealer
from backend.infrastructure.database import Database
from backend.kernel.calendar import DayOverride, DayStatus, WorkingCalendar
from backend.organization.queries.city import city_snapshot
from backend.organization.use_cases.load_city import load_city
from mobile_api.cli.calendar import calendar
from mobile_api.cli.spoken import spoken
from mobile_api.composition import open_services
from mobile_api.services import install
from tests.city_calendar import in_shanghai, shanghai
from tests.desk import acceptor_at, citizen_in, filing_by
from tests.real_city import ROWS, SOURCE
from tests.sign_in_desk import HandClock

HEADER = "date,is_workday,name,status,source\n"
# New Year's Day alone: 2027 becomes official, and the Monday after it is off too.
NOTICE = HEADER + "2027-01-01,0,元旦,official,国办发明电\n2027-01-04,0,元旦,official,国办发明电\n"
FILED, IMPORTED = shanghai("2026-12-30 10:00"), shanghai("2026-12-30 16:00")


class Office:
    """A city with open cases, and the command."""

    def __init__(self, settings, database: Database, sealer: Sealer, folder: Path) -> None:
        self.database, self.sealer, self.folder = database, sealer, folder
        clock = HandClock()
        clock.instant = IMPORTED
        app = Flask("commands")
        opened = open_services(settings, clock=clock)
        opened.database.dispose()
        opened.redis.close()
        install(app.extensions, replace(opened, database=database))
        self._runner = app.test_cli_runner()
        self.person_ids = []

    def run(self, notice: str = NOTICE, *options: str):
        """Import a notice."""
        file = self.folder / "2027.csv"
        file.write_text(notice, encoding="utf-8")
        return self._runner.invoke(spoken(calendar), ["import", str(file), *options])

    def file(self, **changes) -> str:
        """File a request for help before New Year and return the number of its case."""
        with self.database.transaction() as session:
            person_id = citizen_in(session, self.sealer)
            self.person_ids.append(person_id)
            desk = Desk(city=city_snapshot(session), sealer=self.sealer, now=FILED)
            return file_complaint(
                session, filing=filing_by(person_id, **changes), daily_quota=10, desk=desk
            ).case_number

    def move(self, number: str, action: Action, **more) -> None:
        """Move a case as the acceptor of 如皋市 does."""
        with self.database.transaction() as session:
            desk = Desk(city=city_snapshot(session), sealer=self.sealer, now=FILED)
            actor = acceptor_at(session, "320682", self.sealer)
            move_case(session, actor=actor, number=number, seen_version=1, move=Move(action=action, **more), desk=desk)

    def row(self, number: str) -> tuple[int, str, bool, str]:
        """Return version, due, mark and next due of a case."""
        with self.database.transaction() as session:
            found = session.execute(
                text("SELECT version, due_at, due_is_provisional, next_due_at FROM command_case WHERE number = :n"),
                {"n": number},
            ).one()
        return found[0], in_shanghai(found[1]), found[2], in_shanghai(found[3])

    def entries(self, number: str) -> list[dict]:
        """Return the ledger of a case."""
        with self.database.transaction() as session:
            rows = session.execute(
                text(
                    "SELECT entry FROM case_ledger JOIN command_case c ON c.id = case_id WHERE number = :number"
                    " ORDER BY seq"
                ),
                {"number": number},
            )
            return [json.loads(entry) for (entry,) in rows]

    def breaches(self) -> list[str]:
        """Return what the verifier finds."""
        verdicts = verify_ledger(self.database, sealer=self.sealer)
        return list(itertools.chain.from_iterable(one.breaches for one in verdicts))

    def workdays(self) -> list[tuple]:
        """Return the stored days of 2027."""
        with self.database.transaction() as session:
            return list(
                session.execute(text("SELECT day, status, origin FROM workday_override WHERE day >= '2027-01-01'"))
            )


@pytest.fixture
def office(settings, database: Database, tmp_path: Path) -> Office:
    sealer = Sealer(
        settings.personal_data_keys,
        current_key_id=settings.personal_data_key_id,
        blind_index_key=settings.blind_index_key,
    )
    return Office(settings, database, sealer, tmp_path)


def test_an_import_makes_the_year_official_and_moves_the_dues_of_open_cases_in_the_ledger(office: Office):
    submitted, accepted, answered = office.file(), office.file(), office.file()
    office.move(accepted, Action.ACCEPT)
    office.move(answered, Action.ANSWER_DIRECTLY, answer="您好，路灯已由市政部门安排维修，预计三日内恢复照明。")
    closed_before = office.row(answered)

    result = office.run()

    assert result.exit_code == 0, result.output
    assert "2027 年成为正式年份。" in result.output
    assert "变更 2027-01-01 休息" in result.output
    assert "新增 2027-01-04 休息 元旦（official，国办发明电）" in result.output
    assert "已重算未结工单 2 件：推后 2，提前 0，只变暂定标记 0。" in result.output
    assert office.row(submitted) == (2, "2027-01-06 17:30", False, "2026-12-30 10:30")
    assert office.row(accepted) == (3, "2027-01-06 17:30", False, "2026-12-30 10:30")
    assert office.row(answered) == closed_before
    assert office.breaches() == []


def test_the_entry_of_a_changed_due_is_no_move_of_anybody(office: Office):
    number = office.file()

    office.run()

    entry = office.entries(number)[-1]
    assert (entry["transition"], entry["action"], entry["from"], entry["to"]) == (
        "D01", "recompute_due", "submitted", "submitted",
    )  # fmt: skip
    assert entry["actor"] == {"role": "system", "person_id": None, "centre_id": None}
    assert entry["facts"]["due_at"] == "2027-01-06T09:30:00.000000+00:00"
    assert entry["facts"]["due_is_provisional"] is False
    assert entry["digests"] == {}


def test_the_event_of_a_changed_due_is_recorded_with_it(office: Office):
    number = office.file()

    office.run()

    with office.database.transaction() as session:
        (payload,) = session.scalars(text("SELECT payload FROM outbox_event WHERE name = 'case.due_changed'"))
    assert payload == {"case_number": number, "is_provisional": False}


def test_a_second_import_of_the_same_file_changes_nothing(office: Office):
    number = office.file()
    office.run()
    before = office.row(number)

    again = office.run()

    assert "工作日历没有变化。" in again.output
    assert "已重算未结工单 1 件：推后 0，提前 0，只变暂定标记 0。" in again.output
    assert office.row(number) == before


def test_a_dry_run_says_it_all_and_writes_nothing(office: Office):
    number = office.file()
    before, days = office.row(number), office.workdays()

    result = office.run(NOTICE, "--dry-run")

    assert "2027 年成为正式年份。" in result.output
    assert "试运行：将重算未结工单 1 件：推后 1，提前 0，只变暂定标记 0，没有写入。" in result.output
    assert (office.row(number), office.workdays()) == (before, days)
    assert len(office.entries(number)) == 1


def test_an_import_that_was_interrupted_between_batches_is_finished_by_the_next(office: Office):
    numbers = [office.file() for _ in range(3)]
    told = []

    def stop_after_two(done: Recomputed) -> None:
        told.append(done.looked_at)
        if done.looked_at == 2:
            raise KeyboardInterrupt

    with office.database.transaction() as session:
        city = city_snapshot(session)
    rows = [DayOverride(day=row.day, is_workday=row.is_workday, status=row.status) for row in ROWS.workdays]
    official = [row for row in rows if row.day.year < 2027] + [
        DayOverride(day=day, is_workday=False, status=DayStatus.OFFICIAL)
        for day in (date(2027, 1, 1), date(2027, 1, 4))
    ]
    run = Recomputation(
        city=replace(city, calendar=WorkingCalendar.from_overrides(official)),
        sealer=office.sealer,
        now=IMPORTED,
        progress=stop_after_two,
        batch=1,
    )
    with pytest.raises(KeyboardInterrupt):
        recompute_dues(office.database, run)
    versions_then = [office.row(number)[0] for number in numbers]

    finished = office.run()

    assert told == [1, 2]
    assert versions_then == [2, 2, 1]
    assert "推后 1，" in finished.output
    assert [office.row(number)[:2] for number in numbers] == [(2, "2027-01-06 17:30")] * 3
    assert office.breaches() == []


def test_a_notice_that_takes_a_day_off_back_leaves_everybody_a_working_day(office: Office):
    number = office.file()

    result = office.run(
        HEADER + "2027-01-01,0,元旦,official,国办\n2027-01-02,1,调休,official,国办\n2027-01-03,1,调休,official,国办\n"
    )

    assert "推后 0，提前 1，" in result.output
    assert office.row(number)[1] == "2027-01-03 17:30"
    assert office.breaches() == []


def test_the_reporter_reads_the_new_due_in_the_timeline(office: Office):
    office.file()
    office.run()

    with office.database.transaction() as session:
        number = session.scalar(text("SELECT number FROM complaint"))
        actor = Actor(
            person_id=office.person_ids[0],
            session_id=office.person_ids[0],
            kind=PersonKind.CITIZEN,
            own_role=None,
            own_permissions=frozenset(),
            bindings=(),
        )
        reader = Reader(actor=actor, city=city_snapshot(session), sealer=office.sealer, now=IMPORTED)
        steps = timeline_of(session, reader=reader, number=number)

    assert [step.title for step in steps] == ["已提交", "期限更新"]
    assert "2027 年 1 月 6 日 17:30" in steps[-1].text


@pytest.mark.parametrize(
    ("notice", "told"),
    [
        (HEADER + "2027-01-01,0,元旦,official,国办\n2027-02-30,0,春节,official,国办\n", "2027.csv:3: date"),
        (HEADER + "2027-01-01,0,元旦,official,国办\n2027-01-01,1,元旦,official,国办\n", "2027.csv:3: 日期"),
        (HEADER + "2027-01-01,是,元旦,official,国办\n", "2027.csv:2: is_workday"),
        (HEADER + "2027-01-01,0,元旦,sure,国办\n", "2027.csv:2: status"),
        (HEADER + "2027-01-01,0,元旦,official\n", "2027.csv:2: 应有 5 列"),
        (HEADER + "2027-01-01,0,元旦,official,\n", "2027.csv:2: source"),
        (HEADER, "2027.csv:1: 没有任何日期"),
        ("date,name\n2027-01-01,元旦\n", "2027.csv:1: 缺少列"),
    ],
)
def test_a_bad_line_is_refused_with_file_and_line_and_nothing_is_kept(office: Office, notice, told):
    days = office.workdays()

    result = office.run(notice)

    assert result.exit_code == 1
    assert told in result.output
    assert office.workdays() == days


def test_a_plain_load_of_the_city_leaves_the_imported_year_alone(office: Office, owner_database: Database):
    office.run()
    days = office.workdays()

    with owner_database.transaction() as session:
        report = load_city(session, source=SOURCE, now=IMPORTED, progress=lambda _line: None)

    assert report.changes == 0
    assert office.workdays() == days
    assert {origin for _, _, origin in days} == {"operator"}
