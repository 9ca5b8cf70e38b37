"""A real Valkey with nothing to install, on a Unix socket. It may be emptied or lost at any time."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from backend.infrastructure.embedded.accounts import Account
from backend.infrastructure.embedded.binaries import valkey_server
from backend.infrastructure.embedded.die_with_parent import before_exec
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.socket_dirs import socket_dir

_START_TIMEOUT_S = 20.0
_STOP_S = 10.0
_POLL_S = 0.01


class Valkey:
    """The embedded server of one home folder."""

    def __init__(self, home: Path, *, log: Path | None = None, inherited: tuple[int, ...] = ()) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._home = home.resolve()
        self._socket = socket_dir(self._home, Account(uid=None, gid=None)) / "valkey.sock"
        self._log = log or home / "valkey.log"
        self._inherited = inherited
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """How redis-py reaches it."""
        return f"unix://{quote(str(self._socket))}"

    def answers(self) -> bool:
        """Tell whether the server answers a PING now."""
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(self._socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False

    def start(self, *, timeout_s: float = _START_TIMEOUT_S) -> None:
        """Start the server and wait until it answers."""
        if self.answers():
            return
        self.launch()
        deadline = time.monotonic() + timeout_s
        while not self.answers():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise StartRefused(
                    f"Valkey 没有启动，原因见 {self._log}。也可设置 REDIS_URL 使用已有的服务。",
                    f"Valkey did not start; see {self._log}. REDIS_URL may name a server of yours instead.",
                )
            time.sleep(_POLL_S)

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server process without waiting."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [
                    *(valkey_server(), "--port", "0", "--unixsocket", self._socket, "--unixsocketperm", "700"),
                    *("--dir", self._home, "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                pass_fds=self._inherited,
                preexec_fn=before_exec(signal.SIGTERM),  # noqa: PLW1509 - one prctl call, made ready before the fork
            )
        return self.process

    def stop(self) -> None:
        """Stop the server that this object started."""
        process, self.process = self.process, None
        if process is None:
            return
        for ending in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is not None:
                return
            process.send_signal(ending)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_S)
