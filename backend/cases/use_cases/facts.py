"""What a ledger entry says of a move: every stored value that it set, so that replaying the ledger gives the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backend.cases import chain
from backend.cases.filing import Sighting
from backend.cases.ledger import plain
from backend.cases.models import Case, CaseTask
from backend.cases.rules import Action, Move, Verification
from backend.cases.use_cases.verifying import distance_of

MOVED_FACTS = (
    "state",
    "version",
    "round",
    "is_hard",
    "accepted_at",
    "ended_at",
    "due_at",
    "due_rule",
    "due_unit",
    "due_exact_at",
    "due_is_provisional",
    "paused_at",
    "total_started_at",
    "pauses",
    "stage_started_at",
    "stage_due_at",
    "next_due_at",
    "rejection_ground",
    "missing",
    "verification_flagged",
    "outcome_contacted",
    "outcome_solved",
    "outcome_satisfied",
    "outcome_true",
)
FILED_FACTS = (
    *MOVED_FACTS,
    "number",
    "workflow_version",
    "request_type",
    "category_tree",
    "category_version",
    "category_code",
    "urgency",
    "urgency_rule",
    "is_safety",
    "safety_rule",
    "is_physical",
    "division_code",
    "owner_centre_id",
    "location_finding",
    "received_system",
    "submitted_at",
    "proposed_unit",
    "routing_rule",
)
TASK_FACTS = (
    "id",
    "round",
    "kind",
    "unit_code",
    "centre_id",
    "assignee_person_id",
    "status",
    "rule",
    "due_at",
    "created_at",
    "signed_at",
    "is_auto_signed",
    "done_at",
    "done_by_person_id",
)


def facts_of_case(case: Case, names: Sequence[str]) -> dict[str, object]:
    """Return the stored values of a case."""
    return {name: getattr(case, name) for name in names}


def task_facts(tasks: Sequence[CaseTask]) -> dict[str, object]:
    """Return what became of tasks, each by all of its values; nothing where no task changed."""
    if not tasks:
        return {}
    return {"tasks": [{name: plain(getattr(task, name)) for name in TASK_FACTS} for task in tasks]}


def reporter_facts(reporter: Mapping[str, object]) -> dict[str, object]:
    """Return what the reporter chose: nobody may later be shown who wished not to be."""
    return {name: reporter[name] for name in ("number", "identity_shown", "channel")}


def move_facts(case: Case, move: Move) -> dict[str, object]:
    """Return what was told with a move and no column keeps: codes, instants and yes or no, nothing that names anybody.

    How far from the case a result was found is told in metres; the position itself is a text.
    """
    told: dict[str, object] = {}
    if move.reason is not None:
        told["reason"] = move.reason
    if move.feedback is not None:
        told["feedback"] = _plain_values(move.feedback, ("is_true", "is_contacted", "contacted_at", "is_solved"))
    if move.verification is not None:
        distance_m = distance_of(case, move.verification)
        told["verification"] = _plain_values(move.verification, ("verified_at", "photo_captured_at")) | {
            "distance_m": None if distance_m is None else round(distance_m),
            "accuracy_m": None if move.verification.accuracy_m is None else round(move.verification.accuracy_m),
        }
    if move.callback is not None:
        told["callback"] = _plain_values(move.callback, ("is_contacted", "is_solved", "is_satisfied", "is_true"))
    return {"move": told} if told else {}


def _plain_values(part: object, names: Sequence[str]) -> dict[str, object]:
    return {name: plain(getattr(part, name)) for name in names}


def sighting_facts(sighting: Sighting | None) -> dict[str, object]:
    """Return what a grid worker's phone said of the report; nothing of any other filing."""
    if sighting is None:
        return {}
    return {"sighting": {name: plain(getattr(sighting, name)) for name in ("client_id", "captured_at")}}


def texts_of_move(move: Move) -> Mapping[str, str]:
    """Return the texts that came with a move, by the field they are kept under: they may hold personal data."""
    parts = {
        "answer": move.feedback.public_answer if move.feedback else move.answer,
        # Why a reporter wants another round is theirs, and stands beside the notes of the house.
        "reopening_reason" if move.action is Action.REOPEN else "note": move.note,
        "supplement": move.supplement,
        "dispatch_reason": move.dispatch.reason if move.dispatch else None,
        "contact_result": move.feedback.contact_result if move.feedback else None,
        "unsolved_reason": move.feedback.unsolved_reason if move.feedback else None,
        "verification_position": _position(move.verification) if move.verification else None,
        "no_position_reason": move.verification.no_position_reason if move.verification else None,
    }
    return {name: text for name, text in parts.items() if text is not None}


def _position(found: Verification) -> str | None:
    """Return where a verifier stood, as a text: that is personal data too (S37)."""
    if found.longitude_wgs84 is None:
        return None
    return chain.canonical({"longitude_wgs84": found.longitude_wgs84, "latitude_wgs84": found.latitude_wgs84})
