"""The project's own file of citizens' wording."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from backend.cases.rules import CURRENT_VERSION, UPKEEP, WORKFLOWS
from backend.complaints.models import StepWording
from backend.complaints.rules import STEP_PLACEHOLDERS
from backend.infrastructure.dated_rows import RulesFile, RulesReport, Values, load_dated_rows

_TRANSITIONS = {row.code for row in WORKFLOWS[CURRENT_VERSION]} | {row.code for row in UPKEEP}


def load_complaint_rules(session: Session) -> Sequence[RulesReport]:
    """Load the wording of the steps. A second run changes nothing. Raises RulesFileRefused with file and line."""
    return [load_dated_rows(session, _WORDING)]


def _read(cells: Mapping[str, str]) -> Values:
    if cells["transition"] not in _TRANSITIONS:
        raise ValueError(f"没有转换 {cells['transition']}")
    named = {name for _, name, _, _ in string.Formatter().parse(cells["text"]) if name is not None}
    if named - STEP_PLACEHOLDERS:
        raise ValueError(f"未知的占位 {sorted(named - STEP_PLACEHOLDERS)}")
    return {name: cells[name] for name in ("transition", "title", "text", "source")}


_WORDING = RulesFile(
    path=Path(__file__).parent / "data" / "step_wording.csv", table=StepWording, key=("transition",), read=_read
)
