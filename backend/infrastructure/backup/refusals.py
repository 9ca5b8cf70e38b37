"""The one error of backup and restore: what was found, and what to do."""

from __future__ import annotations


class BackupRefused(RuntimeError):
    """Nothing was changed, or what was begun was taken back; the text says why, in Chinese."""
