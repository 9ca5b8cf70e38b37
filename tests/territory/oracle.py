"""The oracle of territory: plays one script in two worlds, and tells where the answers differ.

It knows HTTP and nothing else: it imports nothing of the product. A world is a callable that answers requests. What
two worlds may not share (ids, numbers, tokens, hashes) is replaced by the order of its first appearance, so that what
remains is equal byte for byte, or something of a neighbour has come through.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

# Each kind is told from the others by its shape; two JSON members hold what has no shape of its own.
_NAMED = re.compile(
    r'(?P<cursor>(?<="next_cursor":")[^"]+)'
    r'|(?P<expiry>(?<="expires_at":")[^"]+)'
    r'|(?P<challenge>(?<="challenge":")[^"]+)'
    r'|(?P<code>(?<="query_code":")[^"]+)'
    r'|(?P<refresh>(?<="refresh_token":")[^"]+)'
    r"|(?P<link>(?<=/evidence/files/)[\w-]{60,})"
    r"|(?P<token>eyJ[\w-]+\.[\w-]+\.[\w-]+)"
    r"|(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
    r"|(?P<digest>\b[0-9a-f]{64}\b)"
    r"|(?P<trace>\b[0-9a-f]{32}\b)"
    r"|(?P<number>\b(?:NT|AJ|WG)[0-9]{12}[0-9A-Z]\b)"
)

ENOUGH = 3
# What a list teaches whoever reads it, by the member that names it.
_LEARNED = {"notification": "id", "session": "id", "complaint": "number", "case": "number", "grid-report": "number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. ``statements`` is how many SQL statements it took, as far as the world counts them."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    statements: int = 0

    def text(self) -> str:
        """Return all of it as text, headers in their order."""
        lines = [str(self.status), *(f"{name}: {value}" for name, value in self.headers), ""]
        # A photo is no text, and is compared all the same.
        return "\n".join([*lines, self.body.decode(errors="backslashreplace")])

    def json(self) -> Any:
        """Return the body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A thing by its place among those of its kind and source: ``own``, ``foreign`` or ``unissued``."""

    kind: str
    source: str
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorOf:
    """The cursor that an earlier step was answered with, counted from the last one back."""

    operation: str
    back: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request, told by what it means: the same step in every world.

    ``version`` is what If-Match says: ``seen`` for the ETag last seen of the thing, or the header itself.
    """

    actor: str
    operation: str
    ref: Ref | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    key: str | None = None
    version: str | None = None
    media: str = "application/json"

    def refs(self) -> Iterator[Ref]:
        """Yield what it speaks of: in its path, or in its body."""
        if self.ref is not None:
            yield self.ref
        if isinstance(self.body, Mapping):
            yield from (value for value in self.body.values() if isinstance(value, Ref))


class World(Protocol):
    """A city that answers. ``things`` are what its builder knows of: ids and numbers, by kind and source."""

    def things(self, kind: str, source: str, actor: str) -> Sequence[str]:
        """Return the things of a kind that there are."""
        ...

    def send(
        self, actor: str, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Answer a request of an actor."""
        ...


class Names:
    """Replaces what names a thing by its kind and the order in which it first appeared."""

    def __init__(self) -> None:
        self._places: defaultdict[str, dict[str, int]] = defaultdict(dict)

    def normalised(self, text: str) -> str:
        """Return the text with every name replaced."""
        return _NAMED.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        kind = str(match.lastgroup)
        places = self._places[kind]
        return f"<{kind} {places.setdefault(match[0], len(places) + 1)}>"


class Play:
    """One script being played in one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._names = Names()
        self._learned: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._seen_versions: dict[str, str] = {}
        self._cursors: defaultdict[str, list[str]] = defaultdict(list)
        self.statuses: Counter[tuple[str, int]] = Counter()

    def step(self, step: Step) -> str:
        """Play a step, and return its normalised answer."""
        answer = self._sent(step)
        self.statuses[step.operation, answer.status] += 1
        self._learn(step, answer)
        return self._names.normalised(self._without_echo(step, answer.text()))

    def twins(self, step: Step) -> tuple[str, str] | None:
        """Play a step that speaks of a foreign thing by itself, and beside it of one that nobody ever had."""
        if not any(ref.source == "foreign" for ref in step.refs()):
            return None
        return self._alone(step, "foreign"), self._alone(step, "unissued")

    def _alone(self, step: Step, source: str) -> str:
        changed = {
            "ref": _moved(step.ref, source),
            "body": {name: _moved(value, source) for name, value in step.body.items()}
            if isinstance(step.body, Mapping)
            else step.body,
            "key": f"{step.key}-{source}" if step.key else step.key,
        }
        alone = replace(step, **changed)
        answer = self._sent(alone)
        return Names().normalised(f"{self._without_echo(alone, answer.text())}\nstatements: {answer.statements}")

    def _without_echo(self, step: Step, text: str) -> str:
        """Replace what the step itself asked for, where it is none of ours: which one it was differs by world."""
        for ref in step.refs():
            if ref.source != "own":
                text = text.replace(self._thing(ref, step.actor), "<asked for>")
        return text

    def _sent(self, step: Step) -> Answer:
        method, template = step.operation.split(" ")
        thing = self._thing(step.ref, step.actor) if step.ref else ""
        path = re.sub(r"\{\w+\}", thing, template)
        headers = {"Content-Type": step.media} if method in {"POST", "PUT"} else {}
        headers |= {"Idempotency-Key": step.key} if step.key else {}
        if step.version is not None:
            headers["If-Match"] = self._seen_versions.get(thing, '"v1"') if step.version == "seen" else step.version
        query = {name: value for name, raw in step.query.items() if (value := self._value(raw, step.actor)) is not None}
        return self._world.send(step.actor, method, path, query, headers, self._body(step))

    def _body(self, step: Step) -> bytes:
        if step.body is None or isinstance(step.body, bytes):
            return step.body or b""
        if not isinstance(step.body, Mapping):
            return json.dumps(step.body).encode()
        return json.dumps({name: self._value(value, step.actor) for name, value in step.body.items()}).encode()

    def _value(self, raw: Any, actor: str) -> Any:
        if isinstance(raw, Ref):
            return self._thing(raw, actor)
        if isinstance(raw, CursorOf):
            cursors = self._cursors[raw.operation]
            return cursors[-1 - raw.back % len(cursors)] if cursors else None
        return raw

    def _thing(self, ref: Ref, actor: str) -> str:
        things = [*self._world.things(ref.kind, ref.source, actor)]
        if ref.source == "own":
            things += self._learned[ref.kind, actor]
        if not things:  # a neighbour without any: one that nobody ever had must answer alike
            things = [*self._world.things(ref.kind, "unissued", actor)]
        return things[ref.place % len(things)]

    def _learn(self, step: Step, answer: Answer) -> None:
        """Remember what a client would: numbers of its own, versions and cursors."""
        said = answer.json()
        if not isinstance(said, dict):
            return
        if isinstance(said.get("next_cursor"), str):
            self._cursors[step.operation].append(said["next_cursor"])
        etag = dict(answer.headers).get("ETag")
        if etag is not None and step.ref is not None:
            self._seen_versions[self._thing(step.ref, step.actor)] = etag
        for kind, member in _LEARNED.items():
            if f"/{kind}s" in step.operation and isinstance(said.get("items"), list):
                known = self._learned[kind, step.actor]
                known += [item[member] for item in said["items"] if member in item and item[member] not in known]


def _moved(value: Any, source: str) -> Any:
    if isinstance(value, Ref) and value.source == "foreign":
        return Ref(kind=value.kind, source=source, place=value.place)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the neighbour shows."""

    place: int
    step: Step
    what: str
    one: str
    other: str

    def __str__(self) -> str:
        pairs = enumerate(zip(self.one, self.other, strict=False))
        first = next((at for at, (one, other) in pairs if one != other), min(len(self.one), len(self.other)))
        around = slice(max(0, first - 300), first + 300)
        return (
            f"step {self.place}, {self.what}: {self.step}\n--- one\n{self.one[around]}\n--- other\n{self.other[around]}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of a script: where the neighbours showed, and which operations were answered with which status."""

    differences: Sequence[Difference]
    statuses: Mapping[tuple[str, int], int]

    def answered(self, operation: str, *statuses: int) -> int:
        """Return how often the operation was answered with one of these."""
        return sum(self.statuses.get((operation, status), 0) for status in statuses)


def compared(one: World, other: World, script: Sequence[Step]) -> Comparison:
    """Play the script in both worlds, a step in each in turn. Nothing differs where no neighbour shows.

    Stops after a few differences: what once differed goes on to differ.
    """
    plays = Play(one), Play(other)
    found: list[Difference] = []
    for place, step in enumerate(script):
        # The twins first: a step that wrongly ends a neighbour's thing would make it look like none.
        for play in plays:
            twins = play.twins(step)
            if twins is not None and twins[0] != twins[1]:
                what = "a neighbour's thing and one that nobody ever had"
                found.append(Difference(place=place, step=step, what=what, one=twins[0], other=twins[1]))
        first, second = (play.step(step) for play in plays)
        if first != second:
            found.append(Difference(place=place, step=step, what="between the worlds", one=first, other=second))
        if len(found) >= ENOUGH:
            break
    return Comparison(differences=found, statuses=plays[0].statuses)
