"""Sending the calls of makers in this process, and what an acceptance and a refusal must look like."""

from __future__ import annotations

from typing import Any

from tests.makers.calls import Call
from tests.makers.document import Leaf, Operation, operations
from tests.makers.table import MAKERS, fit_role
from tests.makers.world import World

OPERATIONS = [operation for operation in operations() if operation.key in MAKERS]
WRITES = [operation for operation in OPERATIONS if operation.body_schema is not None]


def made(operation: Operation, world: World) -> Call:
    """Make a call that is accepted."""
    maker = MAKERS[operation.key]
    return maker.make(world, fit_role(maker))


def send(call: Call, operation: Operation, world: World):
    """Call the operation."""
    return call.send(world.callers.client, operation.method, operation.path)


def value_at(call: Call, leaf: Leaf) -> Any:
    """Return what the body holds there now; a text, or None."""
    value = call.body
    for name in leaf.place:
        value = (value or {}).get(name)
    return value if isinstance(value, str) else None


def expect_accepted(answer) -> None:
    """The same call with nothing changed is accepted."""
    assert answer.status_code < 300, answer.get_data(as_text=True)


def expect_problem(answer, statuses: set[int], what: str) -> dict[str, Any]:
    """It is refused in the form of this API, with words for people."""
    assert answer.status_code in statuses, f"{what}: {answer.status_code} {answer.get_data(as_text=True)[:300]}"
    assert answer.content_type == "application/problem+json", what
    assert any("\u4e00" <= character <= "\u9fff" for character in answer.json["detail"]), what
    return answer.json


def expect_refusal(answer, leaf: Leaf, what: str) -> None:
    """It is refused, and the refusal names the very place."""
    told: Any = expect_problem(answer, {422}, f"{leaf}: {what}")["errors"]["json"]
    for name in leaf.place:
        assert isinstance(told, dict), f"{leaf}: {what}: {told}"
        assert name in told, f"{leaf}: {what}: {told}"
        told = told[name]
