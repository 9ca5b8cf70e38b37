"""Which processes make the running product. Data: the supervisor runs it, tests run a smaller one."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backend.infrastructure.embedded.data_dir import PROJECT_DIR, DataDir
from backend.infrastructure.embedded.die_with_parent import SWITCH
from backend.infrastructure.embedded.ports import HOST

WEB_WORKERS = 2
_WEB_KILL_S = 5
_FLASK = (sys.executable, "-m", "flask")
# A process whose memory is broken says where each of its threads was, without any value, before it ends.
_TRACED = {"PYTHONFAULTHANDLER": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One process: how it starts, how it is stopped, and what it gets when the supervisor itself is killed."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_patience_s: float = 10.0
    when_orphaned: signal.Signals = signal.SIGKILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that runs besides the two servers. ``setup`` runs to its end first, and may know the owner."""

    setup: tuple[str, ...]
    children: tuple[Child, ...]
    web_workers: int = WEB_WORKERS
    working_dir: Path = PROJECT_DIR


def product_plan(data: DataDir, port: int, fcm_port: int) -> Plan:
    """Return the plan of ``make run``."""
    web = Child(
        name="web",
        command=(
            # granian, with the application imported before it forks.
            *(sys.executable, "-m", "mobile_api.server", "--interface", "rsgi", "--host", HOST, "--port", str(port)),
            *("--workers", str(WEB_WORKERS), "--loop", "asyncio", "--http", "1", "--no-ws"),
            *("--respawn-failed-workers", "--respawn-interval", "0.2", "--workers-kill-timeout", str(_WEB_KILL_S)),
            # Slow senders of headers must not hold a connection for long. The default is 30 s.
            *("--http1-header-read-timeout", "10000"),
            # Path and headers together; the default of 400 KiB is more than any of ours needs. Bodies pass in pieces.
            *("--http1-buffer-size", "65536", "wsgi:edge"),
        ),
        # Sixteen threads would keep as many heaps, each with its own leftovers.
        environment=_TRACED | {SWITCH: "1", "PROMETHEUS_MULTIPROC_DIR": str(data.metrics), "MALLOC_ARENA_MAX": "2"},
        stop_patience_s=_WEB_KILL_S + 3.0,
        when_orphaned=signal.SIGTERM,
    )
    return Plan(setup=(*_FLASK, "setup"), children=(_fcm(fcm_port), web, _worker(data)))


def development_plan(data: DataDir, port: int, fcm_port: int) -> Plan:
    """Return the plan of ``make dev``: one web process that starts again when a file changes."""
    web = Child(
        name="web",
        command=(*_FLASK, "--app", "wsgi:app", "run", "--debug", "--host", HOST, "--port", str(port)),
        environment=_TRACED | {SWITCH: "1"},
    )
    return Plan(setup=(*_FLASK, "setup"), children=(_fcm(fcm_port), web, _worker(data)), web_workers=1)


def _fcm(port: int) -> Child:
    return Child(name="fcm", command=(*_FLASK, "fcm", "serve", "--port", str(port)), stop_patience_s=2.0)


def _worker(data: DataDir) -> Child:
    # Its figures are shown by the web: it has no address. KILL when orphaned: under TERM, with the database gone,
    # procrastinate hangs about 30 s.
    return Child(
        name="worker",
        command=(*_FLASK, "worker"),
        environment=_TRACED | {"PROMETHEUS_MULTIPROC_DIR": str(data.metrics)},
    )
