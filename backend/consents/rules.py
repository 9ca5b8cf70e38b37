"""What can be consented to. Each purpose is asked for by itself: nobody gives one to be given another (PIPL 14, 29)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from backend.identity.rules import Guard

APP_CHANNEL = "app"
CHANGES_A_DAY = Guard(name="consent_day", limit=100, window=timedelta(days=1))


class Purpose(StrEnum):
    """What personal data is to be used for."""

    PRIVACY_POLICY = "privacy_policy"  # 隐私政策
    PRECISE_LOCATION = "precise_location"  # 精确位置
    REAL_NAME = "real_name"  # 实名信息


PURPOSE_NAMES: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.PRIVACY_POLICY: "隐私政策",
        Purpose.PRECISE_LOCATION: "精确位置",
        Purpose.REAL_NAME: "实名信息",
    }
)


class ConsentState(StrEnum):
    """Where a person stands with a purpose."""

    NEVER_ASKED = "never_asked"
    GIVEN = "given"
    OUTDATED = "outdated"  # given to an older text; the present one has not been shown
    WITHDRAWN = "withdrawn"


def state_after(*, is_given: bool, version: str, current_version: str) -> ConsentState:
    """Return where the latest record leaves a person."""
    if not is_given:
        return ConsentState.WITHDRAWN
    return ConsentState.GIVEN if version == current_version else ConsentState.OUTDATED
