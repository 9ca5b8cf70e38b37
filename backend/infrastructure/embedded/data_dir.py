"""The folder that holds everything an installation keeps: databases, secrets, logs, the port."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from backend.infrastructure.embedded.free_space import refuse_full_disk
from backend.infrastructure.embedded.log_files import shorten_logs
from backend.infrastructure.embedded.refusals import StartRefused

PROJECT_DIR = Path(__file__).resolve().parents[3]


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

    def open(self) -> None:
        """Make the folder, or refuse one that we cannot write. Touches nothing that a running product needs."""
        try:
            if not self.root.exists():
                self.root.mkdir(parents=True)
                # Whatever the umask is: the account that a root user's database runs as has to pass through.
                self.root.chmod(0o711)
            (self.root / "logs").mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise self._not_writable(error.strerror or str(error)) from error
        if not os.access(self.root, os.W_OK | os.X_OK) or not os.access(self.root / "logs", os.W_OK | os.X_OK):
            raise self._not_writable(f"属于 {_owner(self.root)}, owned by {_owner(self.root)}")
        refuse_full_disk(self.root)

    def tidy(self) -> None:
        """Put long logs aside and forget the figures of the last run. Only when no process of it is left."""
        shorten_logs(self.root / "logs")
        shutil.rmtree(self.metrics, ignore_errors=True)
        self.metrics.mkdir(mode=0o700)

    def _not_writable(self, why: str) -> StartRefused:
        return StartRefused(
            f"无法写入 {self.root}（{why}）：检查权限与磁盘，用原来的账号运行，或设置 BAITONG_DATA_DIR 换一个目录。",
            f"Cannot write {self.root} ({why}): check rights and disk, run as its owner, or set BAITONG_DATA_DIR.",
        )


def _owner(path: Path) -> str:
    try:
        return path.owner()
    except KeyError:
        return str(path.stat().st_uid)
