"""What was told of the handling of a case, for those who go on with it: the last feedback, look, and sending back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.cases.models import Case, LedgerEntry
from backend.identity.rules import masked_text


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackView:
    """What the unit reported last. Its answer to the reporter is the case's ``answer``."""

    is_true: bool
    is_contacted: bool
    contacted_at: datetime | None
    contact_result: str | None = field(repr=False)
    is_solved: bool
    unsolved_reason: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView:
    """What a verifier found last. ``distance_m`` is from the case; None where either has no position."""

    distance_m: int | None
    accuracy_m: int | None
    verified_at: datetime
    photo_captured_at: datetime | None
    no_position_reason: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingView:
    """The last of each; None where there was none. ``send_back_reason`` is a code of the closed list."""

    feedback: FeedbackView | None
    verification: VerificationView | None
    send_back_reason: str | None
    dispatch_reason: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is known of how a case ended: four facts apart from each other, of which None is not known."""

    is_contacted: bool
    is_solved: bool | None
    is_satisfied: bool | None
    is_true: bool | None


# By the number of a step and the field; None where a text was erased.
Texts = Mapping[tuple[int, str], str | None]
Shown = Callable[[str, str], str | None]
_DISPATCH = "T09"


def handling_of(entries: Sequence[LedgerEntry], texts: Texts) -> HandlingView:
    """Return what the ledger tells of the handling: of each part the last, with the texts of its own step, masked."""
    told: dict[str, Any] = {}
    steps: dict[str, int] = {}
    for row in entries:
        entry = json.loads(row.entry)
        moved = entry["facts"].get("move", {}) | ({"dispatch": True} if entry["transition"] == _DISPATCH else {})
        told |= moved
        steps |= dict.fromkeys(moved, row.seq)

    def shown(part: str, name: str) -> str | None:
        text = texts.get((steps.get(part, 0), name))
        return None if text is None else masked_text(text)

    return HandlingView(
        feedback=_feedback(told.get("feedback"), shown),
        verification=_verification(told.get("verification"), shown),
        send_back_reason=told.get("reason"),
        dispatch_reason=shown("dispatch", "dispatch_reason"),
    )


def _feedback(told: Mapping[str, Any] | None, shown: Shown) -> FeedbackView | None:
    if told is None:
        return None
    return FeedbackView(
        is_true=told["is_true"],
        is_contacted=told["is_contacted"],
        contacted_at=_instant(told["contacted_at"]),
        contact_result=shown("feedback", "contact_result"),
        is_solved=told["is_solved"],
        unsolved_reason=None if told["is_solved"] else shown("feedback", "unsolved_reason"),
    )


def _verification(told: Mapping[str, Any] | None, shown: Shown) -> VerificationView | None:
    if told is None:
        return None
    return VerificationView(
        distance_m=told["distance_m"],
        accuracy_m=told["accuracy_m"],
        verified_at=datetime.fromisoformat(told["verified_at"]),
        photo_captured_at=_instant(told["photo_captured_at"]),
        no_position_reason=shown("verification", "no_position_reason"),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def outcome_of(case: Case) -> Outcome | None:
    """Return how a case ended; None while it has not, or where it needed no callback."""
    if case.outcome_contacted is None:
        return None
    return Outcome(
        is_contacted=case.outcome_contacted,
        is_solved=case.outcome_solved,
        is_satisfied=case.outcome_satisfied,
        is_true=case.outcome_true,
    )
