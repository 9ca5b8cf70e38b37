"""Tests of roles and actors: the grants typed again from the workflow, and areas that never widen."""

from __future__ import annotations

import uuid

import pytest

from backend.identity.actor import Actor, Binding, PersonKind
from backend.identity.permissions import Permission
from backend.organization.roles import GRANTS, ROLE_NAMES, Role

DESK = {"case:read", "case:read_ledger", "notification:use"}
UNIT = {"task:read", "evidence:add", "task:reveal", "notification:use"}
VERIFIER = {"task:verify", "evidence:add", "task:reveal", "notification:use"}
# workflow.md 1.3, column "who"; 1.6: 审计员 reads all and writes nothing.
GRANTED = {
    Role.REPORTER: {
        "complaint:file",
        "complaint:rate_own",
        "complaint:read_own",
        "complaint:reopen_own",
        "complaint:supplement_own",
        "complaint:urge_own",
        "complaint:withdraw_own",
        "evidence:add",
        "notification:use",
        "own_data:manage",
    },
    Role.AGENT: DESK | {"case:answer", "case:supplement"},
    Role.ACCEPTOR: DESK
    | {"case:accept", "case:answer", "case:reject", "case:cancel", "case:request_supplement", "case:reveal"},
    Role.REVIEWER: DESK | {"case:review_feedback"},
    Role.DISPATCHER: DESK | {"case:dispatch", "case:order_verification"},
    # Few may see masked data in full, and whoever audits that is none of them.
    Role.DUTY_LEADER: DESK | {"case:reveal"},
    Role.CALLBACK_AGENT: DESK | {"case:close", "task:reveal"},
    Role.OVERSIGHT_OFFICER: DESK | {"case:reopen"},
    Role.LIAISON: UNIT | {"task:sign"},
    Role.HANDLER: UNIT | {"task:report_back"},
    Role.UNIT_LEADER: UNIT | {"task:report_back"},
    Role.GRID_WORKER: VERIFIER | {"grid_report:file"},
    Role.SUPERVISOR: VERIFIER,
    Role.AUDITOR: DESK | {"audit:read_reveals"},
}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_the_workflow_gives_it_and_nothing_else(role):
    assert {permission.value for permission in GRANTS[role]} == GRANTED.get(role, set())


def test_every_permission_is_granted_to_some_role():
    assert frozenset[Permission]().union(*GRANTS.values()) == set(Permission)


def test_every_role_has_a_chinese_name_of_its_own():
    assert set(ROLE_NAMES) == set(Role)
    assert len(set(ROLE_NAMES.values())) == len(Role)


def binding(role: Role, path: str) -> Binding:
    return Binding(role=role, centre_id=uuid.uuid4(), centre_path=path, permissions=GRANTS[role])


def actor(*bindings: Binding, own: Role | None = None) -> Actor:
    return Actor(
        person_id=uuid.uuid4(),
        session_id=uuid.uuid4(),
        kind=PersonKind.OPERATOR,
        own_role=own,
        own_permissions=GRANTS[own] if own else frozenset(),
        bindings=bindings,
    )


def test_an_actor_without_bindings_holds_nothing():
    assert not any(actor().holds(permission) for permission in Permission)


def test_an_actor_holds_what_is_their_own_and_what_any_binding_gives():
    asked = actor(binding(Role.AUDITOR, "320600/"), own=Role.REPORTER)

    assert asked.holds(Permission.FILE_COMPLAINT)
    assert asked.holds(Permission.READ_CASE)
    assert not asked.holds(Permission.ACCEPT_CASE)


def test_a_permission_reaches_only_as_far_as_the_binding_that_gives_it():
    county, city = binding(Role.ACCEPTOR, "320600/320682/"), binding(Role.AUDITOR, "320600/")
    asked = actor(county, city)

    assert asked.paths_with(Permission.READ_CASE) == ("320600/320682/", "320600/")
    assert asked.paths_with(Permission.ACCEPT_CASE) == ("320600/320682/",)
    assert asked.bindings_with(Permission.ACCEPT_CASE) == (county,)


def test_what_is_ones_own_gives_no_area():
    assert actor(own=Role.REPORTER).paths_with(Permission.USE_INBOX) == ()
