"""Sixty texts that belong to nobody and look like somebody's, and every spelling in which one might slip out."""

from __future__ import annotations

import base64
import json
import random
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any

COUNT = 60
_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_GIVEN = "建国秀英晓明丽华志强玉兰海燕文博雨桐子轩"
_ROADS = ("海阳路", "人民中路", "青年东路", "濠北路", "世纪大道", "通启路")


def markers(seed: int) -> list[str]:
    """Return sixty markers of six kinds, each found nowhere else."""
    dice = random.Random(seed)

    def letters(count: int) -> str:
        return "".join(dice.choices("bcdfghjkmnpqrstvwxz", k=count))

    kinds = (
        lambda: f"{dice.choice(_NAMES)}{''.join(dice.choices(_GIVEN, k=2))}{letters(6)}",
        lambda: f"{dice.choice(_ROADS)}{dice.randrange(1000, 9999)}号{dice.randrange(10, 99)}幢{letters(5)}",
        lambda: f"1{dice.choice('3589')}{dice.randrange(10**8, 10**9)}",
        lambda: f"329999{dice.randrange(1950, 2010)}{dice.randrange(10**7, 10**8)}",
        lambda: f"{letters(9)}@{letters(7)}.example",
        lambda: f"~{letters(12)}'\"<&>{letters(4)}",
    )
    return [kinds[number % len(kinds)]() for number in range(COUNT)]


def spellings(marker: str) -> Iterator[str]:
    """Yield the marker as it stands, and as JSON, URLs, Python and base64 would spell it."""
    yield marker
    yield json.dumps(marker)[1:-1]
    yield json.dumps(marker, ensure_ascii=False)[1:-1]
    yield urllib.parse.quote(marker)
    yield urllib.parse.quote_plus(marker)
    yield repr(marker)[1:-1]
    yield marker.encode().hex()
    yield base64.b64encode(marker.encode()).decode().rstrip("=")[:-1]
    yield marker.encode().decode("latin-1")


def found_in(text: str, wanted: Iterable[str]) -> list[str]:
    """Return the markers that a text holds in any spelling."""
    return [marker for marker in wanted if any(spelling in text for spelling in spellings(marker))]


def payloads(wanted: list[str], seed: int) -> list[Any]:
    """Return JSON values that hold markers everywhere: wide, deep, nested, as keys, beyond what is allowed."""
    dice = random.Random(seed)

    def one() -> str:
        return dice.choice(wanted)

    def tree(depth: int) -> Any:
        if depth == 0:
            return one()
        return dice.choice([{one(): tree(depth - 1), "k": one()}, [tree(depth - 1), one()]])

    deep: Any = one()
    for level in range(30):
        deep = {one(): deep} if level % 2 else [deep, one()]
    too_deep: Any = one()
    for _ in range(60):
        too_deep = {"a": too_deep, "b": one()}
    wide = {f"{one()}{number}": one() for number in range(400)}
    return [wide, deep, too_deep, [one() for _ in range(400)], one(), *(tree(6) for _ in range(10))]
