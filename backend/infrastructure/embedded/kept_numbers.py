"""A port number kept in a file from one start to the next."""

from __future__ import annotations

from pathlib import Path

from backend.infrastructure.embedded.private_files import write_private
from backend.infrastructure.embedded.refusals import StartRefused

_PORTS = range(1, 65536)


def read_port(path: Path) -> int | None:
    """Return the kept port; None before the first start. Refuses a file in which somebody wrote no port."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if text.isascii() and text.isdigit() and int(text) in _PORTS:
        return int(text)
    raise StartRefused(
        f"{path} 里不是端口号（{text[:40]!r}）：请写入 1 到 65535 的数字，或删除该文件由系统另选。",
        f"{path} holds no port ({text[:40]!r}): write a number from 1 to 65535, or remove it to have one chosen.",
    )


def write_port(path: Path, number: int) -> None:
    """Keep the port, whole or not at all."""
    write_private(path, f"{number}\n")
