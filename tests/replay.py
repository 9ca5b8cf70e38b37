"""Replays the ledger: folds the payload of each entry by a reducer of its own, and imports nothing of the product.

What it gives must be what is stored. It reads entries alone; ``stored`` reads the tables alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

# What a case keeps of its ledger, and is stored in a column of the same name. Typed from the workflow (1.2 to 1.5).
CASE_COLUMNS = (
    "number", "workflow_version", "state", "round", "is_hard", "version", "request_type", "category_tree",
    "category_version", "category_code", "urgency", "urgency_rule", "is_safety", "safety_rule", "is_physical",
    "division_code", "owner_centre_id", "location_finding", "received_system", "submitted_at", "accepted_at",
    "ended_at", "due_at", "due_rule", "due_is_provisional", "due_exact_at", "due_unit", "paused_at",
    "total_started_at", "pauses", "stage_started_at", "stage_due_at", "next_due_at", "rejection_ground", "missing",
    "proposed_unit", "routing_rule", "verification_flagged", "outcome_contacted", "outcome_solved",
    "outcome_satisfied", "outcome_true",
)  # fmt: skip
RATING_COLUMNS = ("number", "round", "is_solved", "stars")
TASK_COLUMNS = (
    "id", "round", "kind", "unit_code", "centre_id", "assignee_person_id", "status", "rule", "due_at", "created_at",
    "signed_at", "is_auto_signed", "done_at", "done_by_person_id",
)  # fmt: skip

Cases = dict[str, dict[str, Any]]


def replayed(entries: Iterable[tuple[str, Mapping[str, Any]]]) -> Cases:
    """Fold (case id, entry), in the order of each ledger. Returns {case id: the case, with its tasks and ratings}."""
    cases: Cases = {}
    for case_id, entry in entries:
        case = cases.setdefault(case_id, {"tasks": {}, "ratings": {}})
        assert entry["seq"] == case.get("version", 0) + 1, f"{case_id}: entry {entry['seq']} out of order"
        assert entry["from"] == case.get("state"), f"{case_id}: entry {entry['seq']} begins elsewhere"
        facts = dict(entry["facts"])
        for task in facts.pop("tasks", ()):
            case["tasks"][task["id"]] = {name: task[name] for name in TASK_COLUMNS}
        if "rating" in facts:
            rating = {name: facts["rating"][name] for name in RATING_COLUMNS}
            case["ratings"][entry["seq"]] = rating | {"rated_at": entry["at"]}
        case |= {name: value for name, value in facts.items() if name in CASE_COLUMNS}
        assert (case["state"], case["version"], case["round"]) == (entry["to"], entry["seq"], entry["round"])
    return cases


def stored(database: psycopg.Connection) -> Cases:
    """Return what the tables hold of every case, in the same words."""
    with database.cursor(row_factory=dict_row) as cursor:
        cases = {
            str(row["id"]): {name: _plain(row[name]) for name in CASE_COLUMNS} | {"tasks": {}, "ratings": {}}
            for row in cursor.execute("SELECT * FROM command_case").fetchall()
        }
        for row in cursor.execute("SELECT * FROM case_task").fetchall():
            cases[str(row["case_id"])]["tasks"][str(row["id"])] = {name: _plain(row[name]) for name in TASK_COLUMNS}
        for row in cursor.execute("SELECT * FROM case_rating").fetchall():
            kept = (*RATING_COLUMNS, "rated_at")
            cases[str(row["case_id"])]["ratings"][row["seq"]] = {name: _plain(row[name]) for name in kept}
    return cases


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value) if isinstance(value, uuid.UUID) else value
