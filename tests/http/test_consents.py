"""What people agree to: texts in their versions, answers that are only added, and what a position needs."""

from __future__ import annotations

import hashlib

import psycopg
import pytest
from sqlalchemy import text

from backend.consents.rule_files import load_consent_texts
from backend.infrastructure.dated_rows import RulesFileRefused
from tests.callers import Callers
from tests.complaint_bodies import RUGAO, complaint

LOCATION = "precise_location"
NOW_VERSION, OLD_VERSION = "2026-11", "2019-01"
HEAD = "purpose,version,title,text,valid_from,valid_to,source\n"


def standing(caller, purpose: str = LOCATION) -> dict:
    return next(one for one in caller.get("/me/consents").json["items"] if one["purpose"] == purpose)


def answer(caller, *, given: bool, version: str = NOW_VERSION, purpose: str = LOCATION):
    return caller.post("/me/consents", {"purpose": purpose, "version": version, "given": given}, key=None)


@pytest.fixture
def an_older_text(owner_database):
    """A text of the location purpose that has ended."""
    with owner_database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO consent_text VALUES (gen_random_uuid(), 'precise_location', '2019-01', 'x', 'x', '\\x00', "
                "'2019-01-01', '2020-01-01', 'test')"
            )
        )
    yield
    with owner_database.transaction() as session:
        session.execute(text("DELETE FROM consent_text WHERE version = '2019-01'"))


def test_the_texts_in_force_are_open_to_everyone_each_purpose_by_itself(callers: Callers):
    items = callers.nobody().get("/consents/texts").json["items"]

    assert [item["purpose"] for item in items] == ["privacy_policy", LOCATION, "real_name"]
    for item in items:
        assert item["text_hash"] == hashlib.sha256(item["text"].encode()).hexdigest()
        assert item["version"] == NOW_VERSION


def test_a_consent_is_never_asked_given_withdrawn_and_given_again(callers: Callers, database):
    citizen = callers.citizen(agrees=False)
    states = [standing(citizen)["state"]]

    for given in (True, True, False, False, True):
        assert answer(citizen, given=given).status_code == 200
        states.append(standing(citizen)["state"])

    assert states == ["never_asked", "given", "given", "withdrawn", "withdrawn", "given"]
    with database.transaction() as session:
        rows = session.execute(
            text("SELECT is_given, version, channel, text_hash FROM consent_record ORDER BY id")
        ).all()
    assert [row.is_given for row in rows] == [True, False, True]
    shown = next(one for one in callers.nobody().get("/consents/texts").json["items"] if one["purpose"] == LOCATION)
    assert {(row.version, row.channel, row.text_hash.hex()) for row in rows} == {
        (NOW_VERSION, "app", shown["text_hash"])
    }


def test_one_purpose_says_nothing_of_another(callers: Callers):
    citizen = callers.citizen(agrees=False)

    answer(citizen, given=True, purpose="privacy_policy")

    assert standing(citizen)["state"] == "never_asked"
    assert citizen.post("/complaints", complaint()).json["location_kept"] is False


def test_nobody_agrees_to_an_old_text_or_to_one_that_there_never_was(callers: Callers, an_older_text):
    citizen = callers.citizen(agrees=False)

    refused = [answer(citizen, given=True, version=version) for version in (OLD_VERSION, "2099-01")]

    assert {one.json["code"] for one in refused} == {"consent-version-unknown"}
    assert standing(citizen)["state"] == "never_asked"


def test_a_consent_to_an_older_text_is_outdated_and_keeps_no_position(callers: Callers, an_older_text, database):
    citizen = callers.citizen(agrees=False)
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO consent_record VALUES (gen_random_uuid(), :id, 'precise_location', '2019-01', '\\x00', "
                "true, 'app', now())"
            ),
            {"id": citizen.person_id},
        )

    assert standing(citizen)["state"] == "outdated"
    assert citizen.post("/complaints", complaint()).json["location_kept"] is False


def test_without_consent_a_complaint_is_taken_and_its_position_is_nowhere(callers: Callers, database_urls):
    citizen = callers.citizen(agrees=False)

    filed = citizen.post("/complaints", complaint())

    assert (filed.status_code, filed.json["location_kept"]) == (201, False)
    assert citizen.get(f"/complaints/{filed.json['number']}").json["location"] is None
    desk = callers.operator(("acceptor", RUGAO)).get(f"/cases/{filed.json['case_number']}")
    assert (desk.json["location"], desk.json["address"] is None) == (None, False)
    with psycopg.connect(database_urls.owner) as connection:
        case = str(connection.execute("SELECT to_jsonb(c) FROM command_case c").fetchall())
        fields = [row[0] for row in connection.execute("SELECT field FROM case_text").fetchall()]
    assert "120.5" not in case
    assert "location" not in fields


def test_with_consent_the_position_is_kept_and_a_withdrawal_holds_for_what_comes_later(callers: Callers):
    citizen = callers.citizen(agrees=False)
    answer(citizen, given=True)

    before = citizen.post("/complaints", complaint()).json
    answer(citizen, given=False)
    after = citizen.post("/complaints", complaint()).json
    without = citizen.post("/complaints", complaint(location=None)).json

    assert [one["location_kept"] for one in (before, after, without)] == [True, False, None]
    assert citizen.get(f"/complaints/{before['number']}").json["location"] is not None


def test_a_position_alone_needs_the_consent_first_and_one_tap_gives_it(callers: Callers):
    citizen = callers.citizen(agrees=False)
    body = complaint(address=None)

    refused = citizen.post("/complaints", body)
    answer(citizen, given=True)
    taken = citizen.post("/complaints", body)

    assert (refused.status_code, refused.json["code"]) == (422, "location-consent-required")
    assert "location" in refused.json["errors"]["json"]
    assert (taken.status_code, taken.json["location_kept"]) == (201, True)


def test_operators_have_no_consents_to_give(callers: Callers):
    operator = callers.operator(("auditor", "320600"))

    assert operator.get("/me/consents").status_code == 403
    assert answer(operator, given=True).status_code == 403


def test_whoever_changes_their_mind_all_day_is_asked_to_wait(callers: Callers, database):
    citizen = callers.citizen(agrees=False)
    answer(citizen, given=True)
    with database.transaction() as session:
        session.execute(text("UPDATE guard_counter SET count = 100 WHERE guard = 'consent_day'"))

    limited = answer(citizen, given=False)

    assert (limited.status_code, limited.json["code"]) == (429, "consents-limited")
    assert int(limited.headers["Retry-After"]) > 0
    assert standing(citizen)["state"] == "given"


@pytest.mark.parametrize("change", ["UPDATE consent_record SET is_given = false", "DELETE FROM consent_record"])
def test_what_was_answered_is_changed_by_nobody(callers: Callers, services, database_urls, change):
    callers.citizen()

    for url in (database_urls.serving, database_urls.owner):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.Error):
            connection.execute(change)


def test_a_text_that_was_published_is_never_changed_by_a_load(owner_database, tmp_path):
    file = tmp_path / "texts.csv"
    file.write_text(HEAD + f"{LOCATION},{NOW_VERSION},使用精确位置,另一段话,2020-01-01,,x\n", encoding="utf-8")

    with pytest.raises(RulesFileRefused, match="新版本"), owner_database.transaction() as session:
        load_consent_texts(session, file=file)
