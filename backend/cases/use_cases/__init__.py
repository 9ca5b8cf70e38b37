"""What is done to cases: open one, move one, urge or rate one.

Each is one transaction of the caller, one ledger entry, one event.
"""

from backend.cases.use_cases.doors import (
    MoveReceipt,
    move_by_clock,
    move_case,
    move_found_case,
    move_own_case,
    move_reported_case,
)
from backend.cases.use_cases.opening import OpenedCase, open_case, opened_case, witness_of
from backend.cases.use_cases.step import Desk
from backend.cases.use_cases.sweeping import sweep_stages
from backend.cases.use_cases.voicing import rate_case, urge_case

__all__ = [
    "Desk",
    "MoveReceipt",
    "OpenedCase",
    "move_by_clock",
    "move_case",
    "move_found_case",
    "move_own_case",
    "move_reported_case",
    "open_case",
    "opened_case",
    "rate_case",
    "sweep_stages",
    "urge_case",
    "witness_of",
]
