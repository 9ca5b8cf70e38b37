"""Runs the whole product as one: servers, set-up, web and worker; keeps each running, and stops them together.

The main thread forks everything and lives to the end: the tie of a child to its parent is to the thread that forked.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import FrameType

from backend.infrastructure.embedded.announcement import announcement
from backend.infrastructure.embedded.console import Console
from backend.infrastructure.embedded.data_dir import DataDir
from backend.infrastructure.embedded.die_with_parent import before_exec
from backend.infrastructure.embedded.leftovers import become_the_only_supervisor, outlive_leftovers
from backend.infrastructure.embedded.parts import Parts
from backend.infrastructure.embedded.plan import Child, Plan
from backend.infrastructure.embedded.ports import any_free_port, hold_kept_port, is_free
from backend.infrastructure.embedded.readiness import WebReadiness
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.running import Process, Running
from backend.infrastructure.embedded.serve_env import write_env_files

_READY_TIMEOUT_S = 90.0
_HOPELESS_DEATHS = 4
_READY_POLL_S = 0.03
_WATCH_POLL_S = 0.05
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

MakePlan = Callable[[DataDir, int, int], Plan]


class StopAsked(BaseException):
    """Ctrl-C, or TERM. Not an error: nothing may swallow it on its way up."""


class Supervisor:
    """One run of the product on one data folder."""

    def __init__(self, data: DataDir, console: Console, *, environment: Mapping[str, str], make_plan: MakePlan) -> None:
        self._data = data
        self._console = console
        self._environment = environment
        self._make_plan = make_plan
        self._run_id = secrets.token_hex(8)
        self._parts = Parts()
        self._children: list[Running] = []
        self._inherited: tuple[int, ...] = ()

    def run(self) -> None:
        """Start everything, keep it running, and stop all of it when asked to or when the start fails."""
        for stop in _STOPS:
            # Set even where a shell made us ignore SIGINT ("command &" in a script).
            signal.signal(stop, _ask_to_stop)
        try:
            self._data.prepare()
            become_the_only_supervisor(self._data.root / "supervisor.lock")
            self._inherited = (outlive_leftovers(self._data.root / "alive.lock", self._console),)
            port = hold_kept_port(self._data.root / "port")
            plan = self._start(port.number)
            self._await_ready(plan, port.number)
            self._console.show(announcement(self._data, port=port.number, elapsed_s=self._console.elapsed_s))
            while True:
                self._tend_all()
                time.sleep(_WATCH_POLL_S)
        except StopAsked:
            self._console.step("正在停止", "stopping")
        finally:
            for stop in _STOPS:
                signal.signal(stop, signal.SIG_IGN)
            self._stop_all()

    def _start(self, port: int) -> Plan:
        self._parts.start(self._data, self._console, self._environment, self._inherited)
        fcm_port = self._fcm_port()
        write_env_files(self._data, owner_url=self._parts.owner_url, addresses=self._addresses(fcm_port))
        plan = self._make_plan(self._data, port, fcm_port)
        self._set_up(plan)
        for child in plan.children:
            endings = ((signal.SIGTERM, child.stop_patience_s), (signal.SIGKILL, 5.0))
            running = Running(child.name, lambda child=child: self._launch(child, plan), endings=endings)  # type: ignore[misc]
            self._children.append(running)
            running.start()
        self._console.step("正在启动网站与后台任务", "starting web and worker")
        return plan

    def _set_up(self, plan: Plan) -> None:
        """Migrate and load, as the owner. Its own progress goes to the terminal."""
        process = subprocess.Popen(  # noqa: S603 - the project's own command
            plan.setup,
            cwd=plan.working_dir,
            env=self._child_environment() | {"DATABASE_OWNER_URL": self._parts.owner_url},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self._inherited,
            preexec_fn=before_exec(signal.SIGKILL),  # noqa: PLW1509 - one prctl call, made ready before the fork
        )
        try:
            code = process.wait()
        except StopAsked:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        if code != 0:
            raise StartRefused(
                "数据库迁移或城市数据导入失败，原因见上。改正后再次运行 make run 即可，已完成的部分不会重复。",
                "Migrating or loading failed; the reason is above. Mend it and run again: what is done stays done.",
            )

    def _launch(self, child: Child, plan: Plan) -> Process:
        with self._data.log(child.name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the project's own commands
                child.command,
                cwd=plan.working_dir,
                env=self._child_environment() | dict(child.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self._inherited,
                preexec_fn=before_exec(child.when_orphaned),  # noqa: PLW1509 - as above
            )

    def _await_ready(self, plan: Plan, port: int) -> None:
        readiness = WebReadiness(port=port, run_id=self._run_id, workers=plan.web_workers)
        deadline = time.monotonic() + _READY_TIMEOUT_S
        while not readiness.reached():
            self._tend_all()
            hopeless = [child.name for child in self._children if child.quick_deaths >= _HOPELESS_DEATHS]
            if hopeless or time.monotonic() > deadline:
                name = hopeless[0] if hopeless else "web"
                log = self._data.log(name)
                tail = log.read_text(encoding="utf-8", errors="replace")[-2000:]
                raise StartRefused(
                    f"{name} 无法启动。{log} 的结尾：\n{tail}", f"{name} does not start; see its log above."
                )
            if readiness.stranger is not None:
                raise StartRefused(f"端口 {port} 由别的程序应答。", f"Another program answers on port {port}.")
            time.sleep(_READY_POLL_S)

    def _tend_all(self) -> None:
        for running in (*self._parts.running, *self._children):
            code = running.tend()
            if code is not None:
                self._console.warn(
                    f"{running.name} 已退出（{code}），正在重启", f"{running.name} ended: starting again"
                )

    def _stop_all(self) -> None:
        for group in (self._children, *([part] for part in reversed(self._parts.running))):
            for running in group:
                running.ask_to_stop()
            for running in group:
                running.stop()
        self._console.step("已全部停止", "all stopped")

    def _child_environment(self) -> dict[str, str]:
        """The environment of everything that serves: without the owner, and free to keep compiled modules."""
        without = {"DATABASE_OWNER_URL", "PYTHONDONTWRITEBYTECODE"}
        kept = {name: value for name, value in self._environment.items() if name not in without}
        return kept | {
            "BAITONG_DATA_DIR": str(self._data.root),
            "BAITONG_RUN_ID": self._run_id,
            "PYTHONUNBUFFERED": "1",
        }

    def _addresses(self, fcm_port: int) -> dict[str, str]:
        return {
            "DATABASE_URL": self._parts.serving_url,
            "REDIS_URL": self._parts.redis_url,
            "BAITONG_RUN_ID": self._run_id,
            "BAITONG_SMS_MAILBOX": str(self._data.sms_mailbox),
            "BAITONG_FCM_CREDENTIALS_FILE": str(self._data.fcm_credentials),
            "BAITONG_FCM_BASE_URL": f"http://127.0.0.1:{fcm_port}",
        }

    def _fcm_port(self) -> int:
        """Keep the loopback FCM's port while it stays free. Nobody outside knows it, so it may change."""
        kept = self._data.root / "fcm-port"
        number = int(kept.read_text(encoding="utf-8")) if kept.exists() else 0
        if not number or not is_free(number):
            number = any_free_port()
            kept.write_text(f"{number}\n", encoding="utf-8")
        return number


def _ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
    raise StopAsked
