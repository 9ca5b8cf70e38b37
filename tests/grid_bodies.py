"""Grid reports as a phone sends them. The people and places are made up; the city's codes are real."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from mobile_api.services import Services
from tests.callers import Caller
from tests.complaint_bodies import RUGAO
from tests.ready_photos import ready_photo

# 路灯破损: a thing at a place, handled by the county.
STREET_LAMP = {"tree": "12345", "code": "H030402"}
# 树木飘絮: nothing to look at afterwards.
CATKINS = {"tree": "12345", "code": "H040303"}
SPOT = {"longitude": 120.5734, "latitude": 32.3708, "system": "WGS-84"}
ANSWER = "路灯灯头松动，已当场紧固并恢复照明，感谢关注。"
HANDLED = {"public_answer": ANSWER, "is_solved": True}


def grid_report(seen_at: datetime, **changes: Any) -> dict[str, Any]:
    """Return a new report about a dark lamp in 如皋市, with these fields changed; None leaves one out."""
    body: dict[str, Any] = {
        "client_id": str(uuid.uuid4()),
        "captured_at": seen_at.isoformat(),
        "category": STREET_LAMP,
        "title": "菜场门口的路灯不亮",
        "description": "海阳路菜场门口第三根灯杆，灯头松动，夜间不亮。",
        "division": RUGAO,
        "location": SPOT,
    }
    body |= changes
    return {name: value for name, value in body.items() if value is not None}


def whole_report(services: Services, worker: Caller, **changes: Any) -> dict[str, Any]:
    """Return a report that lacks nothing: with a photo of what was found."""
    assert worker.person_id is not None
    photo = ready_photo(services, worker.person_id, stage="before")
    return grid_report(services.clock.now() - timedelta(minutes=1), **{"evidence_ids": [photo], **changes})


def handled_report(services: Services, worker: Caller, **changes: Any) -> dict[str, Any]:
    """Return a report of what was put right on the spot, with photos of before and after."""
    assert worker.person_id is not None
    photos = [ready_photo(services, worker.person_id, stage=stage) for stage in ("after", "before")]
    return whole_report(services, worker, **{"evidence_ids": photos, "handled": HANDLED, **changes})
