"""The application over the worker's real database and Valkey, and people who call it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.infrastructure.database import Database
from backend.infrastructure.settings import Settings
from mobile_api.app import create_app
from mobile_api.composition import open_services
from mobile_api.services import Services
from mobile_api.services import services as current_services
from service_catalog.browsing.keeper import CatalogueKeeper
from tests.browser import Browser
from tests.callers import Callers
from tests.sign_in_desk import NOW, HandClock, SignInDesk, cheap_passwords
from tests.statements import StatementCounter


@pytest.fixture(scope="session")
def hand_clock() -> HandClock:
    """The clock of this test process."""
    return HandClock()


@pytest.fixture
def clock(hand_clock: HandClock) -> HandClock:
    """A clock that stands still at one instant until a test sets it."""
    hand_clock.instant = NOW
    return hand_clock


@pytest.fixture(scope="session")
def session_app(settings: Settings, database: Database, hand_clock: HandClock) -> Iterator[Flask]:
    """The application of this test process: its document takes a while to make."""
    opened = open_services(settings, clock=hand_clock)
    opened.database.dispose()
    services = replace(opened, database=database, passwords=cheap_passwords(), catalogue=CatalogueKeeper(database))
    services.catalogue.refresh()
    yield create_app(services)
    services.redis.close()


@pytest.fixture
def app(session_app: Flask, clock: HandClock) -> Flask:
    """The application, its clock set back."""
    return session_app


@pytest.fixture
def services(app: Flask) -> Services:
    """The doors of the application."""
    with app.app_context():
        return current_services()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without cookies or tokens."""
    return app.test_client()


@pytest.fixture
def callers(client: FlaskClient, services: Services) -> Callers:
    """People who call."""
    return Callers(client, services)


@pytest.fixture
def statements(database: Database) -> Iterator[StatementCounter]:
    """Counts the SQL statements that the worker's database is asked."""
    counter = StatementCounter(database.engine)
    yield counter
    counter.stop()


@pytest.fixture
def browser(client: FlaskClient, settings: Settings, clock: HandClock) -> Browser:
    """Somebody who signs in over HTTP."""
    return Browser(client, settings, clock=clock)


@pytest.fixture
def desk(database: Database, settings: Settings, services: Services) -> SignInDesk:
    """Where people are hired, by the clock of the application."""
    return replace(SignInDesk.opened(database, settings), clock=services.clock)
