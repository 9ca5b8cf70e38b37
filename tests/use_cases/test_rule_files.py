"""Rules that are dated rows: loaded twice they change nothing, and a bad row is refused with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from backend.cases.models import RejectionGround, SlaPolicy
from backend.cases.queries import grounds_on
from backend.cases.rule_files import load_case_rules
from backend.complaints.rule_files import load_complaint_rules
from backend.infrastructure.database import Database
from backend.infrastructure.dated_rows import RulesFile, RulesFileRefused, load_dated_rows
from tests.servers import DatabaseUrls

HEADER = "code,name,valid_from,valid_to\n"


@pytest.fixture
def rules_database(fresh_database_urls: DatabaseUrls) -> Iterator[Database]:
    """A database of this test alone, as its owner."""
    opened = Database(fresh_database_urls.owner, pool_size=2)
    yield opened
    opened.dispose()


def rules_file(path: Path, text: str) -> RulesFile:
    """Return a file of grounds with these lines."""
    path.write_text(HEADER + text, encoding="utf-8")

    def read(cells):
        if not cells["name"]:
            raise ValueError("name 不能为空")
        texts = {"explanation": "说明", "other_door": "渠道", "source": "测试"}
        return {"code": cells["code"], "name": cells["name"], **texts}

    return RulesFile(path=path, table=RejectionGround, key=("code",), read=read)


def test_the_projects_own_rules_loaded_again_change_nothing(rules_database):
    with rules_database.transaction() as session:
        reports = [*load_case_rules(session), *load_complaint_rules(session)]

    assert {(report.added, report.changed) for report in reports} == {(0, 0)}
    assert all(report.unchanged for report in reports)


def test_a_changed_row_is_changed_and_a_later_period_is_added(rules_database, tmp_path):
    first = rules_file(tmp_path / "grounds.csv", "far,太远,2026-01-01,\n")
    second_text = "far,不在本市,2026-01-01,2027-01-01\nfar,非本市,2027-01-01,\n"
    with rules_database.transaction() as session:
        load_dated_rows(session, first)
        report = load_dated_rows(session, rules_file(tmp_path / "grounds.csv", second_text))

        in_2026, in_2027 = (grounds_on(session, date(year, 6, 1))["far"].name for year in (2026, 2027))

    assert (report.added, report.changed, report.unchanged) == (1, 1, 0)
    assert (in_2026, in_2027) == ("不在本市", "非本市")


def test_a_row_that_begins_on_another_day_is_refused_while_the_old_one_has_not_ended(rules_database, tmp_path):
    with rules_database.transaction() as session:
        load_dated_rows(session, rules_file(tmp_path / "grounds.csv", "far,太远,2026-01-01,\n"))
    moved = rules_file(tmp_path / "grounds.csv", "far,非本市,2026-03-01,\n")

    with pytest.raises(RulesFileRefused, match="valid_to"), rules_database.transaction() as session:
        load_dated_rows(session, moved)

    ended = rules_file(tmp_path / "grounds.csv", "far,太远,2026-01-01,2026-03-01\nfar,非本市,2026-03-01,\n")
    with rules_database.transaction() as session:
        assert load_dated_rows(session, ended).added == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a,好,2026-01-01,\nb,,2026-01-01,\n", 3),
        ("a,好,yesterday,\n", 2),
        ("a,好,2026-01-01,2026-01-01\n", 2),
        ("a,好,2026-01-01,\na,坏,2026-06-01,\n", 3),
        ("a,好\n", 2),
    ],
)
def test_a_bad_row_is_refused_with_file_and_line_and_nothing_is_kept(rules_database, tmp_path, text, line):
    broken = rules_file(tmp_path / "grounds.csv", text)

    with (
        pytest.raises(RulesFileRefused, match=rf"grounds\.csv:{line}") as refused,
        rules_database.transaction() as session,
    ):
        load_dated_rows(session, broken)

    assert refused.value.errors == {"file": "grounds.csv", "line": line}
    with rules_database.transaction() as session:
        assert session.scalar(select(func.count()).where(RejectionGround.code.in_(["a", "b"]))) == 0
        assert session.scalar(select(func.count()).select_from(SlaPolicy)) == 32
