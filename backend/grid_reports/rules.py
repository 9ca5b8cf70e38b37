"""When a report is taken, and when it is whole (workflow 1.3, T08: automatic where a grid worker left nothing out)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backend.evidence.rules import STAGES_OF_REPORTS, Stage
from backend.grid_reports.errors import CapturedAtRefused

QUOTA_WINDOW = timedelta(hours=24)
MAX_AGE = timedelta(days=7)
# A phone without a network keeps its own time: a clock that is a little fast is no lie.
CLOCK_SKEW = timedelta(minutes=5)
# 其他: a grid worker asks for nothing, and complains of nobody.
REQUEST_TYPE = "QT"
LEAST_DESCRIPTION = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What is asked of a report before it is accepted by itself.

    ``is_in_area``: the case belongs to a centre on the line of the reporter's own; what lies elsewhere is for its own
    desk to judge.
    """

    has_position: bool
    description: str = field(repr=False)
    is_physical: bool
    stages: Collection[Stage]
    is_in_area: bool


def check_captured_at(captured_at: datetime, now: datetime) -> None:
    """Raise CapturedAtRefused unless something was seen between seven days ago and now, on a clock a little fast."""
    if not now - MAX_AGE <= captured_at <= now + CLOCK_SKEW:
        raise CapturedAtRefused(errors={"json": {"captured_at": [CapturedAtRefused.default_detail]}})


def missing_of(template: Template) -> dict[str, list[str]]:
    """Return what a report lacks, in words by field; nothing of one that is whole.

    An address alone is not enough: nobody can be sent there without asking, and no fence can be drawn around it.
    """
    missing = {}
    if not template.has_position:
        missing["location"] = ["缺少位置。"]
    if not template.is_in_area:
        missing["division"] = ["不在您所属中心的辖区内。"]
    if len("".join(template.description.split())) < LEAST_DESCRIPTION:
        missing["description"] = [f"描述少于 {LEAST_DESCRIPTION} 个字。"]
    if template.is_physical and not STAGES_OF_REPORTS & set(template.stages):
        missing["evidence_ids"] = ["缺少处置前的照片。"]
    return missing
