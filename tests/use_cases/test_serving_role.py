"""The start is refused for a role that could rewrite history: by right, by ownership, or by a membership."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from backend.infrastructure.database import Database
from backend.infrastructure.roles_check import UnsafeServingRole, refuse_unsafe_role
from tests.servers import DatabaseUrls

ROLE = "role_under_test"
SECRET = "only-in-this-test"


@pytest.fixture
def role_with(fresh_database_urls: DatabaseUrls, worker_number: int) -> Iterator[Callable[[str], Database]]:
    """Make a role that serves as the real one does, and give it one thing more; opens the database as that role."""
    role, opened = f"{ROLE}_{worker_number}", []
    url = make_url(fresh_database_urls.owner)
    with psycopg.connect(fresh_database_urls.owner, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}").format(sql.Identifier(role), SECRET))
        owner.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(*map(sql.Identifier, (url.database, role))))
        owner.execute(sql.SQL("GRANT SELECT, INSERT ON case_ledger, outbox_event TO {}").format(sql.Identifier(role)))

        def make(statement: str) -> Database:
            if statement:
                owner.execute(sql.SQL(statement).format(role=sql.Identifier(role), owner=sql.Identifier(url.username)))
            as_role = url.set(username=role, password=SECRET).render_as_string(hide_password=False)
            opened.append(Database(as_role, pool_size=1))
            return opened[-1]

        yield make
        for database in opened:
            database.dispose()
        owner.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(url.username)))
        owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def test_the_role_that_the_product_serves_by_is_taken(database):
    refuse_unsafe_role(database)


def test_a_role_with_exactly_what_it_needs_is_taken_so_that_each_refusal_below_has_one_cause(role_with):
    refuse_unsafe_role(role_with(""))


@pytest.mark.parametrize(
    "more",
    [
        "ALTER ROLE {role} SUPERUSER",
        "GRANT UPDATE ON case_ledger TO {role}",
        "GRANT DELETE ON outbox_event TO {role}",
        "GRANT TRUNCATE ON case_ledger TO {role}",
        "GRANT UPDATE (hash) ON case_ledger TO {role}",
        "GRANT {owner} TO {role}",
        "ALTER TABLE case_ledger OWNER TO {role}",
        "ALTER SCHEMA public OWNER TO {role}",
    ],
)
def test_a_role_that_may_do_one_thing_more_is_refused(role_with, more):
    with pytest.raises(UnsafeServingRole, match="DATABASE_URL"):
        refuse_unsafe_role(role_with(more))


def test_a_database_that_was_never_migrated_is_refused_with_the_cure(empty_database_urls: DatabaseUrls):
    database = Database(empty_database_urls.serving, pool_size=1)

    with pytest.raises(UnsafeServingRole, match="flask db upgrade"):
        refuse_unsafe_role(database)
    database.dispose()
