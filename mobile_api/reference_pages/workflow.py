"""The workflow table as people read it: every transition of the current version, its clocks and its words."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from backend.cases.rules import (
    ACTION_NAMES,
    BEYOND_TOTAL,
    CURRENT_VERSION,
    STAGE_CLOCKS,
    STATE_NAMES,
    UPKEEP,
    WORKFLOWS,
    Clock,
    Door,
    State,
    Transition,
    is_open,
)
from backend.cases.rules.refusals import SHARED, refusals_of
from backend.complaints.rules import PUBLIC_STATES, PUBLIC_WORDS, STATE_WORDS
from backend.kernel.errors import DomainError
from backend.organization.roles import GRANTS, ROLE_NAMES, Role
from mobile_api.reference_pages.markdown import GENERATED, page, table

_BACKEND = Path(__file__).resolve().parents[2] / "backend"
_WORDING = _BACKEND / "complaints" / "data" / "step_wording.csv"
_LIMITS = _BACKEND / "cases" / "data" / "sla_policies.csv"
_DOOR_NAMES: Mapping[Door, str] = MappingProxyType(
    {
        Door.REPORTER: "本人 reporter",
        Door.DESK: "指挥中心 desk",
        Door.UNIT: "承办单位 unit",
        Door.VERIFIER: "核查任务 verifier",
        Door.FINDER: "当场处置 finder",
        Door.SYSTEM: "系统 system",
    }
)
_CLOCK_NAMES: Mapping[Clock, str] = MappingProxyType(
    {
        Clock.ACCEPTANCE: "受理",
        Clock.SUPPLEMENT: "补充",
        Clock.DISPATCH: "派遣",
        Clock.SIGNING: "签收",
        Clock.REVIEW: "审核",
        Clock.VERIFICATION: "核查（街道）",
        Clock.VERIFICATION_RURAL: "核查（镇）",
        Clock.CALLBACK: "回访",
        Clock.REOPENING: "重新办理的期限",
        Clock.RATING: "评价的期限",
        Clock.TOTAL: "总时限",
    }
)
_UNIT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "natural_minutes": "分钟",
        "natural_hours": "小时",
        "natural_days": "天",
        "working_hours": "工作小时",
        "working_days": "工作日",
    }
)
_NONE = "—"


def workflow_page() -> str:
    """Return the page of the current version."""
    rows, words = WORKFLOWS[CURRENT_VERSION], _wording()
    return page(
        f"# Workflow table 流程表 (version {CURRENT_VERSION})",
        GENERATED,
        "Cases filed now follow this version; a case keeps the version it was filed under until it is adopted "
        "(`flask setup`). An app builds its forms from `possible_moves`, not from this page.",
        _diagram(rows),
        "## Transitions 流转",
        f"Any move may be refused by {_linked(SHARED)}. The column *refused by* has what an action adds. "
        "*Comes with* names the parts of the request; those in brackets are optional. Of two targets the case decides: "
        "`T04` ends a consultation, the others go back to the unit that had the case, if it still works.",
        table(
            ("code", "action", "from", "to", "who", "comes with", "refused by", "诉求人看到"),
            (_row(row, words) for row in rows),
        ),
        "A move without words is not shown to the reporter. In braces stand the facts of the case.",
        "## States and their clocks 状态与时限",
        table(("state", "名称", "诉求人看到", "公开查询", "clock of the stage"), _states()),
        "Handling has no clock of its own: the due date of the whole is the limit there. "
        f"In {_names(BEYOND_TOTAL)} the clock of the whole stands still or has run its course.",
        "## Limits 时限",
        "Loaded from `backend/cases/data/sla_policies.csv`; each row of the file names its source. The limit of the "
        "whole of an ordinary case is that of its category, else of its request type.",
        table(("clock", "名称", "一般 none", "紧急 urgent", "危及生命 life"), _limits()),
        "## Not moves 不改变状态的记录",
        "These stand in the ledger and leave the state as it is.",
        table(("code", "name", "诉求人看到"), ((one.code, one.name, words.get(one.code, _NONE)) for one in UPKEEP)),
    )


def _diagram(rows: tuple[Transition, ...]) -> str:
    lines = ["```mermaid", "stateDiagram-v2", *(f"    {state} : {STATE_NAMES[state]}" for state in State)]
    for row in rows:
        for source in [str(state) for state in sorted(row.sources)] or ["[*]"]:
            lines += [f"    {source} --> {target} : {ACTION_NAMES[row.action]}" for target in row.targets]
    lines += [f"    {state} --> [*]" for state in State if not is_open(state)]
    return "\n".join((*lines, "```"))


def _row(row: Transition, words: Mapping[str, str]) -> tuple[str, ...]:
    parts = [f"`{part}`" for part in sorted(row.needs)] + [f"[`{part}`]" for part in sorted(row.takes)]
    return (
        row.code,
        f"`{row.action}` {ACTION_NAMES[row.action]}",
        _names(row.sources) or "（开始）",
        _names(row.targets),
        "<br>".join(_door(row, door) for door in row.doors),
        " ".join(parts) or _NONE,
        _linked(refusals_of(row.action)) or _NONE,
        words.get(row.code, _NONE),
    )


def _door(row: Transition, door: Door) -> str:
    permission = row.permission(door)
    if permission is None:
        return _DOOR_NAMES[door]
    holders = [ROLE_NAMES[role] for role in Role if permission in GRANTS[role]]
    return f"{_DOOR_NAMES[door]}: {'、'.join(holders)} (`{permission}`)"


def _states() -> Iterator[tuple[str, ...]]:
    for state in State:
        clock = STAGE_CLOCKS.get(state)
        told = f"{_CLOCK_NAMES[clock]} `{clock}`" if clock else _NONE
        yield f"`{state}`", STATE_NAMES[state], STATE_WORDS[state], PUBLIC_WORDS[PUBLIC_STATES[state]], told


def _limits() -> Iterator[tuple[str, ...]]:
    limits = {
        (row["clock"], row["urgency"]): f"{row['limit_value']} {_UNIT_NAMES[row['limit_unit']]}"
        for row in _lines(_LIMITS)
    }
    for clock in Clock:
        yield (
            f"`{clock}`",
            _CLOCK_NAMES[clock],
            *(limits.get((clock, urgency), "按类别") for urgency in ("none", "urgent", "life")),
        )


def _wording() -> dict[str, str]:
    """Return what the reporter reads at each step, by the code of its row; not those that are kept from them."""
    return {row["transition"]: f"**{row['title']}** {row['text']}" for row in _lines(_WORDING) if row["text"]}


def _lines(path: Path) -> list[dict[str, str]]:
    """Return the rows of a rule file that hold now: those without an end."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if not row["valid_to"]]


def _linked(kinds: tuple[type[DomainError], ...]) -> str:
    return ", ".join(f"[{kind.code}](problems/{kind.code}.md)" for kind in kinds)


def _names(states: frozenset[State] | tuple[State, ...]) -> str:
    return "、".join(STATE_NAMES[state] for state in State if state in states)
