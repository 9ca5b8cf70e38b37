"""Both servers for a few minutes: for checks and tests, in a folder that goes with them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.infrastructure.embedded.first_secrets import make_secrets
from backend.infrastructure.embedded.postgres import Postgres
from backend.infrastructure.embedded.valkey import Valkey

# Nothing of it is kept, so it may be lost. This is the only place that turns these off.
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class ThrowawayServers:
    """Both servers in one folder. The process that starts them stops them; others join by the folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.postgres = Postgres(home / "postgres", options=_CARELESS)
        self.valkey = Valkey(home / "valkey")

    def start(self) -> None:
        """Start both."""
        self.postgres.start()
        self.valkey.start()

    def stop(self) -> None:
        """Stop both and remove what they kept."""
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.postgres.cluster.home, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


def throwaway_home() -> Path:
    """Make a folder that the borrowed account of a root user can reach too."""
    home = Path(tempfile.mkdtemp(prefix="baitong-throwaway-"))
    home.chmod(0o755)
    return home


def bare_settings() -> dict[str, str]:
    """Settings of a process that needs no server, such as the one that prints the API document."""
    return make_secrets() | {
        "BAITONG_ENVIRONMENT": "test",
        "DATABASE_URL": "postgresql://nobody@/nowhere",
        "REDIS_URL": "redis://127.0.0.1:1",
    }


@contextmanager
def throwaway_environment() -> Iterator[dict[str, str]]:
    """Run both servers for the body; gives the settings that reach them."""
    servers = ThrowawayServers(throwaway_home())
    try:
        servers.start()
        yield make_secrets() | {
            "BAITONG_ENVIRONMENT": "test",
            "BAITONG_DATA_DIR": str(servers.home),
            "DATABASE_URL": servers.postgres.serving_url(),
            "DATABASE_OWNER_URL": servers.postgres.owner_url(),
            "REDIS_URL": servers.valkey.url,
        }
    finally:
        servers.stop()
