"""Fills a new installation with cases: one is filed through the product, and the others are made after it by COPY."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from http import HTTPStatus

from bench.acts import API, complaint
from bench.asking import ask
from bench.load import Line, LoadFailed
from bench.people import World
from bench.sample import take_sample
from bench.seeding import seed_cases

_TELL_EVERY_S = 10.0


def stock(world: World, count: int, say: Callable[[str], None]) -> None:
    """Let there be so many cases. Raises LoadFailed when the one that the others are made after is refused."""
    if count == 0:
        return
    say(f"making {count:,} cases")
    token = world.token_of(world.citizens[0])
    filing = Line(method="POST", path=f"{API}/complaints", token=token, body=complaint("320682"))
    answer = ask(world.installation.port, filing)
    if answer.status != HTTPStatus.CREATED:
        raise LoadFailed(f"the sample was refused: {answer.status} {answer.body[:1000]!r}")
    begun_s = told_s = time.monotonic()

    def tell(there: int) -> None:
        nonlocal told_s
        if time.monotonic() - told_s > _TELL_EVERY_S:
            told_s = time.monotonic()
            say(f"{there:,} cases of {count:,}")

    with world.installation.owner() as owner:
        owner.execute("SET synchronous_commit = off")
        # The rows are made to fit each other: looking each up again would take longer than writing it.
        owner.execute("SET session_replication_role = replica")
        sample = take_sample(owner, world.services.sealer, json.loads(answer.body)["number"])
        seed_cases(owner, world.services.sealer, sample, count=count, progress=tell)
    say(f"{count:,} cases are there, made in {time.monotonic() - begun_s:.0f} s")
