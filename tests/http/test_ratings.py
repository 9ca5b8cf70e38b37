"""A reporter rates a round of handling: once, in time, and apart from what the callback found."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.callers import Callers
from tests.http.command_cast import BODIES, CATKINS, WAY_TO, Cast

GOOD = {"is_solved": True, "stars": 5, "comment": "很快就修好了。"}
BAD = {"is_solved": False, "stars": 1}
NOT_YET = sorted(set(WAY_TO) - {"callback", "closed"})


@pytest.fixture
def cast(callers: Callers) -> Cast:
    return Cast(callers)


def rate(cast: Cast, number: str, body: dict):
    return cast.reporter(number).post(f"/complaints/{number}/ratings", body)


def detail(cast: Cast, number: str) -> dict:
    return cast.reporter(number).get(f"/complaints/{number}").json


def at_the_desk(cast: Cast, case_number: str) -> dict:
    return cast.of("auditor").get(f"/cases/{case_number}").json


def later(cast: Cast, clock, number: str, **span: float) -> None:
    """Let time pass, and everybody sign in again."""
    clock.advance(**span)
    cast.hired.clear()
    cast.reporters[number] = cast.callers.again(cast.reporter(number))


@pytest.mark.parametrize("state", ["callback", "closed"])
def test_a_round_is_rated_at_callback_or_after_the_end_and_nothing_else_of_the_case_changes(cast, state):
    number, case_number = cast.brought_to(state, category=CATKINS)
    before = at_the_desk(cast, case_number)
    assert "rate" in detail(cast, number)["possible_actions"]

    answer = rate(cast, number, BAD)

    after = at_the_desk(cast, case_number)
    assert answer.status_code == 201, answer.json
    assert (answer.json["round"], answer.json["state"]) == (1, state)
    assert set(answer.json) == {"number", "case_number", "state", "round", "rated_at"}
    version = before["case"]["version"] + 1
    assert after["case"] == before["case"] | {"version": version}
    [rating] = after["ratings"]
    assert after == before | {"case": after["case"], "ratings": [rating]}
    assert (rating["number"], rating["is_solved"], rating["stars"], rating["comment"]) == (number, False, 1, None)


@pytest.mark.parametrize("state", NOT_YET)
def test_what_is_not_handled_to_its_end_cannot_be_rated(cast, state):
    number, _ = cast.brought_to(state)

    answer = rate(cast, number, GOOD)

    assert (answer.status_code, answer.json["code"]) == (409, "case-transition-not-allowed")
    assert answer.json["errors"] == {"state": state, "action": "rate"}
    assert "rate" not in detail(cast, number)["possible_actions"]


def test_a_round_is_rated_once_and_the_reporter_sees_what_they_said(cast):
    number, _ = cast.brought_to("closed")
    rate(cast, number, GOOD)

    second = rate(cast, number, BAD)

    shown = detail(cast, number)
    assert (second.status_code, second.json["code"]) == (409, "case-rated-already")
    assert shown["rating"] | {"rated_at": ""} == GOOD | {"round": 1, "rated_at": ""}
    assert "rate" not in shown["possible_actions"]


def test_another_round_may_be_rated_again_and_the_ratings_stand_side_by_side(cast):
    number, case_number = cast.brought_to("callback", category=CATKINS)
    rate(cast, number, BAD)
    cast.bring(case_number, ("callback_agent", "redo"))
    between = rate(cast, number, GOOD)
    cast.bring(case_number, ("liaison", "sign"), ("handler", "report_back"), ("reviewer", "skip_verification"))

    again = rate(cast, number, GOOD)

    assert between.status_code == 409
    assert (again.status_code, again.json["round"]) == (201, 2)
    stars = [(one["round"], one["stars"]) for one in at_the_desk(cast, case_number)["ratings"]]
    assert stars == [(1, 1), (2, 5)]
    assert detail(cast, number)["rating"]["round"] == 2


def test_a_rating_before_the_callback_ends_nothing_and_the_outcome_is_what_the_callback_found(cast):
    number, case_number = cast.brought_to("callback", category=CATKINS)
    rate(cast, number, BAD)
    assert at_the_desk(cast, case_number)["outcome"] is None

    cast.bring(case_number, ("callback_agent", "close"))

    shown = at_the_desk(cast, case_number)
    assert shown["outcome"] == BODIES["close"]["callback"]
    assert [one["is_solved"] for one in shown["ratings"]] == [False]


def test_the_window_is_open_on_the_fourteenth_day_and_closed_with_its_end(cast, clock):
    # Closed at 16:00 in Shanghai on the 24th: the last moment is the end of 8 December.
    number, _ = cast.brought_to("closed")
    later(cast, clock, number, days=14, hours=7, minutes=59)
    assert detail(cast, number)["possible_actions"] == ["rate", "reopen"]
    later(cast, clock, number, minutes=1)

    answer = rate(cast, number, GOOD)

    assert (answer.status_code, answer.json["code"]) == (409, "case-rating-over")
    assert detail(cast, number)["possible_actions"] == ["reopen"]


def test_the_last_moment_of_the_window_is_taken(cast, clock):
    number, _ = cast.brought_to("closed")
    later(cast, clock, number, days=14, hours=7, minutes=59)

    assert rate(cast, number, GOOD).status_code == 201


@pytest.mark.parametrize("stars", [0, 6, 2.5, "5", True, None], ids=str)
def test_stars_are_a_whole_number_from_one_to_five(cast, stars):
    number, _ = cast.brought_to("closed")

    answer = rate(cast, number, GOOD | {"stars": stars})

    assert answer.status_code == 422
    assert set(answer.json["errors"]["json"]) == {"stars"}


def test_somebody_else_cannot_rate_nor_can_an_operator(cast, callers):
    number, _ = cast.brought_to("closed")

    other = callers.citizen().post(f"/complaints/{number}/ratings", GOOD)
    operator = cast.of("acceptor").post(f"/complaints/{number}/ratings", GOOD)

    assert (other.status_code, other.json["code"]) == (404, "complaint-not-found")
    assert (operator.status_code, operator.json["code"]) == (403, "permission-missing")


def test_the_desk_is_not_told_who_rated_and_reads_the_comment_masked(cast):
    number, case_number = cast.filed(identity_shown="anonymous", category=CATKINS)
    cast.bring(case_number, *WAY_TO["callback"])
    rate(cast, number, GOOD | {"comment": "再联系 13812345678。"})

    shown = at_the_desk(cast, case_number)

    person = cast.reporter(number)
    assert shown["ratings"][0]["comment"] == "再联系 138****5678。"
    assert str(person.person_id) not in str(shown)
    assert set(shown["ratings"][0]) == {"number", "round", "is_solved", "stars", "comment", "rated_at"}


def test_a_rating_is_told_in_the_timeline_and_in_the_ledger_and_its_words_are_sealed(cast, services):
    number, case_number = cast.brought_to("closed")
    rate(cast, number, GOOD | {"comment": "评价标记甲"})

    step = cast.reporter(number).get(f"/complaints/{number}/timeline").json["items"][-1]
    entry = cast.of("auditor").get(f"/cases/{case_number}/ledger").json["items"][-1]
    with services.database.transaction() as session:
        kept = [
            str(session.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("case_rating", "case_text", "case_ledger", "outbox_event", "idempotency_record")
        ]

    assert (step["title"], step["state"]) == ("已评价", "closed")
    assert (entry["transition"], entry["action_name"]) == ("R01", "评价")
    assert set(entry["digests"]) == {"rating_comment"}
    assert not any("评价标记甲" in rows for rows in kept)


def test_a_detail_needs_as_many_statements_whatever_was_said(cast, statements):
    number, _ = cast.brought_to("closed")
    counts = []
    for _ in range(2):
        with statements.counting() as counted:
            detail(cast, number)
        counts.append(len(counted))
        rate(cast, number, GOOD)

    # Who asks, the city, the complaint with its case, texts, ratings, the policies of the day, photos.
    assert counts == [7, 7]
