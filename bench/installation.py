"""A product of the bench's own, started as ``make run`` starts it on a new folder; bare beside it on its database."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from pathlib import Path

import psycopg
from dotenv import dotenv_values

from backend.infrastructure.embedded.data_dir import PROJECT_DIR, DataDir
from backend.infrastructure.embedded.die_with_parent import before_exec
from backend.infrastructure.embedded.plan import product_plan
from backend.infrastructure.embedded.ports import any_free_port
from backend.infrastructure.embedded.postgres import Postgres
from bench import machine
from bench.asking import ask
from bench.load import Line, LoadFailed

# One address asks for everything here. The limit still counts each request, on Valkey, as it always does.
UNLIMITED = {"BAITONG_TRAFFIC_LIMIT_PER_MINUTE": "1000000000"}
# Loaded, so that it can be asked; silent while anything is timed.
_COUNTING = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.track": "none"}
_REPLACED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BAITONG_")
_READY, _READY_WITHIN_S, _STOPPED_WITHIN_S, _POLL_S = "已就绪", 180.0, 60.0, 0.1
_SHOWN_LINES = 8
_BARE_EDGE = "bench.bare.app:edge"


class Installation:
    """A running product, and what the bench must know of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = DataDir(home / "data")
        self._output = home / "output.txt"
        self._product: subprocess.Popen[bytes] | None = None
        self._bare: subprocess.Popen[bytes] | None = None
        self.bare_port = 0

    def start(self) -> None:
        """Start the product, two web workers and all, and wait until it is ready. Raises RuntimeError."""
        self.data.open()
        self._prepare_database()
        with self._output.open("wb") as output:
            self._product = subprocess.Popen(
                (sys.executable, "-m", "backend.infrastructure.embedded", "run"),
                cwd=PROJECT_DIR,
                env=self._environment() | {"BAITONG_FIRST_PORT": str(random.randrange(10_000, 30_000, 100))},  # noqa: S311
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=before_exec(signal.SIGTERM),  # noqa: PLW1509 - one prctl call, made ready before the fork
            )
        _await(lambda: _READY in self._said() or self._ended(), self._said)
        if self._ended():
            raise RuntimeError(f"the product did not start:\n{self._said()}")

    def start_bare(self, bytes_dir: Path) -> None:
        """Start bare with the product's own server command, on the same database. It serves that folder's bytes."""
        self.bare_port = any_free_port()
        plan = product_plan(self.data, self.bare_port, 0)
        web = next(child for child in plan.children if child.name == "web")
        own = {"BAITONG_BARE_BYTES_DIR": str(bytes_dir)} | dict(web.environment)
        with (self.home / "bare.log").open("wb") as log:
            self._bare = subprocess.Popen(
                [_BARE_EDGE if word == "wsgi:edge" else word for word in web.command],
                cwd=PROJECT_DIR,
                env=self._environment() | own,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=before_exec(signal.SIGTERM),  # noqa: PLW1509 - as above
            )
        _await(lambda: _answers(self.bare_port), (self.home / "bare.log").read_text)

    def stop(self) -> None:
        """Stop both, and forget the folder and what the embedded servers kept outside of it."""
        # A worker that is held would not hear that it is to end.
        with suppress(LookupError, AssertionError):
            self.let_worker_go()
        for process, ending in ((self._bare, signal.SIGTERM), (self._product, signal.SIGINT)):
            if process is None or process.poll() is not None:
                continue
            process.send_signal(ending)
            try:
                process.wait(_STOPPED_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
        outside = self.data.root / "postgres" / "server" / "outside"
        if outside.exists():
            shutil.rmtree(Path("/var/lib/baitong") / outside.read_text(encoding="utf-8"), ignore_errors=True)
        for note in self.data.root.rglob("socket-dir"):
            shutil.rmtree(note.read_text(encoding="utf-8"), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def port(self) -> int:
        """Where the product answers."""
        return int((self.data.root / "port").read_text(encoding="utf-8"))

    @property
    def pid(self) -> int:
        """The supervisor, above all of the product."""
        assert self._product is not None, "not started"  # noqa: S101 - a mistake of the bench itself
        return self._product.pid

    @property
    def web(self) -> int:
        """The product's web server."""
        return machine.child_named(self.pid, "mobile_api.server")

    @property
    def bare(self) -> int:
        """Bare's web server."""
        assert self._bare is not None, "not started"  # noqa: S101 - as above
        return self._bare.pid

    @property
    def roots(self) -> list[int]:
        """All processes that others stand below: the product's, and bare's where it runs."""
        return [process.pid for process in (self._product, self._bare) if process is not None]

    @property
    def postgres(self) -> int:
        """The database server."""
        return machine.child_named(self.pid, "bin/postgres")

    def hold_worker(self) -> None:
        """Stop the worker where it stands, so that neither side of a comparison pays for the jobs of the other."""
        self._tell_worker(signal.SIGSTOP)

    def let_worker_go(self) -> None:
        """Let the worker go on."""
        self._tell_worker(signal.SIGCONT)

    def troubles_of_web(self) -> str:
        """Return the last warnings and errors of the product's web log: why an answer failed."""
        log = self.data.log("web").read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join([line[:3000] for line in log if "info" not in line][-_SHOWN_LINES:])

    def owner(self) -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection of the database's owner, in autocommit."""
        return psycopg.connect(str(dotenv_values(self.data.owner_env)["DATABASE_OWNER_URL"]), autocommit=True)

    def settings(self) -> dict[str, str]:
        """Return what everything that serves is set to."""
        serving = {name: value for name, value in dotenv_values(self.data.serve_env).items() if value is not None}
        return serving | UNLIMITED | {"BAITONG_DATA_DIR": str(self.data.root)}

    def _tell_worker(self, what: signal.Signals) -> None:
        for pid in machine.tree(machine.child_named(self.pid, "flask worker")):
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def _prepare_database(self) -> None:
        """Make the data as the product would, and have the server load what counts statements."""
        postgres = Postgres(self.data.root / "postgres", log=self.data.log("postgres"))
        try:
            postgres.start()
            with psycopg.connect(postgres.owner_url(), autocommit=True) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
                for name, value in _COUNTING.items():
                    connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        finally:
            postgres.stop()

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_REPLACED)}
        return inherited | UNLIMITED | {"BAITONG_DATA_DIR": str(self.data.root)}

    def _said(self) -> str:
        return self._output.read_text(encoding="utf-8", errors="replace")

    def _ended(self) -> bool:
        return self._product is None or self._product.poll() is not None


@contextmanager
def new_installation() -> Iterator[Installation]:
    """Give a running product in a new folder (under TMPDIR), and leave nothing of it behind."""
    home = Path(tempfile.mkdtemp(prefix="baitong-bench-"))
    # The account that a root user's database runs as has to pass through.
    home.chmod(0o755)
    installation = Installation(home)
    try:
        installation.start()
        yield installation
    except LoadFailed:
        print(installation.troubles_of_web(), file=sys.stderr)
        raise
    finally:
        installation.stop()


def _answers(port: int) -> bool:
    return ask(port, Line(path="/hello")).status == HTTPStatus.OK


def _await(true: Callable[[], bool], said: Callable[[], str]) -> None:
    """Wait until it is so. Raises RuntimeError, with what was said, when it takes too long."""
    deadline_s = time.monotonic() + _READY_WITHIN_S
    while not true():
        if time.monotonic() > deadline_s:
            raise RuntimeError(f"not ready in time:\n{said()[-2000:]}")
        time.sleep(_POLL_S)
