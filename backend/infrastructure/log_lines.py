"""What a log line may say of an error: which kind it was and where it arose, never a value that it holds (S39).

The message of an exception is written by whoever raised it, often a library, and names what was wrong: a row of the
database, a parameter, a piece of a body. All of these may be somebody's.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TypeVar, cast

from structlog.typing import EventDict

from backend.kernel.errors import DomainError

E = TypeVar("E", bound=BaseException)
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

_PLACES_KEPT = 12
_ERRORS_KEPT = 8


def tell_error_by_kind_and_place(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace ``exc_info`` by ``errors``: of each error of the chain its class and its places, the innermost last."""
    found = _exception_of(event.pop("exc_info", None))
    if found is not None:
        event["errors"] = [_told(error) for error in _chain(found)][:_ERRORS_KEPT]
    # Frames as text would show source lines only, but a record that carries them was made to show values.
    event.pop("stack_info", None)
    return event


def tell_by_template(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Make the line of the record's template: numbers are filled in, any other argument shows as ``…``.

    Our own lines have fields and no arguments; what a library fills in may be an address, a row or an error's words.
    """
    args = event.pop("positional_args", None)
    record: logging.LogRecord | None = event.get("_record")
    if record is not None:
        event["event"] = _line(record.name, record.msg, args)
    return event


def _line(logger: str, template: object, args: object) -> str:
    if not isinstance(template, str):
        return type(template).__qualname__
    if logger == "py.warnings":
        # ``file:line: Category: words``, whole or as an argument; the words are whoever's who warned.
        place, _, rest = str(args[0] if isinstance(args, tuple) and args else template).partition(": ")
        return f"{place}: {rest.partition(':')[0]}"
    # asyncio writes the repr of a task, and with it the words of its error, below its first line.
    first = template.partition("\n")[0] if logger == "asyncio" else template
    if not args:
        return first
    try:
        return first % _shown_all(args)
    except (TypeError, ValueError):  # such as %d of what is no number
        return first


def _shown_all(args: object) -> object:
    if isinstance(args, Mapping):
        return {name: _shown(value) for name, value in args.items()}
    return tuple(_shown(value) for value in args) if isinstance(args, tuple) else _shown(args)


def _shown(argument: object) -> object:
    return argument if isinstance(argument, int | float) else "…"


def _exception_of(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return cast("ExcInfo", exc_info)[1]
    return sys.exc_info()[1] if exc_info else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error, what it arose from, and the members of a group; each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        members = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        cause = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        waiting += [*members, *([cause] if cause else [])]


def _told(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-_PLACES_KEPT:]
    kind = type(error)
    told: dict[str, object] = {
        "kind": f"{kind.__module__}.{kind.__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, DomainError):
        told["code"] = error.code
    # Five letters by which PostgreSQL tells what was wrong; the rest of what it says holds values.
    sqlstate = getattr(getattr(error, "orig", error), "sqlstate", None)
    return told | {"sqlstate": sqlstate} if isinstance(sqlstate, str) else told
