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
from typing import NoReturn

from backend.infrastructure.embedded.announcement import announcement
from backend.infrastructure.embedded.console import Console
from backend.infrastructure.embedded.data_dir import DataDir
from backend.infrastructure.embedded.die_with_parent import before_exec
from backend.infrastructure.embedded.free_space import SpaceWatch
from backend.infrastructure.embedded.kept_numbers import FIRST_PORT_VARIABLE, first_port, read_port, write_port
from backend.infrastructure.embedded.leftovers import become_the_only_supervisor, outlive_leftovers
from backend.infrastructure.embedded.log_files import shorten_logs
from backend.infrastructure.embedded.parts import Parts
from backend.infrastructure.embedded.plan import Child, Plan
from backend.infrastructure.embedded.ports import FIRST_PORT, any_free_port, hold_kept_port, is_free
from backend.infrastructure.embedded.readiness import WebReadiness
from backend.infrastructure.embedded.refusals import StartRefused
from backend.infrastructure.embedded.renewal import Renewals, comes_up, say_goodbye
from backend.infrastructure.embedded.running import Process, Running
from backend.infrastructure.embedded.serve_env import write_env_files
from backend.infrastructure.embedded.stopping import StopAsked, Stops

_READY_TIMEOUT_S = 120.0
_HOPELESS_DEATHS = 4
_READY_POLL_S = 0.03
_WATCH_POLL_S = 0.05
_TELL_EVERY_S = 5.0
_UPKEEP_EVERY_S = 5.0

MakePlan = Callable[[DataDir, int, int], Plan]


class Supervisor:
    """One run of the product on one data folder."""

    def __init__(self, data: DataDir, console: Console, *, environment: Mapping[str, str], make_plan: MakePlan) -> None:
        self._data = data
        self._console = console
        self._environment = environment
        self._make_plan = make_plan
        self._stops = Stops()
        self._renewals = Renewals()
        self._run_id = secrets.token_hex(8)
        self._parts = Parts()
        self._children: list[Running] = []
        self._inherited: tuple[int, ...] = ()

    def run(self) -> None:
        """Start everything, keep it running, and stop all of it when asked to or when the start fails."""
        self._stops.listen()
        self._renewals.listen()
        try:
            self._data.open()
            become_the_only_supervisor(self._data.root / "supervisor.lock")
            self._inherited = (outlive_leftovers(self._data.root / "alive.lock", self._console),)
            self._data.tidy()
            first = first_port(self._environment.get(FIRST_PORT_VARIABLE) or f"{FIRST_PORT}")
            port = hold_kept_port(self._data.root / "port", first=first)
            plan = self._start(port.number)
            self._await_ready(plan, port.number)
            self._console.show(announcement(self._data, port=port.number, elapsed_s=self._console.elapsed_s))
            self._keep_running(plan, port.number)
        except StopAsked:
            self._console.step("正在停止", "stopping")
        finally:
            self._stops.ignore()
            self._stop_all()

    def _keep_running(self, plan: Plan, port: int) -> NoReturn:
        space = SpaceWatch(self._data.root)
        upkeep_due_s = time.monotonic()
        while True:
            self._tend_all()
            if self._renewals.taken():
                self._renew(plan, port)
            if time.monotonic() >= upkeep_due_s:
                upkeep_due_s = time.monotonic() + _UPKEEP_EVERY_S
                shorten_logs(self._data.root / "logs")
                if space.ran_short():
                    self._console.warn("磁盘空间即将用尽，请尽快腾出", "the disk is nearly full: free some space soon")
            time.sleep(_WATCH_POLL_S)

    def _start(self, port: int) -> Plan:
        self._parts.start(self._data, self._console, self._environment, self._inherited)
        fcm_port = self._fcm_port()
        write_env_files(self._data, owner_url=self._parts.owner_url, addresses=self._addresses(fcm_port))
        plan = self._make_plan(self._data, port, fcm_port)
        self._set_up(plan)
        for child in plan.children:
            self._begin(child, plan, self._run_id)
        self._console.step("正在启动网站与后台任务", "starting web and worker")
        return plan

    def _begin(self, child: Child, plan: Plan, run_id: str) -> Running:
        endings = ((signal.SIGTERM, child.stop_patience_s), (signal.SIGKILL, 5.0))
        running = Running(child.name, lambda: self._launch(child, plan, run_id), endings=endings)
        self._children.append(running)
        with self._stops.held():
            running.start()
        return running

    def _renew(self, plan: Plan, port: int) -> None:
        """Put a new web in the place of the old one, then a new worker."""
        self._console.step("正在换上新的网站进程", "starting a new web beside the old one")
        run_id = secrets.token_hex(8)
        old = next(running for running in self._children if running.name == "web")
        new = self._begin(next(child for child in plan.children if child.name == "web"), plan, run_id)
        readiness = WebReadiness(port=port, run_id=run_id, workers=plan.web_workers)
        if not comes_up(new, readiness, tend=self._tend_all):
            self._console.warn(
                f"新的网站进程没有就绪，原来的继续服务。原因见 {self._data.log('web')}",
                "the new web did not come up, the old one goes on; its log says why",
            )
            self._end(new)
            return
        say_goodbye(old, tend=self._tend_all)
        self._end(old)
        for running in self._children:
            if running.name == "worker":
                # It ends what it has begun, and is started again.
                running.ask_to_stop()
        self._console.step("网站进程已换新", "renewed")

    def _end(self, running: Running) -> None:
        """Stop one process for good, and forget it."""
        with self._stops.held():
            self._children.remove(running)
            running.ask_to_stop()
            running.stop()

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

    def _launch(self, child: Child, plan: Plan, run_id: str) -> Process:
        with self._data.log(child.name).open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the project's own commands
                child.command,
                cwd=plan.working_dir,
                env=self._child_environment() | {"BAITONG_RUN_ID": run_id} | dict(child.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=self._inherited,
                preexec_fn=before_exec(child.when_orphaned),  # noqa: PLW1509 - as above
            )

    def _await_ready(self, plan: Plan, port: int) -> None:
        readiness = WebReadiness(port=port, run_id=self._run_id, workers=plan.web_workers)
        deadline, tell_s = time.monotonic() + _READY_TIMEOUT_S, time.monotonic() + _TELL_EVERY_S
        while not readiness.reached():
            self._tend_all()
            if time.monotonic() > tell_s:
                tell_s += _TELL_EVERY_S
                self._console.step("仍在等待网站就绪", "still waiting for the web workers")
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
        self._stops.check()
        for running in (*self._parts.running, *self._children):
            with self._stops.held():
                code = running.tend()
            if code is not None:
                self._console.warn(
                    f"{running.name} 已退出（{code}），正在重启",
                    f"{running.name} ended, its log says why: starting again",
                )

    def _stop_all(self) -> None:
        if not self._children and not self._parts.running:
            return
        for group in (self._children, *([part] for part in reversed(self._parts.running))):
            for running in group:
                running.ask_to_stop()
            for running in group:
                running.stop()
        self._console.step("已全部停止", "all stopped")

    def _child_environment(self) -> dict[str, str]:
        """The environment of everything that serves: without the owner, and free to keep compiled modules."""
        without = {"DATABASE_OWNER_URL", "PYTHONDONTWRITEBYTECODE"}
        # An empty address would hide the one in serve.env.
        without |= {name for name in ("DATABASE_URL", "REDIS_URL") if not self._environment.get(name)}
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
        number = read_port(kept)
        if number is None or not is_free(number):
            number = any_free_port()
            write_port(kept, number)
        return number
