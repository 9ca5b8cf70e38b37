"""The wording of messages as dated rows: loaded from a file, refused with its line, chosen by the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.infrastructure.database import Database
from backend.infrastructure.dated_rows import RulesFileRefused
from backend.notifications.models import MessageWording
from backend.notifications.queries import WordingMissing, wordings_on
from backend.notifications.rule_files import load_notification_rules
from backend.notifications.subscriptions import MessageKind

HEADER = "kind,valid_from,valid_to,push_body,title,body,source\n"
ACCEPTED = {MessageKind.COMPLAINT_ACCEPTED}
OLD = "complaint.accepted,2010-01-01,2015-01-01,旧（{number}）,旧,旧 {number},test\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "messages.csv"


def test_the_project_has_wording_for_every_kind_today(database: Database):
    with database.transaction() as session:
        kinds = wordings_on(session, set(MessageKind), date(2026, 11, 24)).keys()

    assert kinds == set(MessageKind)


def test_a_second_load_changes_nothing(owner_database: Database):
    with owner_database.transaction() as session:
        load_notification_rules(session)
        [report] = load_notification_rules(session)

    assert (report.table, report.added, report.changed) == ("message_wording", 0, 0)
    assert report.unchanged == len(MessageKind)


def test_a_message_speaks_in_the_words_of_its_day(owner_database: Database, file: Path):
    file.write_text(HEADER + OLD, encoding="utf-8")

    with owner_database.transaction() as session:
        load_notification_rules(session, file=file)
        [old] = wordings_on(session, ACCEPTED, date(2014, 12, 31)).values()
        with pytest.raises(WordingMissing):
            wordings_on(session, ACCEPTED, date(2015, 1, 1))
        [new] = wordings_on(session, ACCEPTED, date(2026, 11, 24)).values()

    assert (old.title, new.title) == ("旧", "诉求已受理")


@pytest.mark.parametrize(
    "row",
    [
        "complaint.invented,2010-01-01,,a,b,c,test\n",
        "complaint.accepted,2010-13-01,,a,b,c,test\n",
        "complaint.accepted,2010-01-01,2010-01-01,a,b,c,test\n",
        "complaint.accepted,2010-01-01,,{name},b,c,test\n",
        "complaint.accepted,2010-01-01,,a,,c,test\n",
        OLD.replace("2010", "2012"),
        "complaint.accepted,2010-01-01\n",
    ],
)
def test_a_bad_row_is_refused_with_file_and_line_and_nothing_is_kept(owner_database: Database, file: Path, row: str):
    file.write_text(HEADER + OLD + row, encoding="utf-8")

    with pytest.raises(RulesFileRefused, match=r"messages\.csv:3"), owner_database.transaction() as session:
        load_notification_rules(session, file=file)

    with owner_database.transaction() as session:
        count = select(func.count()).select_from(MessageWording)
        assert session.scalar(count) == len(MessageKind)
