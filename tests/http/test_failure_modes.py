"""Every declared control with its store taken away: what guards people refuses, what guards machines lets through."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.complaints import rules as complaint_rules
from backend.identity import rules
from backend.identity.rules import Guard
from backend.infrastructure.database import Database
from backend.infrastructure.embedded.valkey import Valkey
from mobile_api import rate_limits
from mobile_api.app import create_app
from mobile_api.failure_modes import CONTROLS, Control, FailureMode, Store, printed
from tests.browser import PHONE, REFRESH, SESSIONS, Browser, assert_problem
from tests.callers import Caller, Callers
from tests.complaint_bodies import complaint
from tests.sign_in_desk import HandClock, SignInDesk
from tests.wire import Wire, wire_to

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
ON_POSTGRESQL = [control for control in CONTROLS if control.store is Store.POSTGRESQL]


def test_the_operations_page_prints_the_table():
    assert printed() in OPERATIONS.read_text(encoding="utf-8")


def test_every_guard_is_kept_by_a_control():
    named = [*vars(rules).values(), *vars(complaint_rules).values()]
    guards = [one for one in named if isinstance(one, Guard)]
    guards += [one for several in named if isinstance(several, tuple) for one in several]

    assert {guard.name for control in CONTROLS for guard in control.guards} == {guard.name for guard in guards}


def test_what_guards_people_counts_in_postgresql_and_is_closed_without_it():
    open_ones = [control.name for control in CONTROLS if control.mode is FailureMode.OPEN]

    assert open_ones == ["traffic by source"]
    assert {control.mode for control in ON_POSTGRESQL} == {FailureMode.CLOSED}


@pytest.fixture
def wire(database_urls) -> Iterator[Wire]:
    made = wire_to(database_urls.serving)
    yield made
    made.cut()


@pytest.fixture
def behind_wire(services, database_urls, wire) -> Iterator[Flask]:
    """The application with its database at the other end of a wire."""
    database = Database(wire.url_of(database_urls.serving), pool_size=4)
    yield create_app(replace(services, database=database))
    database.dispose()


@dataclass
class Visitor:
    """Somebody about to do the one thing that a control guards; all that comes before it is done."""

    browser: Browser
    callers: Callers
    desk: SignInDesk
    clock: HandClock
    client: FlaskClient

    def asks_for_a_code(self) -> Callable[[], TestResponse]:
        return self.browser.ask

    def shows_a_code(self) -> Callable[[], TestResponse]:
        challenge = self.browser.ask().json
        code = self.browser.code_of()
        return lambda: self.browser.try_code(challenge, code)

    def gives_a_password(self) -> Callable[[], TestResponse]:
        account = self.desk.hire("rugao.test")
        return lambda: self.browser.try_password("rugao.test", account.password)

    def shows_a_second_factor(self) -> Callable[[], TestResponse]:
        account = self.desk.hire("rugao.test")
        self.browser.sign_in_operator("rugao.test", account.password)
        self.clock.advance(minutes=1)
        challenge = self.browser.try_password("rugao.test", account.password).json
        code = self.browser.apps["rugao.test"].next_code(self.clock.now().timestamp())
        return lambda: self.browser.try_factor(challenge, code)

    def refreshes(self) -> Callable[[], TestResponse]:
        token = self.browser.sign_in()["refresh_token"]
        return lambda: self.browser.post(REFRESH, {"refresh_token": token})

    def asks_who_they_are(self) -> Callable[[], TestResponse]:
        tokens = self.browser.sign_in()
        return lambda: self.browser.me(tokens)

    def files_a_complaint(self) -> Callable[[], TestResponse]:
        citizen = Caller(self.client, self.callers.citizen().token)
        return lambda: citizen.post("/complaints", complaint(), key="one-key-for-all-tries")

    def asks_for_a_status(self) -> Callable[[], TestResponse]:
        receipt = self.callers.citizen().post("/complaints", complaint()).json
        anybody = Caller(self.client)
        return lambda: anybody.get(f"/public/complaints/{receipt['number']}", code=receipt["query_code"])


@pytest.fixture
def visitor(behind_wire, settings, callers, desk, clock) -> Visitor:
    client = behind_wire.test_client()
    return Visitor(Browser(client, settings, clock=clock), callers, desk, clock, client)


DEEDS: dict[str, tuple[Callable[[Visitor], Callable[[], TestResponse]], str]] = {
    "codes sent by source, device, phone and in total": (Visitor.asks_for_a_code, "sign_in_code"),
    "tries of a citizen's code": (Visitor.shows_a_code, "device_session"),
    "tries of an operator's password": (Visitor.gives_a_password, "second_factor_challenge"),
    "tries of an operator's second factor, each code once": (Visitor.shows_a_second_factor, "device_session"),
    "refresh rotation": (Visitor.refreshes, "refresh_token"),
    "session check of every call": (Visitor.asks_who_they_are, "device_session"),
    "daily quota of complaints": (Visitor.files_a_complaint, "complaint"),
    "tries of a query code by number and source": (Visitor.asks_for_a_status, "guard_counter"),
}


def test_every_control_on_postgresql_has_a_deed_here():
    assert set(DEEDS) == {control.name for control in ON_POSTGRESQL}


@pytest.mark.parametrize("control", ON_POSTGRESQL, ids=lambda control: control.name)
def test_without_postgresql_a_control_refuses_and_afterwards_the_same_request_is_taken(
    control: Control, visitor: Visitor, wire, desk
):
    prepare, table = DEEDS[control.name]
    deed = prepare(visitor)
    before = desk.rows(f"SELECT count(*) FROM {table}")

    wire.frozen.set()
    refusals = [deed() for _ in range(3)]
    rows_meanwhile = desk.rows(f"SELECT count(*) FROM {table}")
    wire.frozen.clear()
    taken = until_taken(deed)

    for refused in refusals:
        assert_problem(refused, 503, "database-unavailable")
        assert int(refused.headers["Retry-After"]) > 0
    assert rows_meanwhile == before
    assert taken.status_code in {200, 201}, taken.json


def until_taken(deed: Callable[[], TestResponse]) -> TestResponse:
    """Repeat the deed until the database is back."""
    deadline_s = time.monotonic() + 30
    while (answer := deed()).status_code == 503 and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return answer


@pytest.fixture
def valkey(tmp_path) -> Iterator[Valkey]:
    """A Valkey of this test alone."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    if server.process is not None:
        os.kill(server.process.pid, signal.SIGCONT)
    server.stop()


def flush(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as connection:
        connection.flushall()


def fill_up(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as connection:
        connection.config_set("maxmemory-policy", "noeviction")
        connection.config_set("maxmemory", "1")


def hang(valkey: Valkey) -> None:
    """Stop it where it stands: connections are taken, and nothing is said on them."""
    os.kill(valkey.process.pid, signal.SIGSTOP)


TROUBLES = {"flushed": flush, "stopped": Valkey.stop, "hung": hang, "full": fill_up}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_happens_to_valkey_the_sixth_try_is_refused_and_everybody_else_goes_on(
    trouble, valkey, services, settings, desk, clock
):
    client = create_app(replace(services, settings=replace(settings, redis_url=valkey.url))).test_client()
    browser = Browser(client, settings, clock=clock)
    account, other = desk.hire("rugao.test"), desk.hire("haian.test")
    challenge = browser.ask(PHONE).json
    code = browser.code_of(PHONE)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    def tries(count: int) -> set[int]:
        return {browser.try_password("rugao.test", "wrong").status_code for _ in range(count)} | {
            browser.try_code(challenge, wrong).status_code for _ in range(count)
        }

    before = tries(3)
    TROUBLES[trouble](valkey)
    after = tries(2)

    assert before == after == {201, 401}
    assert_problem(browser.try_password("rugao.test", account.password), 429, "sign-in-tries-limited")
    assert_problem(browser.try_code(challenge, code), 401, "sign-in-code-refused")
    assert_problem(browser.ask(PHONE), 429, "sign-in-codes-limited")
    assert browser.sign_in_operator("haian.test", other.password).status_code == 201


@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_happens_to_valkey_requests_are_answered_and_still_limited(trouble, valkey, services, settings):
    limited = replace(settings, redis_url=valkey.url, traffic_limit_per_minute=5)
    client = create_app(replace(services, settings=limited)).test_client()
    before = client.get(SESSIONS).status_code

    TROUBLES[trouble](valkey)
    answers = [client.get(SESSIONS) for _ in range(12)]

    statuses = [answer.status_code for answer in answers]
    assert before == 401
    assert statuses[:4] == [401] * 4
    assert set(statuses) == {401, 429}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers if answer.status_code == 429)


def test_a_valkey_that_hangs_costs_a_request_two_tenths_of_a_second_at_most(valkey, settings):
    waits_s = [first_wait_s(valkey, settings) for _ in range(5)]

    # The least of five: a busy machine makes a wait longer, and never shorter.
    assert 0.05 < min(waits_s) <= 0.2


def first_wait_s(valkey: Valkey, settings) -> float:
    """Return how much longer the first request takes that meets the hanging Valkey."""
    app = Flask("bare")
    rate_limits.install(app, replace(settings, redis_url=valkey.url, traffic_limit_per_minute=1000))
    app.add_url_rule("/", "home", lambda: "here")
    client = app.test_client()

    def asked_s() -> float:
        begun_s = time.monotonic()
        assert client.get("/").status_code == 200
        return time.monotonic() - begun_s

    healthy_s = min(asked_s() for _ in range(5))
    hang(valkey)
    try:
        return asked_s() - healthy_s
    finally:
        os.kill(valkey.process.pid, signal.SIGCONT)
