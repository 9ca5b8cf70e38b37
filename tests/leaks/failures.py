"""Every way in which a route can fail with what was sent to it."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Mapping

from sqlalchemy import text
from werkzeug.exceptions import BadRequest

from mobile_api.transactions import after_commit, current_session

log = logging.getLogger("somebody.else")


def _nested(said: str) -> None:
    try:
        {}[said]
    except KeyError as error:
        error.add_note(said)
        raise RuntimeError(f"cannot go on with {said}", {"payload": said}) from error


def _log_it(said: str) -> None:
    try:
        _nested(said)
    except RuntimeError as error:
        log.exception("it failed for %s", said)
        log.error("it failed: %(words)s", {"words": said}, exc_info=error)  # noqa: TRY400 - as others do
        log.error(error)  # noqa: TRY400 - as above
        log.warning("stack", stack_info=True)
        warnings.warn(said, stacklevel=1)
        log.warning("no such %d", said)


def _in_thread(said: str) -> None:
    thread = threading.Thread(target=_nested, args=(said,))
    thread.start()
    thread.join()


def _group(said: str) -> None:
    raise ExceptionGroup(said, [ValueError(said), LookupError(said)])


def _refused_by_framework(said: str) -> None:
    raise BadRequest(said)


def _ask(statement: str, said: str) -> None:
    current_session().execute(text(statement), {"s": said})


def _broken_syntax(said: str) -> None:
    _ask(f"SELECT '{said.replace(chr(39), '').replace(':', '')}' FROM", said)


WAYS: Mapping[str, Callable[[str], object]] = {
    "raise": _nested,
    "log": _log_it,
    "group": _group,
    "thread": _in_thread,
    "framework": _refused_by_framework,
    "after_commit": lambda said: after_commit(lambda: _nested(said)),
    "null": lambda said: _ask("INSERT INTO idempotency_record VALUES (NULL, :s, 'k', '', 1, '{}', NULL)", said),
    "unique": lambda said: _ask("INSERT INTO guard_counter SELECT :s, 'x', 1, now() FROM generate_series(1, 2)", said),
    "type": lambda said: _ask("SELECT CAST(:s AS uuid)", said),
    "syntax": _broken_syntax,
    "bytes": lambda said: (said.encode() + b"\xff").decode(),
    "number": int,
}
