"""The servers of one test run: a real PostgreSQL and a real Valkey, shared by all workers, and a database for each."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from backend.infrastructure import grants, migrating
from backend.infrastructure.database import Database
from backend.infrastructure.embedded.cluster import SERVING_ROLE
from backend.infrastructure.embedded.locks import exclusive
from backend.infrastructure.embedded.throwaway import ThrowawayServers, throwaway_home
from backend.kernel.clock import SystemClock
from backend.organization.use_cases.city_files import city_source
from backend.organization.use_cases.load_city import load_city
from mobile_api.cli.rules import RULE_LOADERS
from service_catalog.ingestion.load import load_catalogue
from service_catalog.pinyin import pinyin_of
from tests.small_catalogue import small_feed

TEMPLATE = "template_baitong"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrls:
    """One database, seen as its owner and as the role that serves."""

    owner: str
    serving: str


class TestServers(ThrowawayServers):
    """The servers of a run, with a migrated template that databases are copied from."""

    __test__ = False

    @classmethod
    def started(cls) -> TestServers:
        """Start both in a new folder."""
        servers = cls(throwaway_home())
        servers.start()
        return servers

    def urls(self, database: str) -> DatabaseUrls:
        """Return the URLs of a database of this server."""
        return DatabaseUrls(owner=self.postgres.owner_url(database), serving=self.postgres.serving_url(database))

    def new_database(self, name: str, *, template: str | None = TEMPLATE) -> DatabaseUrls:
        """Make a database afresh: migrated, as the template is, or empty without one. An older one is dropped."""
        if template is not None:
            self._make_template()
        with psycopg.connect(self.postgres.owner_url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self.postgres.make_database(name, template=template)
        return self.urls(name)

    def _make_template(self) -> None:
        """Migrate the template once for all workers: the first to come makes it, the others wait."""
        done = self.home / "template.done"
        with exclusive(self.home / "template.lock"):
            if done.exists():
                return
            urls = self.new_database(TEMPLATE, template=None)
            migrating.upgrade(urls.owner)
            grants.apply_grants(urls.owner, SERVING_ROLE)
            _load(urls.owner)
            done.touch()


def _load(owner_url: str) -> None:
    """Put the real city, a small catalogue and the dated rules into the template, so that every test finds them."""
    database = Database(owner_url, pool_size=1)
    try:
        with database.transaction() as session:
            load_city(session, source=city_source(), now=SystemClock().now(), progress=_say_nothing)
            load_catalogue(
                session,
                feed=small_feed(),
                read_title=pinyin_of,
                now=SystemClock().now(),
                progress=_say_nothing,
            )
            for loader in RULE_LOADERS:
                loader(session)
    finally:
        database.dispose()


def _say_nothing(_line: str) -> None:
    """Take a progress line and drop it."""
