"""When a reporter may urge and rate, at the edges of days and windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.cases.errors import RatedAlready, RatingOver, TransitionNotAllowed, UrgedToday
from backend.cases.rules import State, check_rating, check_urge, may_rate, may_urge, open_states
from backend.cases.rules.voices import RATEABLE, URGEABLE
from backend.complaints.rules import PUBLIC_STATES, PUBLIC_WORDS, ComplaintFacts, PublicState, possible_actions

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # in Shanghai
INSTANT = timedelta(microseconds=1)


def facts(state: State, **changes) -> ComplaintFacts:
    given = {
        "version": 2,
        "state": state,
        "is_safety": False,
        "last_urged_at": None,
        "is_rated": False,
        "rating_ends_at": None,
        "reopening_ends_at": None,
    }
    return ComplaintFacts(**(given | changes))


@pytest.mark.parametrize(
    ("last", "now", "is_possible"),
    [
        (None, NOON, True),
        (NOON, NOON, False),
        (NOON, MIDNIGHT - INSTANT, False),
        (NOON, MIDNIGHT, True),
        (MIDNIGHT - INSTANT, MIDNIGHT, True),
        (MIDNIGHT, MIDNIGHT + timedelta(hours=24) - INSTANT, False),
        (MIDNIGHT, MIDNIGHT + timedelta(hours=24), True),
    ],
)
def test_a_day_of_urging_is_a_day_of_shanghai(last, now, is_possible):
    assert may_urge(State.HANDLING, last_urged_at=last, now=now) is is_possible


def test_the_refusal_of_a_second_urge_names_the_first_instant_that_is_taken():
    with pytest.raises(UrgedToday) as refused:
        check_urge(State.HANDLING, last_urged_at=NOON, now=NOON)

    possible_from = datetime.fromisoformat(refused.value.errors["possible_from"])
    assert may_urge(State.HANDLING, last_urged_at=NOON, now=possible_from)
    assert not may_urge(State.HANDLING, last_urged_at=NOON, now=possible_from - INSTANT)
    assert NOON + timedelta(seconds=refused.value.retry_after_s) >= possible_from


@pytest.mark.parametrize("state", State)
def test_urging_is_for_the_states_in_which_somebody_else_than_the_reporter_must_act(state):
    assert open_states() - {State.SUPPLEMENT, State.CALLBACK} == URGEABLE
    if state in URGEABLE:
        check_urge(state, last_urged_at=None, now=NOON)
        return
    with pytest.raises(TransitionNotAllowed):
        check_urge(state, last_urged_at=None, now=NOON)


@pytest.mark.parametrize("state", State)
def test_rating_is_for_what_was_handled_to_its_end(state):
    assert may_rate(state, is_rated=False, ends_at=None, now=NOON) is (state in RATEABLE)
    if state not in RATEABLE:
        with pytest.raises(TransitionNotAllowed):
            check_rating(state, is_rated=True, ends_at=NOON, now=NOON)


def test_a_rated_round_is_told_to_be_rated_even_when_the_window_is_over():
    with pytest.raises(RatedAlready):
        check_rating(State.CLOSED, is_rated=True, ends_at=NOON, now=NOON)


def test_the_window_of_rating_ends_with_its_instant():
    check_rating(State.CLOSED, is_rated=False, ends_at=NOON, now=NOON - INSTANT)

    with pytest.raises(RatingOver):
        check_rating(State.CLOSED, is_rated=False, ends_at=NOON, now=NOON)


OPEN_WINDOWS = {"rating_ends_at": MIDNIGHT, "reopening_ends_at": MIDNIGHT}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(State.SUBMITTED), ["urge", "withdraw"]),
        (facts(State.SUBMITTED, is_safety=True), ["urge"]),
        (facts(State.SUPPLEMENT), ["supplement"]),
        (facts(State.ACCEPTED, last_urged_at=NOON), ["withdraw"]),
        (facts(State.DISPATCHED), ["urge"]),
        (facts(State.VERIFYING), ["urge"]),
        (facts(State.CALLBACK), ["rate"]),
        (facts(State.CALLBACK, is_rated=True), []),
        (facts(State.CLOSED, **OPEN_WINDOWS), ["rate", "reopen"]),
        (facts(State.CLOSED, **OPEN_WINDOWS, is_rated=True), ["reopen"]),
        (facts(State.CLOSED, **OPEN_WINDOWS, version=1), ["rate"]),
        (facts(State.CLOSED, rating_ends_at=NOON, reopening_ends_at=NOON), []),
        (facts(State.REJECTED), []),
        (facts(State.CANCELLED), []),
    ],
)
def test_a_reporter_is_offered_what_would_be_taken_and_nothing_else(given, expected):
    assert [str(action) for action in possible_actions(given, NOON)] == expected


def test_every_state_has_its_public_word_and_no_word_is_left_over():
    assert set(PUBLIC_STATES) == set(State)
    assert set(PUBLIC_STATES.values()) == set(PublicState) == set(PUBLIC_WORDS)
