"""The project's own files of case rules: deadlines and grounds of rejection (workflow, 1.4 and 1.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from backend.cases.deadlines import NATURAL_MINUTES
from backend.cases.models import Choice, RejectionGround, SlaPolicy
from backend.cases.rules import ChoiceKind, Clock
from backend.infrastructure.dated_rows import RulesFile, RulesReport, Values, load_dated_rows
from backend.kernel.due import MAX_LIMIT, LimitUnit
from backend.organization.rules.categories import Urgency

_DATA = Path(__file__).parent / "data"
_UNITS = frozenset({NATURAL_MINUTES, *LimitUnit})


def load_case_rules(session: Session) -> Sequence[RulesReport]:
    """Load the files. A second run changes nothing. Raises RulesFileRefused with file and line."""
    return [load_dated_rows(session, file) for file in (_POLICIES, _GROUNDS, _CHOICES)]


def _read_policy(cells: Mapping[str, str]) -> Values:
    value = int(cells["limit_value"])
    if not 1 <= value <= MAX_LIMIT:
        raise ValueError(f"limit_value 须在 1 到 {MAX_LIMIT} 之间")
    if cells["limit_unit"] not in _UNITS:
        raise ValueError(f"limit_unit 须为 {sorted(_UNITS)} 之一")
    return {
        "clock": Clock(cells["clock"]).value,
        "urgency": Urgency(cells["urgency"]).value,
        "limit_value": value,
        "limit_unit": cells["limit_unit"],
        "source": cells["source"],
    }


def _read_ground(cells: Mapping[str, str]) -> Values:
    names = ("code", "name", "explanation", "other_door", "source")
    values = {name: cells[name] for name in names}
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise ValueError(f"不能为空：{'、'.join(missing)}")
    return values


def _read_choice(cells: Mapping[str, str]) -> Values:
    kind = ChoiceKind(cells["kind"])
    if not cells["code"] or not cells["name"]:
        raise ValueError("code 与 name 不能为空")
    return {"kind": kind.value, "code": cells["code"], "name": cells["name"], "source": cells["source"]}


_POLICIES = RulesFile(path=_DATA / "sla_policies.csv", table=SlaPolicy, key=("clock", "urgency"), read=_read_policy)
_GROUNDS = RulesFile(path=_DATA / "rejection_grounds.csv", table=RejectionGround, key=("code",), read=_read_ground)
_CHOICES = RulesFile(path=_DATA / "choices.csv", table=Choice, key=("kind", "code"), read=_read_choice)
