"""The migrations: one line of revisions, equal to the models, and the same after going down and up again."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import procrastinate
import psycopg
from alembic.script import ScriptDirectory

from backend.infrastructure import migrating
from tests.servers import DatabaseUrls

VERSIONS = Path(migrating.__file__).resolve().parent.parent / "migrations"


def schema_of(url: str) -> str:
    """Return the whole structure of a database as PostgreSQL's own catalogues tell it, in one order."""
    questions = (
        """SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
           WHERE table_schema = 'public' ORDER BY 1, 2""",
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        """SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
           AND prokind = 'f' ORDER BY 1, 2""",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
        "SELECT sequencename, increment_by FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1",
    )
    with psycopg.connect(url) as connection:
        return "\n".join(str(row) for question in questions for row in connection.execute(question).fetchall())


def test_there_is_one_line_of_revisions():
    script = ScriptDirectory(str(VERSIONS))

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_the_migrated_database_equals_the_models(empty_database_urls: DatabaseUrls):
    migrating.upgrade(empty_database_urls.owner)

    migrating.check(empty_database_urls.owner)


def test_down_and_up_again_gives_the_very_same_structure(empty_database_urls: DatabaseUrls):
    migrating.upgrade(empty_database_urls.owner)
    before = schema_of(empty_database_urls.owner)

    migrating.downgrade(empty_database_urls.owner, revision="base")
    nothing = schema_of(empty_database_urls.owner)
    migrating.upgrade(empty_database_urls.owner)

    assert "command_case" not in nothing
    assert "procrastinate" not in nothing
    assert schema_of(empty_database_urls.owner) == before


def test_the_schema_of_the_queue_is_that_of_the_pinned_version():
    first = (VERSIONS / "versions" / "0001_infrastructure.py").read_text(encoding="utf-8")

    assert f"schema of version {procrastinate.__version__}" in first


def test_no_migration_imports_a_model():
    for revision in (VERSIONS / "versions").glob("*.py"):
        assert not re.search(r"^(from|import) (backend|mobile_api)", revision.read_text(encoding="utf-8"), re.MULTILINE)


def test_a_migration_that_waits_for_a_lock_gives_up_soon_and_leaves_no_trace(empty_database_urls: DatabaseUrls):
    migrating.upgrade(empty_database_urls.owner, revision="0003_identity")
    with psycopg.connect(empty_database_urls.owner) as holder:
        holder.execute("LOCK TABLE person IN ACCESS EXCLUSIVE MODE")

        # In a process of its own: what gives up must not be this one.
        code = "import sys; from backend.infrastructure import migrating; migrating.upgrade(sys.argv[1])"
        finished = subprocess.run(
            [sys.executable, "-c", code, empty_database_urls.owner],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert finished.returncode != 0
    assert "lock timeout" in finished.stderr
    with psycopg.connect(empty_database_urls.owner) as connection:
        assert connection.execute("SELECT to_regclass('command_case')").fetchone() == (None,)
