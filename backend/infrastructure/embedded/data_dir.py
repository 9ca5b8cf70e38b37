"""The folder that holds everything an installation keeps: databases, secrets, logs, the port."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from backend.infrastructure.embedded.refusals import StartRefused

PROJECT_DIR = Path(__file__).resolve().parents[3]
NEEDED_FREE_BYTES = 500 * 1024 * 1024
_LARGEST_LOG_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DataDir:
    """The paths inside it, by name."""

    root: Path

    @property
    def serve_env(self) -> Path:
        """Settings of everything that serves."""
        return self.root / "serve.env"

    @property
    def owner_env(self) -> Path:
        """Settings that only migrating and loading may know."""
        return self.root / "owner.env"

    @property
    def demo_accounts(self) -> Path:
        """The accounts and passwords to try the product with."""
        return self.root / "demo-accounts.txt"

    @property
    def sms_mailbox(self) -> Path:
        """Where text messages land in place of a phone."""
        return self.root / "sms-mailbox.jsonl"

    @property
    def fcm_credentials(self) -> Path:
        """The service account of the loopback FCM."""
        return self.root / "fcm-credentials.json"

    @property
    def metrics(self) -> Path:
        """Where web workers add up their figures."""
        return self.root / "metrics"

    def log(self, name: str) -> Path:
        """The log of one child process."""
        return self.root / "logs" / f"{name}.log"

    def prepare(self) -> None:
        """Make the folders, put long logs aside, and refuse a disk that is full before anything is half written."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o711)
            (self.root / "logs").mkdir(exist_ok=True, mode=0o700)
            shutil.rmtree(self.metrics, ignore_errors=True)
            self.metrics.mkdir()
        except OSError as error:
            raise StartRefused(
                f"无法写入 {self.root}（{error.strerror}）：检查权限与磁盘，或设置 BAITONG_DATA_DIR。",
                f"Cannot write {self.root} ({error.strerror}): check rights and disk, or set BAITONG_DATA_DIR.",
            ) from error
        self._refuse_full_disk()
        for log in (self.root / "logs").glob("*.log"):
            if log.stat().st_size > _LARGEST_LOG_BYTES:
                log.rename(log.with_suffix(".log.1"))

    def _refuse_full_disk(self) -> None:
        free = shutil.disk_usage(self.root).free
        if free < NEEDED_FREE_BYTES:
            raise StartRefused(
                f"磁盘空间不足：{self.root} 只剩 {free >> 20} MiB，至少需要 {NEEDED_FREE_BYTES >> 20} MiB。"
                "请先腾出空间。",
                f"Disk full: {free >> 20} MiB free at {self.root}, {NEEDED_FREE_BYTES >> 20} MiB needed. "
                "Free some first.",
            )
