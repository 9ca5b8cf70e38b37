"""The panel of demo accounts on /docs: one click in development at this machine, and no such door anywhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from backend.identity.models import Person
from backend.infrastructure.settings import Environment
from backend.organization.use_cases.demo_people import DEMO_STAFF, add_demo_people
from backend.organization.use_cases.demo_sign_in import DEMO_CITIZEN
from mobile_api.app import create_app

ACCOUNTS, SESSIONS, SCRIPT = "/docs/demo/accounts", "/docs/demo/sessions", "/docs/demo/panel/panel.js"
THIS_HOST = {"Host": "127.0.0.1:8700"}


def client_in(environment, services):
    """Return a client of an application that runs in this environment."""
    settings = replace(services.settings, environment=environment, metrics_token="a-token-of-a-test")
    return create_app(replace(services, settings=settings)).test_client()


@pytest.fixture
def development(services):
    return client_in(Environment.DEVELOPMENT, services)


@pytest.fixture
def demo_people(database, services, clock):
    with database.transaction() as session:
        add_demo_people(session, sealer=services.sealer, passwords=services.passwords, now=clock.now())


def offered(client, address="127.0.0.1", **headers):
    return client.get(ACCOUNTS, environ_base={"REMOTE_ADDR": address}, headers=THIS_HOST | headers)


def signed_in(client, login, address="127.0.0.1", **headers):
    body = {"login": login}
    return client.post(SESSIONS, json=body, environ_base={"REMOTE_ADDR": address}, headers=THIS_HOST | headers)


@pytest.mark.parametrize("where", sorted(set(Environment) - {Environment.DEVELOPMENT}))
def test_outside_development_there_is_no_such_route_and_the_page_names_none(services, demo_people, where):
    client = client_in(where, services)

    assert [rule.rule for rule in client.application.url_map.iter_rules() if "demo" in rule.rule] == []
    answers = [offered(client), client.get(SCRIPT), signed_in(client, "rugao.acceptor")]
    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(404, "route-not-found")}
    assert b"demo" not in client.get("/docs").get_data()


def test_every_demo_account_signs_in_by_one_call_and_its_token_is_taken(development, demo_people):
    logins = [choice["login"] for choice in offered(development).json["items"]]

    assert logins == [DEMO_CITIZEN, *(entry.login_name for entry in DEMO_STAFF)]
    for login in logins:
        tokens = signed_in(development, login)
        assert tokens.status_code == 201
        me = development.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens.json['access_token']}"})
        assert (me.status_code, me.json["login_name"]) == (200, None if login == DEMO_CITIZEN else login)


def test_where_no_demo_was_loaded_none_is_offered_and_not_even_the_citizen_signs_in(development):
    assert offered(development).json == {"items": []}
    assert signed_in(development, DEMO_CITIZEN).status_code == 404


def test_an_operator_who_is_no_demo_account_does_not_sign_in_without_a_password(development, demo_people, desk):
    desk.hire("real.acceptor")

    assert signed_in(development, "real.acceptor").status_code == 404


def test_a_disabled_demo_account_is_not_offered_and_does_not_sign_in(development, demo_people, database, clock):
    with database.transaction() as session:
        session.execute(update(Person).where(Person.login_name == "rugao.acceptor").values(disabled_at=clock.now()))

    assert "rugao.acceptor" not in [choice["login"] for choice in offered(development).json["items"]]
    assert signed_in(development, "rugao.acceptor").status_code == 404


@pytest.mark.parametrize(
    "stranger",
    [
        {"address": "192.0.2.7"},
        {"address": "unix:"},
        {"Host": "baitong.example"},
        {"Host": "127.0.0.1.evil.example:8700"},
        {"X-Forwarded-For": "192.0.2.7"},
        {"Forwarded": "for=192.0.2.7"},
    ],
    ids=str,
)
def test_in_development_too_it_is_hidden_from_whoever_does_not_sit_at_this_machine(development, demo_people, stranger):
    assert signed_in(development, "rugao.acceptor", **stranger).status_code == 404
    assert offered(development, **stranger).status_code == 404


@pytest.mark.parametrize("host", ["localhost:8700", "[::1]:8700", "127.0.0.1"])
def test_this_machine_may_be_called_by_each_of_its_names(development, demo_people, host):
    assert signed_in(development, "rugao.acceptor", "::1", Host=host).status_code == 201


def test_a_form_of_another_page_cannot_sign_in(development, demo_people):
    answer = development.post(SESSIONS, data={"login": "rugao.acceptor"}, headers=THIS_HOST)

    assert answer.status_code == 415


def test_the_icon_is_answered_in_every_environment(client):
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
