"""Starts a whole product on a data folder of its own, watches it, and stops it: the hand of the fault tests."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from backend.infrastructure.embedded.accounts import ProcessIdentity
from backend.infrastructure.embedded.data_dir import PROJECT_DIR
from backend.infrastructure.embedded.processes import holders
from backend.infrastructure.embedded.readiness import answering_worker
from tests.faults.processes import Seen, descendants, see

TINY = "tests.faults.tiny_plan"
PRODUCT = "backend.infrastructure.embedded"
READY = "已就绪"
# Whatever the machine that runs the tests has set must not reach the product under test.
_REPLACED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BAITONG_", "TINY_PLAN_")
_POLL_S = 0.02
# What the command of the product's web and that of the tiny one have in common.
_WEB = "--interface rsgi"
_PRESS_AGAIN_S = 30.0


class Product:
    """One installation: its folder, and the supervisor that runs on it now."""

    def __init__(
        self,
        home: Path,
        *,
        module: str = TINY,
        words: tuple[str, ...] = ("run",),
        environment: Mapping[str, str] | None = None,
        python: str = sys.executable,
        identity: ProcessIdentity | None = None,
    ) -> None:
        self.home = home
        self.data_dir = home / ".data"
        # Away from 8700, where other installations of this machine begin, and from the ports of outgoing connections.
        self.first_port = random.randrange(10_000, 30_000, 100)
        self._command = (python, "-m", module, *words)
        self._environment = dict(environment or {})
        self._identity = identity or ProcessIdentity()
        self._starts = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        """Start the supervisor as a shell would: in its own session, so that no signal of ours reaches the children."""
        self._starts += 1
        own = {"BAITONG_DATA_DIR": str(self.data_dir), "BAITONG_FIRST_PORT": str(self.first_port)}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(_REPLACED)}
        with self._output_file.open("wb") as output:
            self.process = subprocess.Popen(
                self._command,
                cwd=PROJECT_DIR,
                env=inherited | own | self._environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._identity,
            )

    def await_ready(self, *, within_s: float = 60.0) -> float:
        """Wait for the announcement. Returns the seconds it took."""
        begun_s = time.monotonic()
        wait_until(lambda: READY in self.output or self.has_ended(), within_s=within_s, what=f"ready: {self.output}")
        assert READY in self.output, self.output
        return time.monotonic() - begun_s

    def await_end(self, *, within_s: float = 60.0) -> int:
        """Wait for the supervisor's own end. Returns its exit code."""
        assert self.process is not None
        return self.process.wait(within_s)

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ask it to stop, wait, and return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.await_end(within_s=_PRESS_AGAIN_S)
        except subprocess.TimeoutExpired:
            # Before the first of our modules is there Python may lose a Ctrl-C: somebody at a terminal presses again.
            self.process.send_signal(how)
            return self.await_end()

    def kill_supervisor(self) -> None:
        """Kill -9 the supervisor alone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def has_ended(self) -> bool:
        """Tell whether the supervisor has ended."""
        return self.process is None or self.process.poll() is not None

    @property
    def _output_file(self) -> Path:
        return self.home / f"output-{self._starts}.txt"

    @property
    def output(self) -> str:
        """What the last start has written to its terminal."""
        return self._output_file.read_text(encoding="utf-8", errors="replace") if self._output_file.exists() else ""

    @property
    def port(self) -> int:
        """The port that the installation keeps."""
        return int((self.data_dir / "port").read_text(encoding="utf-8"))

    @property
    def members(self) -> set[int]:
        """The pids of everything that was ever started on this folder and still runs, whoever its parent is."""
        return {pid for pid in holders(self.data_dir / "alive.lock") if see(pid)}

    def tree(self) -> list[Seen]:
        """Return everything that the supervisor of now runs, without itself."""
        assert self.process is not None
        return descendants(self.process.pid)

    def family(self) -> set[int]:
        """Return the pids of the supervisor and of everything below it."""
        assert self.process is not None
        return {self.process.pid} | {seen.pid for seen in self.tree()}

    def one(self, words: str) -> Seen:
        """Return the child of the supervisor whose command holds these words. There must be exactly one."""
        assert self.process is not None
        found = [seen for seen in self.tree() if seen.parent == self.process.pid and words in seen.command]
        assert len(found) == 1, found
        return found[0]

    @property
    def web(self) -> Seen:
        """The web server's main process."""
        return self.one(_WEB)

    @property
    def postgres(self) -> Seen:
        """The database server's main process."""
        return self.one("bin/postgres")

    def web_workers(self, *, within_s: float = 30.0) -> dict[int, Seen]:
        """Return the web workers by pid, when as many of them as there should be have answered."""
        answered: dict[int, Seen] = {}

        def all_answered() -> bool:
            answer = answering_worker(self.port)
            seen = see(answer[1]) if answer else None
            if seen is not None:
                answered[seen.pid] = seen
            return sum(worker.runs() for worker in answered.values()) >= 2

        wait_until(all_answered, within_s=within_s, what="two web workers")
        return {pid: worker for pid, worker in answered.items() if worker.runs()}

    def remove(self) -> None:
        """End whatever is left of it, and remove its folders."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        if self.data_dir.exists():
            wait_until(lambda: not self.members, within_s=30, what="the end of all members")
        outside = self.data_dir / "postgres" / "server" / "outside"
        if outside.exists():
            shutil.rmtree(Path("/var/lib/baitong") / outside.read_text(encoding="utf-8"), ignore_errors=True)
        for note in self.data_dir.rglob("socket-dir"):
            shutil.rmtree(note.read_text(encoding="utf-8"), ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)


@contextmanager
def new_product(**kwargs: object) -> Iterator[Product]:
    """Give a product in a new folder that the borrowed account of a root user can reach; remove it afterwards."""
    home = Path(tempfile.mkdtemp(prefix="baitong-faults-"))
    home.chmod(0o755)
    product = Product(home, **kwargs)  # type: ignore[arg-type]  # the keywords of Product
    try:
        yield product
    finally:
        product.remove()


def wait_until(true: Callable[[], object], *, within_s: float, what: str) -> float:
    """Poll until it is so, and return the seconds it took. Fails past the bound, naming what did not come."""
    begun_s = time.monotonic()
    while not true():
        assert time.monotonic() - begun_s < within_s, f"not within {within_s} s: {what}"
        time.sleep(_POLL_S)
    return time.monotonic() - begun_s
