"""Which clock runs in which state, and where the clock of the whole stands still (workflow, 1.2 and 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.cases.rules.vocabulary import Clock, State

# The clock that a stage opens. Handling has none of its own: its due is that of the whole. A verification's depends
# on the place: in a town the way is longer.
STAGE_CLOCKS: Mapping[State, Clock] = MappingProxyType(
    {
        State.SUBMITTED: Clock.ACCEPTANCE,
        State.SUPPLEMENT: Clock.SUPPLEMENT,
        State.ACCEPTED: Clock.DISPATCH,
        State.DISPATCHED: Clock.SIGNING,
        State.FEEDBACK: Clock.REVIEW,
        State.VERIFYING: Clock.VERIFICATION,
        State.CALLBACK: Clock.CALLBACK,
    }
)
# In these the clock of the whole stands still, or has run its course: the stage's due alone counts.
BEYOND_TOTAL = frozenset({State.SUPPLEMENT, State.CALLBACK})
