"""`make demo`: plays the story against the running server of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.story.chapters import Stage, consultation, manhole, rejection
from tests.story.grid_chapter import rubbish
from tests.story.people import Cast
from tests.story.telling import Server, StoryBroken

CHAPTERS = (manhole, rubbish, consultation, rejection)


def play(data_dir: Path) -> Server:
    """Play every chapter. Raises StoryBroken, or OSError where nothing runs."""
    server = Server(port=int((data_dir / "port").read_text(encoding="utf-8")))
    stage = Stage(Cast(server, data_dir))
    for chapter in CHAPTERS:
        chapter(stage)
    return server


def main() -> int:
    """Play it, check the ledger, and tell how it went."""
    data_dir = Path(os.environ.get("BAITONG_DATA_DIR", ".data"))
    try:
        server = play(data_dir)
    except StoryBroken as broken:
        print(f"\n故事中断：{broken}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"没有正在运行的服务（{error}）：请先在另一个终端执行 make run", file=sys.stderr)
        return 1
    print("\n━━ 核对台账 flask ledger verify")
    verified = subprocess.run([str(Path(sys.executable).parent / "flask"), "ledger", "verify"], check=False)
    print(f"\n故事讲完：{server.steps} 步。")
    return verified.returncode


if __name__ == "__main__":
    raise SystemExit(main())
