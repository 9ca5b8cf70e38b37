"""Two applications in one process, each over a database of its own; every test finds both as the template is."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask

from backend.infrastructure.settings import Settings
from mobile_api.app import create_app
from mobile_api.composition import open_services
from mobile_api.services import Services
from tests.clean_tables import CleanTables
from tests.servers import TestServers
from tests.sign_in_desk import HandClock, cheap_passwords
from tests.statements import StatementCounter
from tests.territory.worlds import LOUD, QUIET, Territory, World


@dataclass
class City:
    """An application over a database of its own."""

    app: Flask
    services: Services
    clock: HandClock
    statements: StatementCounter
    cleaner: CleanTables


@pytest.fixture(scope="session")
def cities(servers: TestServers, settings: Settings, worker_number: int) -> Iterator[list[City]]:
    """Both cities of this test process."""
    made: list[City] = []
    for number in range(2):
        urls = servers.new_database(f"territory_{worker_number}_{number}")
        redis_url = f"{servers.valkey.url}?db={8 + worker_number % 4 * 2 + number}"
        own = replace(
            settings,
            database_url=urls.serving,
            redis_url=redis_url,
            traffic_limit_per_minute=10**9,
            complaint_daily_quota=15,
        )
        clock = HandClock()
        services = replace(open_services(own, clock=clock), passwords=cheap_passwords())
        statements = StatementCounter(services.database.engine)
        made.append(City(create_app(services), services, clock, statements, CleanTables(urls.owner)))
    yield made
    for city in made:
        city.statements.stop()
        city.cleaner.close()
        city.services.database.dispose()
        city.services.redis.close()


@pytest.fixture
def worlds(cities: list[City]) -> Iterator[Callable[[Territory, int], tuple[World, World]]]:
    """Builds two worlds that differ in the neighbours alone."""

    def build(territory: Territory, seed: int) -> tuple[World, World]:
        built = []
        for number, city in enumerate(cities):
            assert city.cleaner.reset()
            neighbours = random.Random(f"{seed} {number}")
            world = World(
                city.app, city.services, city.clock, territory, neighbours, city.statements, (LOUD, QUIET)[number]
            )
            world.build(seed)
            built.append(world)
        return built[0], built[1]

    yield build
    for city in cities:
        city.cleaner.reset()
