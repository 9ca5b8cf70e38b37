"""Fixtures of every test: real servers, a migrated database for each worker, settings with random secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import redis
from hypothesis import settings as hypothesis_settings
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts

from backend.infrastructure.database import Database
from backend.infrastructure.embedded.first_secrets import make_secrets
from backend.infrastructure.embedded.postgres import Postgres
from backend.infrastructure.settings import Settings, load_settings
from tests.clean_tables import CleanTables
from tests.servers import DatabaseUrls, TestServers

# A machine that is busy is no failure, and an example that failed is printed, not kept in a folder.
hypothesis_settings.register_profile("tests", deadline=None, database=None, print_blob=True)
hypothesis_settings.load_profile("tests")

LOOPBACK = ["127.0.0.1", "::1"]
# Tests of these folders are pure but for the database, which libpq reaches without a Python socket.
WITHOUT_SOCKETS = {"rules", "use_cases"}
_SERVERS_HOME = "servers_home"
_shared_servers = pytest.StashKey[TestServers]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Start the servers in the process that outlives all workers, and tell each worker where they are."""
    if _shared_servers not in node.config.stash:
        node.config.stash[_shared_servers] = TestServers.started()
    node.workerinput[_SERVERS_HOME] = str(node.config.stash[_shared_servers].home)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the process of the workers' parent started."""
    if _shared_servers in config.stash:
        config.stash[_shared_servers].stop()


def pytest_terminal_summary(terminalreporter) -> None:
    """Print the figures that tests have recorded as ``figure``, also from the workers of a parallel run."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    figures = {
        value for report in reports for name, value in getattr(report, "user_properties", ()) if name == "figure"
    }
    for figure in sorted(figures):
        terminalreporter.write_line(str(figure))


@pytest.fixture(autouse=True)
def _no_strangers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep every test on this machine: no network at all for rules and use cases, loopback for the rest."""
    if WITHOUT_SOCKETS & set(request.path.parts):
        disable_socket(allow_unix_socket=True)
    else:
        socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[TestServers]:
    """Both servers of this run: joined under xdist, started and stopped here without it."""
    workerinput = getattr(request.config, "workerinput", None)
    if workerinput is not None:
        yield TestServers(Path(workerinput[_SERVERS_HOME]))
        return
    started = TestServers.started()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def postgres(servers: TestServers) -> Postgres:
    """The PostgreSQL of this run."""
    return servers.postgres


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """Which xdist worker this is; 0 without xdist."""
    workerinput = getattr(request.config, "workerinput", {"workerid": "gw0"})
    return int(workerinput["workerid"].removeprefix("gw"))


@pytest.fixture(scope="session")
def database_urls(servers: TestServers, worker_number: int) -> DatabaseUrls:
    """A migrated database of this worker alone. Every test that asks for it finds it as the template is."""
    return servers.new_database(f"worker_{worker_number}")


@pytest.fixture
def fresh_database_urls(servers: TestServers, worker_number: int) -> DatabaseUrls:
    """A migrated database of this test alone, for tests that change its structure or its roles."""
    return servers.new_database(f"fresh_{worker_number}")


@pytest.fixture
def empty_database_urls(servers: TestServers, worker_number: int) -> DatabaseUrls:
    """A database without any table, for tests of the migrations themselves."""
    return servers.new_database(f"empty_{worker_number}", template=None)


@pytest.fixture(scope="session")
def clean_tables(database_urls: DatabaseUrls) -> Iterator[list[CleanTables]]:
    """Hold the cleaner of the worker's database; a list, because a database made anew needs a new one."""
    holder = [CleanTables(database_urls.owner)]
    yield holder
    holder[0].close()


@pytest.fixture(autouse=True)
def _as_the_template(request: pytest.FixtureRequest) -> Iterator[None]:
    """Bring the worker's database back after a test that used it."""
    if "database_urls" not in request.fixturenames:
        yield
        return
    holder: list[CleanTables] = request.getfixturevalue("clean_tables")
    yield
    if not holder[0].reset():
        holder[0].close()
        urls: DatabaseUrls = request.getfixturevalue("database_urls")
        servers: TestServers = request.getfixturevalue("servers")
        servers.new_database(f"worker_{request.getfixturevalue('worker_number')}")
        holder[0] = CleanTables(urls.owner)


@pytest.fixture(scope="session")
def database(database_urls: DatabaseUrls) -> Iterator[Database]:
    """The worker's database as the role that serves."""
    opened = Database(database_urls.serving)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def owner_database(database_urls: DatabaseUrls) -> Iterator[Database]:
    """The worker's database as its owner."""
    opened = Database(database_urls.owner, pool_size=4)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def valkey_url(servers: TestServers, worker_number: int) -> str:
    """A numbered database of the run's Valkey, of this worker alone, emptied after every test."""
    return f"{servers.valkey.url}?db={worker_number % 16}"


@pytest.fixture(autouse=True)
def _valkey_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "valkey_url" in request.fixturenames:
        with redis.Redis.from_url(request.getfixturevalue("valkey_url")) as client:
            client.flushdb()


@pytest.fixture(scope="session")
def environment(
    database_urls: DatabaseUrls, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, str]:
    """What a test process is started with: the worker's servers, random secrets, a mailbox for the SMS provider."""
    return make_secrets() | {
        "BAITONG_ENVIRONMENT": "test",
        "DATABASE_URL": database_urls.serving,
        "DATABASE_OWNER_URL": database_urls.owner,
        "REDIS_URL": valkey_url,
        "BAITONG_SMS_MAILBOX": str(tmp_path_factory.mktemp("sms") / "mailbox"),
        "BAITONG_OBJECTS_DIR": str(tmp_path_factory.mktemp("stored") / "objects"),
    }


@pytest.fixture(scope="session")
def settings(environment: Mapping[str, str]) -> Settings:
    """Settings of a test process."""
    return load_settings(environment)
