"""Acts whose answer the product keeps in memory: held against the very same bytes, served by bare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from bench.asking import ask
from bench.load import Line, LoadFailed
from bench.people import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer by its address, and the name under which bare keeps it."""

    name: str
    path: str

    def keep(self, world: World, folder: Path) -> bool:
        """Write the product's answer where bare will find it; False when there is none. Raises LoadFailed."""
        answer = ask(world.installation.port, Line(path=self.path))
        if answer.status == HTTPStatus.NOT_FOUND:
            return False
        if answer.status != HTTPStatus.OK:
            raise LoadFailed(f"{self.path}: {answer.status} {answer.body[:1000]!r}")
        (folder / self.name).write_bytes(answer.body)
        return True

    def asked(self, _world: World) -> Sequence[Line]:
        """Ask the product for all of it."""
        return [Line(path=self.path)]

    def asked_of_bare(self, _world: World) -> Sequence[Line]:
        """Ask bare for all of it."""
        return [Line(path=f"/bytes/{self.name}")]

    def asked_again(self, world: World) -> Sequence[Line]:
        """Ask the product whether it has changed."""
        return [_known(world.installation.port, self.path)]

    def asked_again_of_bare(self, world: World) -> Sequence[Line]:
        """Ask bare whether it has changed."""
        return [_known(world.installation.bare_port, f"/bytes/{self.name}")]


def _known(port: int, path: str) -> Line:
    """Return the question of somebody who has the answer already."""
    return Line(path=path, tag=ask(port, Line(path=path)).headers.get("etag", ""))
