"""A real PostgreSQL with nothing to install: on a Unix socket, with an owner and a serving role.

Whether it runs is asked by a connection and never by a pid: pids are used again, and zombies look alive.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from backend.infrastructure.embedded.cluster import (
    OWNER_ROLE,
    SERVER_ENVIRONMENT,
    SERVING_ROLE,
    Cluster,
    locate_cluster,
    make_data,
)
from backend.infrastructure.embedded.die_with_parent import before_exec
from backend.infrastructure.embedded.locks import exclusive
from backend.infrastructure.embedded.private_files import kept_password
from backend.infrastructure.embedded.refusals import StartRefused

DATABASE = "baitong"
_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    # DETAIL lines and statements may hold personal data; the log must not.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
_START_TIMEOUT_S = 120.0
_FAST_STOP_S = 30.0
_POLL_S = 0.02
_RETRY_S = 0.2
_TELL_EVERY_S = 3.0
_STILL_HELD = ("still in use", "already exists", "Is another postmaster")


class Postgres:
    """The embedded server of one home folder, and the two roles on it."""

    def __init__(
        self,
        home: Path,
        *,
        log: Path | None = None,
        options: Mapping[str, str] | None = None,
        inherited: tuple[int, ...] = (),
    ) -> None:
        secret_dir = home / "secrets"
        home.mkdir(parents=True, exist_ok=True)
        secret_dir.mkdir(exist_ok=True, mode=0o700)
        self._lock = home / "start.lock"
        with exclusive(self._lock):
            self.cluster: Cluster = locate_cluster(home / "server")
            self._owner_password = kept_password(secret_dir / "owner.password")
            self._serving_password = kept_password(secret_dir / "serving.password")
        self._log = log or home / "postgres.log"
        self._options = _OPTIONS | dict(options or {})
        self._inherited = inherited
        self.process: subprocess.Popen[bytes] | None = None

    def owner_url(self, database: str = DATABASE) -> str:
        """Return the URL that migrates and loads."""
        return self._url(OWNER_ROLE, self._owner_password, database)

    def serving_url(self, database: str = DATABASE) -> str:
        """Return the URL that serves: no superuser, no owner."""
        return self._url(SERVING_ROLE, self._serving_password, database)

    def start(
        self, *, timeout_s: float = _START_TIMEOUT_S, still_waiting: Callable[[float], None] = lambda _s: None
    ) -> None:
        """Make the data once, start the server unless it answers already, make roles and database once.

        ``still_waiting`` is called with the seconds so far, every few of them: recovery after a crash may take long.
        """
        with exclusive(self._lock):
            if not self.answers():
                make_data(self.cluster, self._owner_password, self._inherited)
                self._launch_until_ready(timeout_s, still_waiting)
            try:
                self._make_serving_role()
                self.make_database(DATABASE)
            except psycopg.Error as error:
                raise self._refusal("无法建立数据库或角色", "could not make its database or roles") from error

    def answers(self) -> bool:
        """Tell whether the server takes a connection of its owner now."""
        try:
            psycopg.connect(self.owner_url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StartRefused(
                    f"数据库不认 {self._lock.parent / 'secrets'} 里的口令：请恢复该文件，或删除整个数据目录重来。",
                    "The database does not take the kept password: restore that file, or remove the data folder.",
                ) from error
            return False
        return True

    def stop(self) -> None:
        """Stop the server that this object started: fast, then hard. Committed data stays either way."""
        process, self.process = self.process, None
        if process is None:
            return
        for ending, patience_s in ((signal.SIGINT, _FAST_STOP_S), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if process.poll() is not None:
                return
            process.send_signal(ending)
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience_s)

    def make_database(self, name: str, *, template: str | None = None) -> None:
        """Make a database that only the two roles may enter, unless it is there."""
        with psycopg.connect(self.owner_url("postgres"), autocommit=True) as connection:
            database = sql.Identifier(name)
            source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}{}").format(database, source))
            # Every time: a start that was killed after the line above has left them out.
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
            role = sql.Identifier(SERVING_ROLE)
            connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.cluster.socket_dir), safe='')}"

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server process without waiting. The caller knows that none runs."""
        self._forget_reused_pid()
        options = [word for name, value in self._options.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [
                    str(self.cluster.bin_dir / "postgres"),
                    *("-D", str(self.cluster.data_dir), "-k", str(self.cluster.socket_dir)),
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=SERVER_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
                pass_fds=self._inherited,
                preexec_fn=before_exec(signal.SIGINT),  # noqa: PLW1509 - one prctl call, made ready before the fork
                **self.cluster.account.identity,
            )
        return self.process

    def _launch_until_ready(self, timeout_s: float, still_waiting: Callable[[float], None]) -> None:
        """Start, and start again while the remains of a killed server still hold the data."""
        begun_s = time.monotonic()
        deadline, tell_s = begun_s + timeout_s, begun_s + _TELL_EVERY_S
        self.launch()
        while not self.answers():
            if self.process is None or self.process.poll() is not None:
                if not any(word in self._last_words() for word in _STILL_HELD) or time.monotonic() > deadline:
                    raise self._refusal("退出", "exited")
                time.sleep(_RETRY_S)
                self.launch()
            if time.monotonic() > deadline:
                raise self._refusal("迟迟未就绪", "did not become ready")
            if time.monotonic() > tell_s:
                tell_s += _TELL_EVERY_S
                still_waiting(time.monotonic() - begun_s)
            time.sleep(_POLL_S)

    def _forget_reused_pid(self) -> None:
        """Remove a pid file whose pid belongs by now to some other program: PostgreSQL would wait for it for ever.

        The other program may be another clone's PostgreSQL, so its folder decides. Two servers on one folder stay
        impossible: the shared memory of the first, which the second finds by the folder, refuses it.
        """
        pid_file = self.cluster.data_dir / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
            folder = Path(f"/proc/{pid}/cwd").readlink()
        except (OSError, ValueError):
            return
        if folder != self.cluster.data_dir:
            pid_file.unlink(missing_ok=True)

    def _make_serving_role(self) -> None:
        with psycopg.connect(self.owner_url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (SERVING_ROLE,)).fetchone()
            if known and self._serving_role_enters():
                return
            verb = sql.SQL("ALTER" if known else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}").format(
                    verb, sql.Identifier(SERVING_ROLE), sql.Literal(self._serving_password)
                )
            )

    def _serving_role_enters(self) -> bool:
        try:
            psycopg.connect(self.serving_url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _last_words(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-1500:]

    def _refusal(self, chinese: str, english: str) -> StartRefused:
        return StartRefused(
            f"PostgreSQL {chinese}。日志 {self._log} 的结尾：\n{self._last_words()}",
            f"PostgreSQL {english}; its log ends above. A full disk (df -h) is the usual cause.",
        )
