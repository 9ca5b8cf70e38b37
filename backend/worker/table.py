"""What the worker is handed: who listens to which event, and which jobs reach outside. It knows no room by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend.infrastructure.retry import NeverRetry, RetryLater
from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A room that listens to an event. ``name`` is stable for ever: waiting jobs and receipts hold it.

    The handler works in the transaction it is given. It is called once for each event, unless it raised.
    """

    name: str
    handler: Callable[[Session, Event], None]


Subscriptions = Mapping[str, tuple[Subscriber, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideJob:
    """A job that talks to the outside between two transactions, so that none waits for the network.

    ``claim`` gets the session and the job's ids, and returns what to do or None; ``perform`` does it without a
    transaction; ``settle`` records what came of it, is told whether this was the job's last try, and returns what the
    queue shall do if it is not done.
    """

    queue: str
    claim: Callable[..., Any]  # ids differ by job, and what is claimed is the job's own type
    perform: Callable[[Any], Any]  # as above
    settle: Callable[[Session, Any, Any, bool], RetryLater | NeverRetry | None]  # as above


OutsideJobs = Mapping[str, OutsideJob]
