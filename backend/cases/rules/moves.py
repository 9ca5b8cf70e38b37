"""What comes with a move: the parts of a request, as frozen values."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from backend.cases.rules.vocabulary import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchOrder:
    """Whom to dispatch to. Without ``unit`` the proposal of the routing rules is taken; another one needs a reason."""

    unit: str | None = None
    assisting: tuple[str, ...] = ()
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a unit reports of its handling (G-fb).

    ``contacted_at`` and ``contact_result`` say when the reporter was spoken to and what came of it; ``public_answer``
    is what the reporter reads.
    """

    is_true: bool
    is_contacted: bool
    contacted_at: datetime | None = None
    contact_result: str | None = field(default=None, repr=False)
    is_solved: bool
    unsolved_reason: str | None = field(default=None, repr=False)
    public_answer: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verifier found on the spot (G-verify): both instants are of one phone's clock.

    Degrees are WGS-84. ``accuracy_m`` is what the phone says of its own position. Without a position there must be
    a reason.
    """

    longitude_wgs84: float | None = None
    latitude_wgs84: float | None = None
    accuracy_m: float | None = None
    no_position_reason: str | None = field(default=None, repr=False)
    verified_at: datetime
    photo_captured_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Four facts of a callback (G-cb); None is not known, and never counts as yes."""

    is_contacted: bool
    is_solved: bool | None = None
    is_satisfied: bool | None = None
    is_true: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What somebody asks to do to a case. Texts are trimmed; an absent part is None."""

    action: Action
    answer: str | None = field(default=None, repr=False)
    ground: str | None = None
    note: str | None = field(default=None, repr=False)
    missing: tuple[str, ...] | None = None
    supplement: str | None = field(default=None, repr=False)
    dispatch: DispatchOrder | None = None
    feedback: Feedback | None = None
    reason: str | None = None
    verification: Verification | None = None
    callback: Callback | None = None
    evidence_ids: tuple[uuid.UUID, ...] | None = None


PARTS = (
    "answer",
    "ground",
    "note",
    "missing",
    "supplement",
    "dispatch",
    "feedback",
    "reason",
    "verification",
    "callback",
    "evidence_ids",
)


def given_parts(move: Move) -> frozenset[str]:
    """Return the names of the parts that came with a move."""
    return frozenset(name for name in PARTS if getattr(move, name) is not None)
