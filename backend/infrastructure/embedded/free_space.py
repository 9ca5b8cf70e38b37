"""A full disk is refused before anything is half written, and told of while the product runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from backend.infrastructure.embedded.refusals import StartRefused

NEEDED_TO_START_BYTES = 500 * 1024 * 1024
NEEDED_TO_RUN_BYTES = 100 * 1024 * 1024


def refuse_full_disk(folder: Path, *, needed_bytes: int = NEEDED_TO_START_BYTES) -> None:
    """Refuse to start where the database could not be written."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise StartRefused(
            f"磁盘空间不足：{folder} 只剩 {free >> 20} MiB，至少需要 {needed_bytes >> 20} MiB。请先腾出空间。",
            f"Disk full: {free >> 20} MiB free at {folder}, {needed_bytes >> 20} MiB needed. Free some first.",
        )


class SpaceWatch:
    """Tells once, each time the space runs short while the product runs."""

    def __init__(self, folder: Path, *, needed_bytes: int = NEEDED_TO_RUN_BYTES) -> None:
        self._folder = folder
        self._needed_bytes = needed_bytes
        self._short = False

    def ran_short(self) -> bool:
        """Tell whether the space has run short since it was last enough."""
        was, self._short = self._short, shutil.disk_usage(self._folder).free < self._needed_bytes
        return self._short and not was
