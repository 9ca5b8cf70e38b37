"""A street of people with phones, a loopback FCM, and the services that the worker runs with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.infrastructure.breaker import Breaker
from backend.infrastructure.database import Database
from backend.infrastructure.fakes.fcm import LoopbackFcm
from backend.infrastructure.fcm import FcmProvider
from backend.infrastructure.settings import Settings
from mobile_api.composition import open_services
from mobile_api.services import Services
from tests.command_street import CommandStreet
from tests.street import Street


@pytest.fixture(scope="session")
def opened(settings: Settings) -> Iterator[Services]:
    """The doors of this test process, opened once."""
    services = open_services(settings)
    yield services
    services.database.dispose()
    services.redis.close()


@pytest.fixture
def services(opened: Services, database: Database) -> Services:
    """The doors, over the database of the worker."""
    return replace(opened, database=database)


@pytest.fixture(scope="session")
def fcm_credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service account whose key is made once: making one takes a while."""
    return tmp_path_factory.mktemp("fcm") / "credentials.json"


@pytest.fixture
def fcm(fcm_credentials: Path) -> Iterator[LoopbackFcm]:
    """A healthy loopback FCM."""
    with LoopbackFcm(credentials_file=fcm_credentials) as server:
        yield server


@pytest.fixture
def provider(fcm: LoopbackFcm, fcm_credentials: Path, services: Services) -> Iterator[FcmProvider]:
    """The real firebase-admin, pointed at the loopback FCM.

    Its breaker stays closed: tries that follow each other at once would open it.
    """
    provider = FcmProvider(
        credentials_file=fcm_credentials,
        base_url=fcm.base_url,
        clock=services.clock,
        breaker=Breaker(services.clock, opens_after=1000),
    )
    yield provider
    provider.close()


@pytest.fixture
def street(services: Services, fcm: LoopbackFcm, provider: FcmProvider) -> Street:
    """Where it happens."""
    return Street(services=services, fcm=fcm, provider=provider)


@pytest.fixture
def command(street: Street) -> CommandStreet:
    """The same with a county's command system."""
    return CommandStreet(street)
