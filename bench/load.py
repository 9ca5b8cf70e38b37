"""Load by ``wrk``: persistent connections, each asking again as soon as it is answered; failures are counted."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 16
# What stands for the number of a request in a body: as many characters as the number has digits.
NUMBER = "@" * 12
_SCRIPT = Path(__file__).with_name("wrk.lua")
_SLACK_S = 30.0


class WrkMissing(Exception):
    """There is no wrk on this machine."""

    def __init__(self) -> None:
        super().__init__("找不到 wrk：apt-get install -y wrk (wrk is missing: install it by this line)")


class LoadFailed(Exception):
    """Answers failed, so that their rate says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A request as it is sent again and again. One with a body is a write."""

    method: str = "GET"
    path: str
    token: str = field(default="", repr=False)
    tag: str = ""
    body: str = ""

    def written(self) -> str:
        """Return it as ``wrk.lua`` reads it."""
        return "\t".join((self.method, self.path, self.token, self.tag, self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of a spell of load."""

    requests: int
    duration_s: float
    p50_ms: float
    p99_ms: float
    failed: int
    broken: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.duration_s


def find_wrk() -> str:
    """Return where wrk is. Raises WrkMissing."""
    found = shutil.which("wrk")
    if found is None:
        raise WrkMissing
    return found


def run_wrk(port: int, lines: Sequence[Line], *, seconds: int, connections: int = CONNECTIONS) -> Load:
    """Send these lines in rotation for some seconds. Raises LoadFailed, with answers, when any of them failed."""
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as file:
        file.write("".join(f"{line.written()}\n" for line in lines))
        file.flush()
        load = parse(_wrk(port, file.name, seconds, connections))
        if load.failed or load.broken:
            shown = _wrk(port, file.name, seconds, connections, BENCH_SHOW="1")
            said = [line for line in shown.splitlines() if line.startswith("BENCH-FAILED")]
            raise LoadFailed(
                f"{load.failed} of {load.requests} answers failed, {load.broken} connections broke;"
                f" asked again, they say: {said or 'nothing wrong'}"
            )
        return load


def parse(output: str) -> Load:
    """Return what the script's last line says. Raises LoadFailed when there is none."""
    for line in output.splitlines():
        if line.startswith("BENCH "):
            requests, duration_us, p50_us, p99_us, failed, broken = (int(word) for word in line.split()[1:])
            return Load(
                requests=requests,
                duration_s=duration_us / 1e6,
                p50_ms=p50_us / 1e3,
                p99_ms=p99_us / 1e3,
                failed=failed,
                broken=broken,
            )
    raise LoadFailed(f"wrk said: {output[-2000:]}")


def _wrk(port: int, file: str, seconds: int, connections: int, **environment: str) -> str:
    command = (find_wrk(), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(_SCRIPT))
    done = subprocess.run(
        (*command, f"http://127.0.0.1:{port}", "--", file),
        env=dict(os.environ) | {"BENCH_RUN": secrets.token_hex(6)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=seconds + _SLACK_S,
        check=False,
        text=True,
    )
    return done.stdout
