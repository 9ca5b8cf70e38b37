"""The API document as tests read it: its operations, and every leaf that a request may fill."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
DOCUMENT: Mapping[str, Any] = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A place of a request that holds one value, and what the document says of it."""

    place: tuple[str, ...]
    schema: Mapping[str, Any]

    @property
    def is_text(self) -> bool:
        """Whether it is free text, not a code."""
        return str(self.schema.get("format", "")).startswith("text-line")

    @property
    def is_number(self) -> bool:
        """Whether it is a JSON number."""
        return bool({"number", "integer"} & types_of(self.schema))

    @property
    def is_boolean(self) -> bool:
        """Whether it is a truth value."""
        return "boolean" in types_of(self.schema)

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return "array" in types_of(self.schema)

    @property
    def is_nullable(self) -> bool:
        """Whether null may stand there."""
        return "null" in types_of(self.schema) or None in self.schema.get("enum", ())

    def __str__(self) -> str:
        return ".".join(self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    definition: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Its name in the table of makers."""
        return f"{self.method.upper()} {self.path}"

    def parameters_in(self, place: str) -> list[Leaf]:
        """Return the parameters of the path, the query or the headers."""
        return [Leaf(place=(one["name"],), schema=one["schema"]) for one in self.parameters if one["in"] == place]

    @property
    def body_schema(self) -> Mapping[str, Any] | None:
        """The schema of its JSON body; an upload has none."""
        content = self.definition.get("requestBody", {}).get("content", {})
        return resolved(content["application/json"]["schema"]) if "application/json" in content else None

    @property
    def leaves(self) -> list[Leaf]:
        """The leaves of its body."""
        return list(_leaves(self.body_schema, ())) if self.body_schema else []

    @property
    def objects(self) -> list[tuple[str, ...]]:
        """The places of its body that hold objects, the whole body first."""
        return [(), *sorted({leaf.place[:-1] for leaf in self.leaves} - {()})] if self.body_schema else []

    def __str__(self) -> str:
        return self.key


def operations() -> list[Operation]:
    """Return every operation of the document."""
    return [
        Operation(
            method=method,
            path=path,
            parameters=(*methods.get("parameters", ()), *methods[method].get("parameters", ())),
            definition=methods[method],
        )
        for path, methods in DOCUMENT["paths"].items()
        for method in METHODS
        if method in methods
    ]


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and the one schema beside null."""
    if "$ref" in schema:
        return resolved(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    others = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return resolved(others[0]) if len(others) == 1 else schema


def types_of(schema: Mapping[str, Any]) -> set[str]:
    """Return the JSON types that the document names."""
    types = schema.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _leaves(schema: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[Leaf]:
    for name, member in schema["properties"].items():
        target = resolved(member)
        if "properties" in target:
            yield from _leaves(target, (*place, name))
        else:
            yield Leaf(place=(*place, name), schema=target)
