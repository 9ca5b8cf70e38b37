"""The settings of a process, read once from the environment; nothing else reads it."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from dotenv import dotenv_values

from backend.infrastructure.crypto import Algorithm
from backend.infrastructure.sm4 import sm4_is_available

_KEY_BYTES = 32
_MIB = 1024 * 1024


class Environment(StrEnum):
    """Where the product runs. Only production refuses stand-ins and sample secrets."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class SettingMissing(RuntimeError):
    """A setting without which the product must not start."""

    def __init__(self, name: str) -> None:
        super().__init__(f"缺少设置 {name}：见 .env.example；`make run` 会自动生成 (setting {name} is missing)")


class SettingRefused(RuntimeError):
    """A setting that would make the product unsafe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketSettings:
    """Where objects are kept when it is not a folder: a bucket that speaks S3, and the keys to it."""

    name: str
    endpoint: str
    region: str
    access_key_id: str = field(repr=False)
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, typed. Secrets do not show in ``repr``."""

    environment: Environment
    database_url: str = field(repr=False)
    database_owner_url: str | None = field(repr=False)
    database_schema: str
    database_pool_size: int
    redis_url: str = field(repr=False)
    personal_data_keys: Mapping[str, bytes] = field(repr=False)
    personal_data_key_id: str
    cipher: Algorithm
    blind_index_key: bytes = field(repr=False)
    token_private_key_pem: str = field(repr=False)
    token_issuer: str
    token_audience: str
    sms_mailbox: Path | None
    fcm_credentials_file: Path | None
    fcm_base_url: str | None
    metrics_token: str | None = field(repr=False)
    metrics_dir: Path | None
    trusted_proxy_count: int
    traffic_limit_per_minute: int
    complaint_daily_quota: int
    grid_report_daily_quota: int
    evidence_daily_quota: int
    objects_dir: Path
    bucket: BucketSettings | None
    data_dir: Path
    run_id: str
    log_level: str
    body_limit_bytes: int = _MIB


def read_environment(*env_files: Path) -> dict[str, str]:
    """Return the process environment over the values of the files that exist; later files win over earlier."""
    values: dict[str, str] = {}
    for env_file in env_files:
        if env_file.is_file():
            values |= {name: value for name, value in dotenv_values(env_file).items() if value is not None}
    return values | dict(os.environ)


def default_env_files() -> tuple[Path, ...]:
    """Where ``make run`` keeps the settings it made: what serves, and what only the owner may know."""
    data_dir = Path(os.environ.get("BAITONG_DATA_DIR", ".data"))
    return data_dir / "serve.env", data_dir / "owner.env"


def load_settings(values: Mapping[str, str]) -> Settings:
    """Return the typed settings. Raises SettingMissing or SettingRefused with the name of the culprit."""
    environment = _environment(values)
    keys = _parse_keys(_required(values, "BAITONG_PERSONAL_DATA_KEYS"))
    data_dir = Path(values.get("BAITONG_DATA_DIR", ".data"))
    settings = Settings(
        environment=environment,
        database_url=_required(values, "DATABASE_URL"),
        database_owner_url=values.get("DATABASE_OWNER_URL") or None,
        database_schema=values.get("BAITONG_DATABASE_SCHEMA", "public"),
        database_pool_size=_number(values, "BAITONG_DATABASE_POOL_SIZE", default=16),
        redis_url=_required(values, "REDIS_URL"),
        personal_data_keys=keys,
        personal_data_key_id=values.get("BAITONG_PERSONAL_DATA_KEY_ID", next(iter(keys))),
        cipher=_cipher(values),
        blind_index_key=_decode_key("BAITONG_BLIND_INDEX_KEY", _required(values, "BAITONG_BLIND_INDEX_KEY")),
        token_private_key_pem=_required(values, "BAITONG_TOKEN_PRIVATE_KEY").replace("\\n", "\n"),
        token_issuer=values.get("BAITONG_TOKEN_ISSUER", "https://baitong.nantong.example"),
        token_audience=values.get("BAITONG_TOKEN_AUDIENCE", "baitong-api"),
        sms_mailbox=_path(values, "BAITONG_SMS_MAILBOX"),
        fcm_credentials_file=_path(values, "BAITONG_FCM_CREDENTIALS_FILE"),
        fcm_base_url=values.get("BAITONG_FCM_BASE_URL") or None,
        metrics_token=values.get("BAITONG_METRICS_TOKEN") or None,
        # The library reads this very name at its import, so it keeps it.
        metrics_dir=_path(values, "PROMETHEUS_MULTIPROC_DIR"),
        trusted_proxy_count=_number(values, "BAITONG_TRUSTED_PROXY_COUNT", default=0, least=0),
        traffic_limit_per_minute=_number(values, "BAITONG_TRAFFIC_LIMIT_PER_MINUTE", default=1200),
        complaint_daily_quota=_number(values, "BAITONG_COMPLAINT_DAILY_QUOTA", default=30),
        grid_report_daily_quota=_number(values, "BAITONG_GRID_REPORT_DAILY_QUOTA", default=200),
        evidence_daily_quota=_number(values, "BAITONG_EVIDENCE_DAILY_QUOTA", default=100),
        objects_dir=_path(values, "BAITONG_OBJECTS_DIR") or data_dir / "objects",
        bucket=_bucket(values),
        data_dir=data_dir,
        run_id=values.get("BAITONG_RUN_ID", "unnamed"),
        log_level=values.get("BAITONG_LOG_LEVEL", "INFO"),
    )
    _refuse_unsafe(settings)
    return settings


def _refuse_unsafe(settings: Settings) -> None:
    if settings.personal_data_key_id not in settings.personal_data_keys:
        raise SettingRefused("BAITONG_PERSONAL_DATA_KEY_ID names no key of BAITONG_PERSONAL_DATA_KEYS")
    if settings.environment is not Environment.PRODUCTION:
        return
    if settings.sms_mailbox is not None:
        raise SettingRefused("BAITONG_SMS_MAILBOX is a development stand-in: production refuses it")
    if settings.fcm_base_url is not None:
        raise SettingRefused("BAITONG_FCM_BASE_URL points push at a stand-in: production refuses it")
    if settings.metrics_token is None:
        raise SettingMissing("BAITONG_METRICS_TOKEN")
    if settings.bucket is not None and not settings.bucket.endpoint.startswith("https://"):
        raise SettingRefused("BAITONG_OBJECTS_ENDPOINT: production speaks to a bucket by https:// alone")


def _bucket(values: Mapping[str, str]) -> BucketSettings | None:
    name = values.get("BAITONG_OBJECTS_BUCKET")
    if not name:
        return None
    return BucketSettings(
        name=name,
        endpoint=_required(values, "BAITONG_OBJECTS_ENDPOINT").rstrip("/"),
        region=values.get("BAITONG_OBJECTS_REGION") or "us-east-1",
        access_key_id=_required(values, "BAITONG_OBJECTS_ACCESS_KEY_ID"),
        secret_key=_required(values, "BAITONG_OBJECTS_SECRET_KEY"),
    )


def _required(values: Mapping[str, str], name: str) -> str:
    value = values.get(name)
    if not value:
        raise SettingMissing(name)
    return value


def _environment(values: Mapping[str, str]) -> Environment:
    try:
        return Environment(values.get("BAITONG_ENVIRONMENT", Environment.DEVELOPMENT))
    except ValueError:
        raise SettingRefused(f"BAITONG_ENVIRONMENT 须为 {'、'.join(Environment)} 之一 (must be one of these)") from None


def _cipher(values: Mapping[str, str]) -> Algorithm:
    name = values.get("BAITONG_CIPHER") or Algorithm.AES_256_GCM.title
    found = {algorithm.title: algorithm for algorithm in Algorithm}
    if name not in found:
        raise SettingRefused(f"BAITONG_CIPHER 须为 {'、'.join(found)} 之一 (must be one of these)")
    if found[name] is Algorithm.SM4_GCM and not sm4_is_available():
        raise SettingRefused("BAITONG_CIPHER: 本机的 OpenSSL 不支持 SM4 (this OpenSSL has no SM4)")
    return found[name]


def _number(values: Mapping[str, str], name: str, *, default: int, least: int = 1) -> int:
    value = values.get(name) or str(default)
    if not value.isdecimal() or int(value) < least:
        raise SettingRefused(f"{name} 须为不小于 {least} 的整数 (must be a whole number, {least} or more)")
    return int(value)


def _path(values: Mapping[str, str], name: str) -> Path | None:
    value = values.get(name)
    return Path(value) if value else None


def _parse_keys(text: str) -> dict[str, bytes]:
    """Parse ``id:base64,id:base64``; the first is the one new values are sealed with."""
    keys = {}
    for part in text.split(","):
        key_id, _, encoded = part.partition(":")
        keys[key_id] = _decode_key("BAITONG_PERSONAL_DATA_KEYS", encoded)
    return keys


def _decode_key(name: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise SettingRefused(f"{name}: 密钥不是 base64 (a key is {_KEY_BYTES} bytes in base64)") from None
    if len(key) != _KEY_BYTES:
        raise SettingRefused(f"{name}: a key is {_KEY_BYTES} bytes in base64")
    return key
