"""A move under way, and what it is made with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.cases.ledger import Witness
from backend.cases.models import Case, CaseTask
from backend.cases.rules import Door, Move, State, Transition
from backend.cases.use_cases.stages import Timing
from backend.infrastructure.crypto import Sealer
from backend.organization.queries.city import City


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a move needs beside the case: the city's rules, the cipher, and the time."""

    city: City
    sealer: Sealer
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """Who moves a case, and through which door."""

    door: Door
    witness: Witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A move of a locked case: the row, where the case came from, and its tasks as they were."""

    session: Session
    case: Case
    row: Transition
    from_state: State
    move: Move
    mover: Mover
    desk: Desk
    timing: Timing
    tasks: Sequence[CaseTask]
