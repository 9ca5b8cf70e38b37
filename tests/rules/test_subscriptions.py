"""Who is told what: every event and every move is somebody's news, or stands among those that are nobody's."""

from __future__ import annotations

import pytest

from backend.cases.rules import CURRENT_VERSION, WORKFLOWS, Door, State, actions_from, may_urge
from backend.identity.permissions import Permission
from backend.kernel.events import CaseMoved
from backend.kernel.ids import uuid7
from backend.notifications.audiences import ROLES_OF
from backend.notifications.rules import MAX_VERIFIERS_ASKED, Candidate, nearest
from backend.notifications.subscriptions import (
    AUDIENCE_NAMES,
    EVENTS_TOLD,
    EVENTS_UNTOLD,
    ON_FILED,
    ON_SESSION_BEGUN,
    REPORTERS_ON_MOVE,
    REPORTERS_UNTOLD,
    STAFF_AUDIENCES,
    STAFF_KINDS,
    STAFF_ON_MOVE,
    STAFF_ON_URGE,
    STAFF_UNTOLD,
    Audience,
    MessageKind,
    subscriptions_to,
)
from backend.organization.roles import GRANTS
from backend.worker.event_reader import EVENT_CLASSES
from tests.sign_in_desk import NOW

WORKFLOW = WORKFLOWS[CURRENT_VERSION]
STAFF_SUBSCRIPTIONS = [(state, one) for (_, state), told in STAFF_ON_MOVE.items() for one in told]
# An assisting unit reads the case, and its task ends with the lead unit's (ADR 0031). A finder adds to their own report
# where it stands, and has no move at the desk.
WITHOUT_MOVES = {Audience.ASSISTING_LIAISONS, Audience.FINDERS}


def moved(transition: str, to_state: str) -> CaseMoved:
    return CaseMoved(
        event_id=uuid7(),
        occurred_at=NOW,
        subject_id=uuid7(),
        case_number="320682261124000001",
        transition=transition,
        from_state="submitted",
        to_state=to_state,
    )


def test_every_event_is_told_to_somebody_or_stands_among_those_told_to_nobody():
    assert set(EVENT_CLASSES.values()) == EVENTS_TOLD | EVENTS_UNTOLD
    assert not EVENTS_TOLD & EVENTS_UNTOLD


def test_every_transition_is_told_to_the_reporters_or_says_why_not():
    assert {row.code for row in WORKFLOW} == REPORTERS_ON_MOVE.keys() | REPORTERS_UNTOLD.keys()
    assert not REPORTERS_ON_MOVE.keys() & REPORTERS_UNTOLD.keys()
    assert all(REPORTERS_UNTOLD.values())


def test_every_transition_to_every_state_is_told_to_staff_or_says_why_not():
    led_to = {(row.code, state) for row in WORKFLOW for state in row.targets}

    assert led_to == STAFF_ON_MOVE.keys() | STAFF_UNTOLD.keys()
    assert not STAFF_ON_MOVE.keys() & STAFF_UNTOLD.keys()
    assert all(STAFF_ON_MOVE.values())
    assert all(STAFF_UNTOLD.values())


def test_every_kind_of_message_has_a_cause():
    staff = [*STAFF_ON_URGE.values(), *(one for _, one in STAFF_SUBSCRIPTIONS)]
    caused = [*ON_FILED, ON_SESSION_BEGUN, *REPORTERS_ON_MOVE.values(), *staff]

    assert {one.kind for one in caused} == set(MessageKind)
    assert {one.audience for one in caused} == set(Audience) == AUDIENCE_NAMES.keys()


def test_no_kind_of_message_is_both_for_reporters_and_for_staff():
    others = {one.kind for one in (ON_FILED[0], ON_SESSION_BEGUN, *REPORTERS_ON_MOVE.values())}

    assert others | STAFF_KINDS == set(MessageKind)
    assert not others & STAFF_KINDS


@pytest.mark.parametrize("key", sorted(STAFF_ON_MOVE.keys() | STAFF_UNTOLD.keys()), ids=" ".join)
def test_a_move_causes_the_messages_of_both_tables_the_reporters_first(key: tuple[str, str]):
    reporters = [REPORTERS_ON_MOVE[key[0]]] if key[0] in REPORTERS_ON_MOVE else []

    assert subscriptions_to(moved(*key)) == (*reporters, *STAFF_ON_MOVE.get(key, ()))


def test_a_state_that_only_a_newer_release_knows_tells_the_reporters_alone():
    assert subscriptions_to(moved("T08", "on_the_moon")) == (REPORTERS_ON_MOVE["T08"],)


def test_every_audience_of_staff_is_made_of_roles_that_have_an_inbox():
    assert ROLES_OF.keys() == STAFF_AUDIENCES
    assert all(Permission.USE_INBOX in GRANTS[role] for roles in ROLES_OF.values() for role in roles)


@pytest.mark.parametrize(
    ("state", "subscription"),
    [one for one in [*STAFF_SUBSCRIPTIONS, *STAFF_ON_URGE.items()] if one[1].audience not in WITHOUT_MOVES],
    ids=str,
)
def test_whoever_is_told_may_act_on_the_case_where_it_now_stands(state: State, subscription):
    asked = {
        permission
        for row in actions_from(CURRENT_VERSION, State(state))
        for door, permission in row.doors.items()
        if door in {Door.DESK, Door.UNIT, Door.VERIFIER}
    }

    assert all(asked & GRANTS[role] for role in ROLES_OF[subscription.audience])


def test_an_urge_is_told_in_every_state_in_which_a_reporter_may_urge_and_in_no_other():
    assert {State(state) for state in STAFF_ON_URGE} == {
        state for state in State if may_urge(state, last_urged_at=None, now=NOW)
    }


def people(count: int, *, near: bool) -> list[Candidate]:
    return [Candidate(person_id=uuid7(), is_near=near) for _ in range(count)]


@pytest.mark.parametrize(
    ("near", "in_town", "asked"),
    [(2, MAX_VERIFIERS_ASKED - 2, MAX_VERIFIERS_ASKED), (2, MAX_VERIFIERS_ASKED - 1, 2), (0, 90, 90), (90, 0, 90)],
)
def test_a_look_is_asked_of_all_or_where_they_are_too_many_of_those_near(near: int, in_town: int, asked: int):
    assert len(nearest([*people(near, near=True), *people(in_town, near=False)])) == asked
