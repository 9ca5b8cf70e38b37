"""Who is told what: every event and every move is somebody's news, or stands among those that are nobody's."""

from __future__ import annotations

import pytest

from backend.cases.rules import CURRENT_VERSION, WORKFLOWS
from backend.kernel.events import CaseMoved
from backend.kernel.ids import uuid7
from backend.notifications.subscriptions import (
    EVENTS_TOLD,
    EVENTS_UNTOLD,
    MOVES_UNTOLD,
    ON_FILED,
    ON_MOVE,
    MessageKind,
    subscription_to,
)
from backend.worker.event_reader import EVENT_CLASSES
from tests.sign_in_desk import NOW


def moved(transition: str) -> CaseMoved:
    return CaseMoved(
        event_id=uuid7(),
        occurred_at=NOW,
        subject_id=uuid7(),
        case_number="320682261124000001",
        transition=transition,
        from_state="submitted",
        to_state="accepted",
    )


def test_every_event_is_told_to_somebody_or_stands_among_those_told_to_nobody():
    assert set(EVENT_CLASSES.values()) == EVENTS_TOLD | EVENTS_UNTOLD
    assert not EVENTS_TOLD & EVENTS_UNTOLD


def test_every_transition_is_told_or_stands_among_the_moves_told_to_nobody():
    codes = {row.code for row in WORKFLOWS[CURRENT_VERSION]}

    assert codes == set(ON_MOVE) | MOVES_UNTOLD
    assert not set(ON_MOVE) & MOVES_UNTOLD


def test_every_kind_of_message_has_a_cause():
    assert {ON_FILED.kind, *(subscription.kind for subscription in ON_MOVE.values())} == set(MessageKind)


@pytest.mark.parametrize("transition", sorted(MOVES_UNTOLD))
def test_a_move_told_to_nobody_causes_no_message(transition: str):
    assert subscription_to(moved(transition)) is None


@pytest.mark.parametrize("transition", sorted(ON_MOVE))
def test_a_move_that_is_news_causes_its_message(transition: str):
    assert subscription_to(moved(transition)) is ON_MOVE[transition]
