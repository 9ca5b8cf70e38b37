"""Tests of who asks: found anew on every call, so that disabling, sign-out and bindings hold at once."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from sqlalchemy import text

from backend.identity.errors import PersonUnknown, RefreshRefused
from backend.identity.permissions import Permission
from backend.identity.use_cases.people import disable_person
from backend.organization.roles import Role
from tests.sign_in_desk import OTHER_PHONE


def test_a_session_of_another_person_is_nobodys(desk):
    mine, other = desk.sign_in(), desk.sign_in(OTHER_PHONE)
    mixed = desk.tokens.issue_access(desk.actor(mine).person_id, other.session_id, desk.clock.now())

    assert desk.actor(replace(mine, access_token=mixed)) is None


def test_disabling_an_operator_ends_calls_and_refreshes_at_once_and_can_be_said_twice(desk):
    account = desk.hire()
    signed_in = desk.try_password(account.login_name, account.password)
    assert desk.actor(signed_in) is not None

    for _ in range(2):
        desk.disable(account.login_name)

    assert desk.actor(signed_in) is None
    assert isinstance(desk.refresh(signed_in.refresh_token), RefreshRefused)
    assert desk.rows("SELECT end_reason FROM device_session") == [("person_disabled",)]


def test_a_session_begun_while_its_person_was_being_disabled_is_worth_nothing(desk):
    account = desk.hire()
    signed_in = desk.try_password(account.login_name, account.password)

    desk.within(lambda s: s.execute(text("UPDATE person SET disabled_at = now()")))

    assert desk.actor(signed_in) is None
    assert isinstance(desk.refresh(signed_in.refresh_token), RefreshRefused)


def test_disabling_nobody_is_refused(desk):
    with pytest.raises(PersonUnknown):
        desk.within(lambda s: disable_person(s, person_id=uuid.uuid4(), now=desk.clock.now()))


def test_a_citizen_acts_as_reporter_and_an_operator_by_their_bindings_alone(desk):
    account = desk.hire(role=Role.ACCEPTOR)

    citizen = desk.actor(desk.sign_in())
    operator = desk.actor(desk.try_password(account.login_name, account.password))

    assert (citizen.own_role, citizen.bindings) == (Role.REPORTER, ())
    assert citizen.holds(Permission.FILE_COMPLAINT)
    assert not citizen.holds(Permission.READ_CASE)
    assert [(b.role, b.centre_path) for b in operator.bindings] == [("acceptor", "320600/320682/")]
    assert not operator.holds(Permission.FILE_COMPLAINT)


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ("valid_to = timestamptz '2026-11-24 08:00:01+00'", True),
        ("valid_to = timestamptz '2026-11-24 08:00:00+00'", False),
        ("valid_from = timestamptz '2026-11-24 08:00:00+00'", True),
        ("valid_from = timestamptz '2026-11-24 08:00:01+00'", False),
    ],
)
def test_a_binding_holds_from_its_first_instant_and_not_at_its_last(desk, change, holds):
    account = desk.hire()
    signed_in = desk.try_password(account.login_name, account.password)

    desk.within(lambda s: s.execute(text(f"UPDATE role_binding SET {change}")))

    assert desk.actor(signed_in).holds(Permission.READ_CASE) is holds


def test_who_asks_is_found_in_one_statement(desk):
    account = desk.hire()
    signed_in = desk.try_password(account.login_name, account.password)

    with desk.statements() as sent:
        desk.actor(signed_in)

    assert len(sent) == 1
