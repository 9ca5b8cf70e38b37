"""The port of this installation: chosen once, kept, and proved free before anything listens on it."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

from backend.infrastructure.embedded.kept_numbers import read_port, write_port
from backend.infrastructure.embedded.processes import claimants, listeners
from backend.infrastructure.embedded.refusals import StartRefused

HOST = "127.0.0.1"
FIRST_PORT = 8700
_TRIED_PORTS = 100
_LINGER_S = 3.0
_POLL_S = 0.05


class HeldPort:
    """A port that no other supervisor on this machine takes while this object lives."""

    def __init__(self, number: int, claim: socket.socket | None) -> None:
        self.number = number
        self._claim = claim

    def release(self) -> None:
        """Let others have it."""
        if self._claim is not None:
            self._claim.close()


def hold_kept_port(kept: Path, *, first: int = FIRST_PORT) -> HeldPort:
    """Return the installation's port: the kept one, or at the first run the first one or the next that is free."""
    number = read_port(kept)
    if number is not None:
        return _hold_or_refuse(number, kept)
    tried = range(first, first + _TRIED_PORTS)
    for number in tried:
        held = _try_hold(number)
        if held is not None:
            write_port(kept, number)
            return held
    raise StartRefused(
        f"端口 {tried[0]} 到 {tried[-1]} 都被占用。请把一个空闲端口写入 {kept}。",
        f"Ports {tried[0]} to {tried[-1]} are all taken. Write a free one into {kept}.",
    )


def is_free(number: int) -> bool:
    """Prove by listening that nobody else listens.

    Without SO_REUSEPORT: granian sets it, and a second server would share the port with the first in silence.
    """
    with socket.socket() as proof:
        proof.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            proof.bind((HOST, number))
            proof.listen(1)
        except OSError:
            return False
        return True


def any_free_port() -> int:
    """Return a port that is free now, for a part that nobody outside needs to know."""
    with socket.socket() as proof:
        proof.bind((HOST, 0))
        number: int = proof.getsockname()[1]
        return number


def _hold_or_refuse(number: int, kept: Path) -> HeldPort:
    deadline = time.monotonic() + _LINGER_S
    while (held := _try_hold(number)) is None:
        if time.monotonic() > deadline:
            # A neighbour claims a port at its start, seconds before its web server listens there.
            found = listeners(number) or claimants(_claim_address(number))
            who = "; ".join(found) or "看不到其进程，可能属于其他用户 (hidden, perhaps another user's)"
            raise StartRefused(
                f"端口 {number} 已被占用：{who}。请先停止它，或改写 {kept} 换一个端口。",
                f"Port {number} is taken by {who}. Stop that first, or write another port into {kept}.",
            )
        time.sleep(_POLL_S)
    return held


def _claim_address(number: int) -> str:
    return f"baitong-port-{number}"


def _try_hold(number: int) -> HeldPort | None:
    """Claim the number among all supervisors of this machine, then prove that nobody listens there."""
    claim: socket.socket | None = None
    if sys.platform == "linux":
        # An abstract address: exclusive, gone with its holder, and in the same network namespace as the port.
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind("\0" + _claim_address(number))
        except OSError:
            claim.close()
            return None
    if is_free(number):
        return HeldPort(number, claim)
    if claim is not None:
        claim.close()
    return None
