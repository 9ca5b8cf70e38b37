"""The API document tells apps the truth: every field of every request has a bound, every refusal a status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mobile_api.schema import RequestSchema
from tests.makers.document import DOCUMENT, Leaf, Operation, operations, resolved, types_of

OPERATIONS = operations()
MAX_BATCH = 100
# What S24 names and stands so far.
NEED_KEYS = {
    "POST /api/v1/complaints",
    "POST /api/v1/complaints/{number}/withdrawal",
    "POST /api/v1/cases/{number}/moves",
}
WRITES = [operation for operation in OPERATIONS if operation.body_schema is not None]


def is_bounded(leaf: Leaf) -> bool:
    """Tell whether no value of the leaf is larger than the document says."""
    schema, types = leaf.schema, types_of(leaf.schema) - {"null"}
    if "enum" in schema or schema.get("format") in {"uuid", "date", "date-time"} or types == {"boolean"}:
        return True
    if types <= {"number", "integer"} and types:
        return "minimum" in schema and "maximum" in schema
    if types == {"array"}:
        return schema.get("maxItems", MAX_BATCH + 1) <= MAX_BATCH and is_bounded(
            Leaf(place=leaf.place, schema=resolved(schema["items"]))
        )
    return types == {"string"} and "maxLength" in schema and ("pattern" in schema or leaf.is_text)


def request_leaves(operation: Operation) -> Iterator[Leaf]:
    """Yield everything that a caller may fill in."""
    for place in ("path", "query", "header"):
        yield from operation.parameters_in(place)
    yield from operation.leaves


def objects_of(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema of a body and all objects inside."""
    target = resolved(schema)
    if "properties" in target:
        yield target
        for member in target["properties"].values():
            yield from objects_of(member)
    elif "items" in target:
        yield from objects_of(target["items"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_field_of_every_request_has_a_bound(operation):
    unbounded = [str(leaf) for leaf in request_leaves(operation) if not is_bounded(leaf)]

    assert unbounded == []


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_every_object_of_every_body_refuses_what_it_does_not_name(operation):
    for found in objects_of(operation.body_schema):
        assert found["additionalProperties"] is False


def test_every_schema_of_a_request_in_the_code_refuses_unknown_fields(app):
    waiting, found = [RequestSchema], []
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()

    assert len(found) > 10
    assert {kind().unknown for kind in found} == {"raise"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_answer_names_its_fields(operation):
    for status, answer in operation.definition["responses"].items():
        if not status.startswith("2") or status == "204":
            continue
        if all(media_type.startswith("image/") for media_type in answer["content"]):
            continue  # a file has no fields
        schema = answer["content"]["application/json"]["schema"]
        for found in objects_of(schema):
            assert found["properties"]
        assert "properties" in resolved(schema), f"{status} shows whatever there is"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_refusal_that_may_come_is_documented_as_a_problem(operation):
    responses = operation.definition["responses"]
    expected = {"429", "503"}
    expected |= {"400", "413", "415", "422"} if operation.body_schema is not None else set()
    expected |= {"422"} if operation.parameters_in("query") else set()
    expected |= {"404"} if operation.parameters_in("path") and operation.method != "put" else set()
    expected |= {"401"} if operation.definition.get("security") != [] else set()
    expected |= {"403"} if "x-permission" in operation.definition else set()

    assert expected - responses.keys() == set()
    for status, answer in responses.items():
        if status[0] in "45d":
            target = (
                DOCUMENT["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]] if "$ref" in answer else answer
            )
            assert set(target["content"]) == {"application/problem+json"}


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_a_write_that_takes_a_key_or_a_version_documents_both(operation):
    """A header that is asked for and not documented is one that no app sends."""
    headers = {leaf.place[0] for leaf in operation.parameters_in("header")}

    assert ("428" in operation.definition["responses"]) == ("If-Match" in headers)
    if operation.key in NEED_KEYS:
        assert "Idempotency-Key" in headers
