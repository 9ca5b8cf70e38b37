"""A row of the workflow table, and what is asked of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.cases.rules.vocabulary import Action, Door, State
from backend.identity.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """From which states, by which action, to where, through which doors, and what comes with it.

    ``targets`` names the state it leads to; where a row has two, ``moves.target_of`` says which. Each door asks for
    its permission; the system's asks for none. ``needs`` names the parts of the request that must come with the
    action, ``takes`` those that may.
    """

    code: str
    action: Action
    sources: frozenset[State]
    targets: tuple[State, ...]
    doors: Mapping[Door, Permission | None]
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()

    @property
    def parts(self) -> frozenset[str]:
        """Return every part of a request that belongs to the action."""
        return self.needs | self.takes

    def permission(self, door: Door) -> Permission | None:
        """Return what a door asks for; None where the row has no such door, or the door asks for nothing."""
        return self.doors.get(door)


Workflow = tuple[Transition, ...]
