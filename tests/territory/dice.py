"""What a script is drawn with: our people, and dice that fall the same way for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.territory.oracle import CursorOf, Ref

# Keys that our people and the neighbours both happen to use.
SHARED_KEYS = 12
_ODD_BODIES = (b"", b"{", b"[]", b"null", b'{"unknown": 1}')
_ODD_CURSORS = ("", "x", "AAAA", "MR8y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays, by name, and what they choose from."""

    desks: Sequence[str]
    citizens: Sequence[str]
    grid_workers: Sequence[str]
    leavers: Sequence[str]
    divisions: Sequence[str]
    categories: Sequence[tuple[str, str]]

    @property
    def everybody(self) -> Sequence[str]:
        """Return all who are there to stay, and one who is not signed in."""
        return [*self.desks, *self.citizens, "nobody"]


class Dice:
    """What the draws are made with."""

    def __init__(self, seed: int, cast: Cast) -> None:
        self.random = random.Random(seed)
        self.cast = cast
        self.keys: list[str] = []

    def one_of(self, *choices: Any) -> Any:
        """Return one of these."""
        return self.random.choice(choices)

    def rarely(self, choice: Any, usual: Any) -> Any:
        """Return the usual, and one time in eight the other."""
        return choice if self.random.random() < 1 / 8 else usual

    def desk(self) -> str:
        """Return a person of a desk; now and then somebody who has none."""
        return self.rarely(self.random.choice(self.cast.everybody), self.random.choice(self.cast.desks))

    def grid_worker(self) -> str:
        """Return a grid worker; now and then somebody else."""
        return self.rarely(self.random.choice(self.cast.everybody), self.random.choice(self.cast.grid_workers))

    def citizen(self) -> str:
        """Return a citizen; now and then somebody else."""
        return self.rarely(self.random.choice(self.cast.everybody), self.random.choice(self.cast.citizens))

    def reader(self) -> str:
        """Return somebody with an inbox: staff are told too."""
        return self.one_of(self.citizen(), self.desk())

    def thing(self, kind: str) -> Ref:
        """Return one of ours, of the neighbour's, or of nobody's."""
        source = self.random.choices(["own", "foreign", "unissued"], weights=[5, 3, 1])[0]
        return Ref(kind=kind, source=source, place=self.random.randrange(50))

    def key(self) -> str | None:
        """Return a new Idempotency-Key; sometimes an old one, one that a neighbour uses too, none, or a broken one."""
        new = f"key-{len(self.keys):06d}-{self.random.randrange(10**9)}"
        old, shared = self.random.choice(self.keys or [new]), f"shared-key-{self.random.randrange(SHARED_KEYS)}"
        drawn = self.random.choices([new, old, shared, None, "short"], weights=[9, 2, 2, 1, 1])
        self.keys.append(new)
        return drawn[0]

    def page(self, operation: str, **query: Any) -> dict[str, Any]:
        """Return the query of a list."""
        cursor = self.one_of(None, None, CursorOf(operation=operation, back=self.random.randrange(3)))
        limit = self.rarely(self.one_of("0", "101", "many"), self.one_of("1", "2", "5", "100"))
        return query | {"limit": limit, "cursor": self.rarely(self.one_of(*_ODD_CURSORS), cursor)}

    def odd(self, body: Any) -> Any:
        """Return the body, and now and then one that no schema takes."""
        return self.rarely(self.one_of(*_ODD_BODIES), body)
