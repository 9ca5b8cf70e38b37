"""The only place where an HTTP request opens a transaction: one a request, opened when first asked for. An upload has
two, with its wait between them (``release_session``).

It commits when the view returns, whatever the status: a refused sign-in is a result that must be kept. It rolls back
when the view raises. What must happen after the commit and before the answer (sending a code) is given to
``after_commit``; its failure turns the answer into that failure.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType

from backend.infrastructure.database import Session
from mobile_api.current import current_keep
from mobile_api.services import services


class RequestTransaction:
    """Holds what a request did in one transaction, then runs its after-commit steps."""

    def __init__(self) -> None:
        self._session: Session | None = None
        self._opened = ExitStack()
        self.steps: list[Callable[[], None]] = []

    def session(self) -> Session:
        """Return the session, its transaction open."""
        if self._session is None:
            self._session = self._opened.enter_context(services().database.transaction())
        return self._session

    def release(self) -> None:
        """Commit what was done, if anything, and give the connection back."""
        self._session = None
        self._opened.close()

    def __enter__(self) -> None:
        """Begin the request. Nothing is opened yet."""
        current_keep().transaction = self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Commit, and run the steps; roll back where the view raised."""
        if self._session is not None:
            self._opened.__exit__(kind, error, at)
        if kind is None:
            for step in self.steps:
                step()


def current_session() -> Session:
    """Return the session of this request, its transaction already open."""
    return _current().session()


def release_session() -> None:
    """Commit what this request did so far and give its connection back; the next use begins another transaction.

    For requests that wait for a phone or for a photo between two short steps. What they did before stays done.
    """
    _current().release()


def after_commit(step: Callable[[], None]) -> None:
    """Run ``step`` once the transaction of this request has committed, before its answer leaves."""
    _current().steps.append(step)


def _current() -> RequestTransaction:
    transaction: RequestTransaction = current_keep().transaction
    return transaction
