"""A port number kept in a file from one start to the next."""

from __future__ import annotations

from pathlib import Path

from backend.infrastructure.embedded.private_files import write_private
from backend.infrastructure.embedded.refusals import StartRefused

FIRST_PORT_VARIABLE = "BAITONG_FIRST_PORT"
_PORTS = range(1, 65536)
_HIGHEST_FIRST = 65_000


def read_port(path: Path) -> int | None:
    """Return the kept port; None before the first start. Refuses a file in which somebody wrote no port."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if (number := _port_in(text)) is not None:
        return number
    raise StartRefused(
        f"{path} 里不是端口号（{text[:40]!r}）：请写入 1 到 65535 的数字，或删除该文件由系统另选。",
        f"{path} holds no port ({text[:40]!r}): write a number from 1 to 65535, or remove it to have one chosen.",
    )


def first_port(text: str) -> int:
    """Return the port at which a first run begins to look for a free one, from the variable that says so."""
    number = _port_in(text.strip())
    if number is not None and number <= _HIGHEST_FIRST:
        return number
    raise StartRefused(
        f"环境变量 {FIRST_PORT_VARIABLE}（{text[:40]!r}）应为 1 到 {_HIGHEST_FIRST} 的端口号。",
        f"{FIRST_PORT_VARIABLE} ({text[:40]!r}) must be a port from 1 to {_HIGHEST_FIRST}.",
    )


def write_port(path: Path, number: int) -> None:
    """Keep the port, whole or not at all."""
    write_private(path, f"{number}\n")


def _port_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) in _PORTS else None
