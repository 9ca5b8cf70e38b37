"""Tests of GET /me: who is signed in, masked, with their roles."""

from __future__ import annotations


def test_a_citizen_sees_their_phone_masked_and_nothing_that_they_did_not_give(callers):
    citizen = callers.citizen()

    answer = citizen.get("/me")

    assert answer.status_code == 200
    assert answer.json == {
        "id": str(citizen.person_id),
        "kind": "citizen",
        "login_name": None,
        "phone": f"{citizen.phone[3:6]}****{citizen.phone[-4:]}",
        "name": None,
        "roles": [],
    }


def test_an_operator_sees_their_name_masked_and_their_roles_with_centres(callers):
    answer = callers.operator(("duty_leader", "320600"), ("acceptor", "320682")).get("/me")

    assert (answer.json["kind"], answer.json["name"], answer.json["phone"]) == ("operator", "测*", None)
    assert answer.json["roles"] == [
        {"role": "duty_leader", "role_name": "值班长", "centre_code": "320600"},
        {"role": "acceptor", "role_name": "受理员", "centre_code": "320682"},
    ]


def test_me_takes_two_statements(callers, statements):
    citizen = callers.citizen()

    with statements.counting() as sent:
        citizen.get("/me")

    assert len(sent) == 2
