"""The only place where an HTTP request opens a transaction: one a request, opened when first asked for. An upload has
two, with its wait between them (``release_session``).

It commits when the view returns, whatever the status: a refused sign-in is a result that must be kept. It rolls back
when the view raises. What must happen after the commit and before the answer (sending a code) is given to
``after_commit``; its failure turns the answer into that failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from flask import g

from backend.infrastructure.database import Session
from mobile_api.services import services


def current_session() -> Session:
    """Return the session of this request, its transaction already open."""
    if g.get("session") is None:
        g.session = g.transaction_stack.enter_context(services().database.transaction())
    session: Session = g.session
    return session


def release_session() -> None:
    """Commit what this request did so far and give its connection back; the next use begins another transaction.

    For requests that wait for a phone or for a photo between two short steps. What they did before stays done.
    """
    g.transaction_stack.close()
    g.session = None


def after_commit(step: Callable[[], None]) -> None:
    """Run ``step`` once the transaction of this request has committed, before its answer leaves."""
    g.after_commit_steps.append(step)


@contextmanager
def request_transaction() -> Iterator[None]:
    """Hold what a request did in one transaction, then run its after-commit steps."""
    g.after_commit_steps = []
    g.session = None
    with ExitStack() as stack:
        g.transaction_stack = stack
        yield
    for step in g.after_commit_steps:
        step()
