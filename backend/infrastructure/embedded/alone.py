"""The installation's own database without anything that serves: for a restore, and for whoever must look at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.infrastructure.embedded.console import Console
from backend.infrastructure.embedded.data_dir import DataDir
from backend.infrastructure.embedded.leftovers import become_the_only_supervisor, outlive_leftovers
from backend.infrastructure.embedded.postgres import Postgres
from backend.infrastructure.embedded.serve_env import write_env_files

# Commands of the database need no Valkey; their settings name one.
_NO_VALKEY = "redis://127.0.0.1:1"


@contextmanager
def database_alone(root: Path, console: Console) -> Iterator[dict[str, str]]:
    """Run the database of this folder for the body, with the supervisor's lock; gives the settings that reach it.

    Secrets that ``serve.env`` holds already stay: put the old keys there before a restore.
    """
    data = DataDir(root)
    data.open()
    become_the_only_supervisor(root / "supervisor.lock")
    inherited = (outlive_leftovers(root / "alive.lock", console),)
    postgres = Postgres(root / "postgres", log=data.log("postgres"), inherited=inherited)
    try:
        postgres.start()
        addresses = {"DATABASE_URL": postgres.serving_url()}
        write_env_files(data, owner_url=postgres.owner_url(), addresses=addresses)
        yield addresses | {
            "BAITONG_DATA_DIR": str(root),
            "DATABASE_OWNER_URL": postgres.owner_url(),
            "REDIS_URL": _NO_VALKEY,
        }
    finally:
        postgres.stop()
