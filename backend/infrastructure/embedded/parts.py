"""The database and the cache of a run: the embedded servers, or what the environment names in their place."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from backend.infrastructure.embedded.console import Console
from backend.infrastructure.embedded.data_dir import DataDir
from backend.infrastructure.embedded.postgres import Postgres
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.running import Running
from backend.infrastructure.embedded.valkey import Valkey

_POSTGRES_ENDINGS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_VALKEY_ENDINGS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))


@dataclass(slots=True, kw_only=True)
class Parts:
    """Where the two are reached, and those of them that we keep running."""

    owner_url: str = field(default="", repr=False)
    serving_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    running: list[Running] = field(default_factory=list)

    def start(
        self, data: DataDir, console: Console, environment: Mapping[str, str], inherited: tuple[int, ...]
    ) -> None:
        """Start what the environment does not name. What runs is in ``running``, also after a failure."""
        self._start_database(data, console, environment, inherited)
        self.redis_url = environment.get("REDIS_URL", "")
        if self.redis_url:
            console.step("使用 REDIS_URL 指定的 Valkey/Redis", "using REDIS_URL")
            return
        valkey = Valkey(data.root / "valkey", log=data.log("valkey"), inherited=inherited)
        with _stopped_on_failure(valkey):
            valkey.start()
            self._keep("valkey", valkey, _VALKEY_ENDINGS)
        self.redis_url = valkey.url
        console.step("Valkey 已启动", "Valkey is up")

    def _start_database(
        self, data: DataDir, console: Console, environment: Mapping[str, str], inherited: tuple[int, ...]
    ) -> None:
        self.serving_url = environment.get("DATABASE_URL", "")
        self.owner_url = environment.get("DATABASE_OWNER_URL", "")
        if bool(self.serving_url) != bool(self.owner_url):
            raise StartRefused(
                "DATABASE_URL（服务角色）与 DATABASE_OWNER_URL（属主角色）必须同时设置，或都不设置。",
                "Set both DATABASE_URL (the serving role) and DATABASE_OWNER_URL (the owner), or neither.",
            )
        if self.serving_url:
            console.step("使用 DATABASE_URL 指定的数据库", "using DATABASE_URL")
            return
        if not (data.root / "postgres").exists():
            console.step("首次运行：准备 PostgreSQL 程序与数据", "first run: making the PostgreSQL data")
        postgres = Postgres(data.root / "postgres", log=data.log("postgres"), inherited=inherited)
        with _stopped_on_failure(postgres):
            postgres.start(
                still_waiting=lambda waited_s: console.step(
                    f"PostgreSQL 正在恢复，已等待 {waited_s:.0f} 秒", "PostgreSQL is still recovering"
                )
            )
            self._keep("postgres", postgres, _POSTGRES_ENDINGS)
        self.owner_url, self.serving_url = postgres.owner_url(), postgres.serving_url()
        console.step(f"PostgreSQL {postgres.cluster.major} 已启动", "PostgreSQL is up")

    def _keep(self, name: str, server: Postgres | Valkey, endings: tuple[tuple[signal.Signals, float], ...]) -> None:
        running = Running(name, server.launch, endings=endings)
        running.start(server.process)
        self.running.append(running)


@contextmanager
def _stopped_on_failure(server: Postgres | Valkey) -> Iterator[None]:
    """Stop a server whose start failed or was cut short by Ctrl-C: nobody else knows of it yet."""
    try:
        yield
    except BaseException:
        server.stop()
        raise
