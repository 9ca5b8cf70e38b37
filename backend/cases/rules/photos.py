"""What photos may show at which move, and where one is asked for (workflow, 1.3: T19)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from backend.cases import errors
from backend.cases.rules.moves import Move
from backend.cases.rules.vocabulary import Action
from backend.evidence.rules import STAGES_OF_REPORTS, Stage

_EVERY_STAGE = frozenset(Stage)
_AFTER_HANDLING = frozenset({Stage.AFTER})
_STAGES_OF: Mapping[Action, frozenset[Stage]] = MappingProxyType(
    {
        Action.SUBMIT: STAGES_OF_REPORTS,
        Action.SUPPLEMENT: STAGES_OF_REPORTS,
        # A unit may show what it found, what it did, and how it is now.
        Action.REPORT_BACK: _EVERY_STAGE,
        Action.CONFIRM_FIXED: _AFTER_HANDLING,
        Action.FLAG_VERIFICATION: _AFTER_HANDLING,
        Action.REFUTE_FIXED: _AFTER_HANDLING,
        # What came back is shown as it is now, before it is handled again.
        Action.REOPEN: STAGES_OF_REPORTS,
    }
)


def stages_of_photos(action: Action) -> frozenset[Stage]:
    """Return of which stages a photo may be that comes with an action."""
    return _STAGES_OF.get(action, frozenset())


def check_photos(move: Move, stages: Collection[str], *, is_physical: bool) -> None:
    """Raise AfterPhotoRequired where a thing at a place was put right and no photo shows it (G-fb)."""
    feedback = move.feedback
    if feedback is not None and feedback.is_solved and is_physical and Stage.AFTER.value not in stages:
        raise errors.AfterPhotoRequired
