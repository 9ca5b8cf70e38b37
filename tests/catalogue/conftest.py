"""Fixtures of the tests of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backend.infrastructure.database import Database
from service_catalog.browsing.keeper import CatalogueKeeper
from tests.servers import DatabaseUrls


@pytest.fixture
def own_database(fresh_database_urls: DatabaseUrls) -> Iterator[Database]:
    """A database of the test alone, as the role that serves."""
    opened = Database(fresh_database_urls.serving, pool_size=2)
    yield opened
    opened.dispose()


@pytest.fixture
def own_owner(fresh_database_urls: DatabaseUrls) -> Iterator[Database]:
    """The same database as its owner."""
    opened = Database(fresh_database_urls.owner, pool_size=2)
    yield opened
    opened.dispose()


@pytest.fixture
def keeper(own_database: Database) -> CatalogueKeeper:
    """A keeper that looks when it is told to."""
    return CatalogueKeeper(own_database)
