"""Views that are first tried with one statement, which itself asks whether the caller may (ADR 0036, 0040).

The token proves a person and a session; that both still live, and that the person is who was presumed, is a condition
of the statement. Where it does not hold, or anything else stands in the way, nothing was written or told, and the view
is called once more in the ordinary way, which looks up who asks and refuses in the order that every route has.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from werkzeug.exceptions import HTTPException

from backend.kernel.errors import DomainError, Unavailable
from mobile_api.current import current_keep

P = ParamSpec("P")
R = TypeVar("R")


class NotAtOnce(Exception):
    """The view could not do everything in one statement. It has written nothing, and what it found tells nothing."""


def tried_at_once(view: Callable[P, R]) -> Callable[P, R]:
    """Call the view with ``is_at_once`` first. Stands outside the access rule, whose look-up it saves."""

    @wraps(view)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        kept = current_keep()
        kept.is_at_once = True
        try:
            return view(*args, **kwargs)
        except Unavailable:
            raise
        except (NotAtOnce, DomainError, HTTPException):
            # Whatever it was: the ordinary way may have another refusal to tell before it.
            pass
        finally:
            kept.is_at_once = False
        kept.pop("actor", None)
        return view(*args, **kwargs)

    return tried


def is_at_once() -> bool:
    """Tell whether this call is the first try: the actor is presumed then, and asked about by the statement alone."""
    return bool(vars(current_keep()).get("is_at_once"))
