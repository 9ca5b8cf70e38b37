"""Writes the settings of this installation: secrets once, addresses at every start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from backend.infrastructure.embedded.data_dir import DataDir
from backend.infrastructure.embedded.first_secrets import make_secrets
from backend.infrastructure.embedded.private_files import write_private


def write_env_files(data: DataDir, *, owner_url: str, addresses: Mapping[str, str]) -> None:
    """Write ``serve.env`` and ``owner.env``. Secrets that are there stay; a lost key would lose personal data."""
    kept = {name: value for name, value in _read(data.serve_env).items() if value}
    write_private(data.serve_env, _text(make_secrets() | kept | dict(addresses)))
    write_private(data.owner_env, _text({"DATABASE_OWNER_URL": owner_url}))


def _read(path: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(path, interpolate=False).items() if value is not None}


def _text(values: Mapping[str, str]) -> str:
    return "".join(f"{name}='{_quoted(value)}'\n" for name, value in values.items())


def _quoted(value: str) -> str:
    return value.replace("'", "\\'")
