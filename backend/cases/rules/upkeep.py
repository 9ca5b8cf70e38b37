"""Changes of a case that are no moves: the ledger tells them like moves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """A change of a case that is no move: its state stays. The ledger tells it like a move.

    ADR-0019.
    """

    code: str
    action: str
    name: str


DUE_RECOMPUTED = Upkeep(code="D01", action="recompute_due", name="重算期限")
WORKFLOW_ADOPTED = Upkeep(code="W01", action="adopt_workflow", name="改按新流程办理")
URGED = Upkeep(code="U01", action="urge", name="催办")
RATED = Upkeep(code="R01", action="rate", name="评价")
UPKEEP: tuple[Upkeep, ...] = (DUE_RECOMPUTED, WORKFLOW_ADOPTED, URGED, RATED)
