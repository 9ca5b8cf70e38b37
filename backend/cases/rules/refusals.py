"""By which refusals of its own an action may be stopped, beside those that every move shares: for the printed table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.cases import errors
from backend.cases.rules.vocabulary import Action
from backend.kernel.errors import DomainError

# What any move may be refused with: not seen, not theirs, not from here, another version, parts too few or too many.
SHARED: tuple[type[DomainError], ...] = (
    errors.CaseNotFound,
    errors.ActionNotPermitted,
    errors.TransitionNotAllowed,
    errors.CaseChanged,
    errors.FieldOfThisActionMissing,
    errors.FieldNotOfThisAction,
)
_OF_A_LOOK = (errors.VerifierNotIndependent, errors.VerificationPositionMissing)
REFUSALS: Mapping[Action, tuple[type[DomainError], ...]] = MappingProxyType(
    {
        Action.SUBMIT: (
            errors.CategoryRefused,
            errors.RequestTypeRefused,
            errors.DivisionRefused,
            errors.PlaceRefused,
            errors.LocationConsentRequired,
            errors.QuotaReached,
        ),
        Action.REQUEST_SUPPLEMENT: (errors.MissingItemsRequired,),
        Action.ANSWER_DIRECTLY: (errors.AnswerTooShort,),
        Action.REJECT: (errors.GroundRequired,),
        Action.DISPATCH: (errors.UnitRefused,),
        Action.REPORT_BACK: (errors.FeedbackIncomplete, errors.AfterPhotoRequired),
        Action.SEND_BACK: (errors.ReasonRequired,),
        Action.ORDER_VERIFICATION: (errors.VerificationByCategory, errors.VerificationNotDoubtful),
        Action.SKIP_VERIFICATION: (errors.VerificationByCategory,),
        Action.UPHOLD_VERIFICATION: (errors.VerificationNotDoubtful,),
        Action.CONFIRM_FIXED: _OF_A_LOOK,
        Action.FLAG_VERIFICATION: _OF_A_LOOK,
        Action.REFUTE_FIXED: (*_OF_A_LOOK, errors.RefutationUnproved),
        Action.CLOSE: (errors.CallbackUnclear,),
        Action.REDO: (errors.CallbackUnclear,),
        Action.REOPEN: (errors.ReopeningOver,),
        Action.WITHDRAW: (errors.SafetyNotWithdrawable,),
    }
)


def refusals_of(action: Action) -> tuple[type[DomainError], ...]:
    """Return what may refuse this action alone, in the order in which it is asked."""
    return REFUSALS.get(action, ())
