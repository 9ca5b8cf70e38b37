"""Every setting is in .env.example, and a missing secret stops the start with its name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.infrastructure.embedded.first_secrets import make_secrets
from backend.infrastructure.settings import SettingMissing, SettingRefused, load_settings

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "backend" / "infrastructure" / "settings.py").read_text(encoding="utf-8")
NEEDED = {"DATABASE_URL": "postgresql://app@/baitong", "REDIS_URL": "redis://127.0.0.1"}
NAMES = sorted(set(re.findall(r'"((?:BAITONG_|DATABASE_|REDIS_|PROMETHEUS_)[A-Z_]+)"', SOURCE)))


def complete() -> dict[str, str]:
    """Return settings with which a development process starts."""
    return make_secrets() | NEEDED


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_stands_in_the_example_file(name):
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert re.search(rf"^#? ?{name}=", example, re.MULTILINE), name


@pytest.mark.parametrize(
    "name",
    ["DATABASE_URL", "REDIS_URL", "BAITONG_PERSONAL_DATA_KEYS", "BAITONG_BLIND_INDEX_KEY", "BAITONG_TOKEN_PRIVATE_KEY"],
)
def test_a_missing_setting_stops_the_start_with_its_name(name):
    values = complete()
    del values[name]

    with pytest.raises(SettingMissing, match=name):
        load_settings(values)


@pytest.mark.parametrize(
    ("name", "value"), [("BAITONG_SMS_MAILBOX", "/srv/mailbox"), ("BAITONG_FCM_BASE_URL", "http://127.0.0.1:1")]
)
def test_production_refuses_each_stand_in(name, value):
    values = complete() | {"BAITONG_ENVIRONMENT": "production", name: value}

    with pytest.raises(SettingRefused, match=name):
        load_settings(values)


BUCKET = {
    "BAITONG_OBJECTS_BUCKET": "photos",
    "BAITONG_OBJECTS_ENDPOINT": "https://s3.example",
    "BAITONG_OBJECTS_ACCESS_KEY_ID": "key",
    "BAITONG_OBJECTS_SECRET_KEY": "hidden",
}


@pytest.mark.parametrize("name", sorted(BUCKET.keys() - {"BAITONG_OBJECTS_BUCKET"}))
def test_a_bucket_without_its_address_or_keys_stops_the_start_with_the_missing_name(name):
    values = complete() | BUCKET
    del values[name]

    with pytest.raises(SettingMissing, match=name):
        load_settings(values)


def test_production_speaks_to_a_bucket_by_https_alone():
    values = complete() | BUCKET | {"BAITONG_ENVIRONMENT": "production"}

    assert load_settings(values).bucket is not None
    with pytest.raises(SettingRefused, match="BAITONG_OBJECTS_ENDPOINT"):
        load_settings(values | {"BAITONG_OBJECTS_ENDPOINT": "http://s3.example"})


def test_no_secret_shows_when_settings_are_printed():
    values = complete()

    shown = repr(load_settings(values))

    for name in ("BAITONG_PERSONAL_DATA_KEYS", "BAITONG_BLIND_INDEX_KEY", "BAITONG_METRICS_TOKEN"):
        assert values[name].partition(":")[2] or values[name] not in shown
    assert "PRIVATE KEY" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BAITONG_ENVIRONMENT", "prod"),
        ("BAITONG_DATABASE_POOL_SIZE", "many"),
        ("BAITONG_COMPLAINT_DAILY_QUOTA", "0"),
        ("BAITONG_TRAFFIC_LIMIT_PER_MINUTE", "-1"),
        ("BAITONG_BLIND_INDEX_KEY", "no base64!"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_by_its_name(name, value):
    with pytest.raises(SettingRefused, match=name):
        load_settings(complete() | {name: value})
