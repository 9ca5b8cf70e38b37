"""Complaints as an app sends them. The people and places are made up; the city's codes are real."""

from __future__ import annotations

from typing import Any

RUGAO, HAIAN, CITY = "320682", "320685", "320600"
# 无主井盖缺损: handled by the county by default; a danger to others, so that it cannot be withdrawn.
MANHOLE = {"tree": "12345", "code": "H030404"}
MISSING_COVER = {
    "title": "人行道上的井盖不见了",
    "description": "海阳路菜场门口，井盖缺失，晚上没有灯，老人小孩经过很危险。",
}
DARK_LAMP = {
    "title": "菜场门口的路灯不亮",
    "description": "海阳路菜场门口，路灯坏了一周，晚上没有灯，老人小孩走路不便。",
}


def complaint(**changes: Any) -> dict[str, Any]:
    """Return a complaint about a missing manhole cover in 如皋市, with these fields changed; None leaves one out.

    Of another category it tells of a dark lamp: what is written decides the marks too.
    """
    texts = MISSING_COVER if changes.get("category", MANHOLE) == MANHOLE else DARK_LAMP
    body: dict[str, Any] = {
        "request_type": "QZ",
        "category": MANHOLE,
        "division": RUGAO,
        "location": {"longitude": 120.5734, "latitude": 32.3708, "system": "WGS-84"},
        "address": "如皋市如城街道海阳路 128 号菜场东门",
        "identity_shown": "named",
    }
    body |= texts | changes
    return {name: value for name, value in body.items() if value is not None}
