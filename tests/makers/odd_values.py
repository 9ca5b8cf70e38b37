"""What is no value of a field, and no body at all, by every way to spell it (S14)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.makers.document import Leaf

MIB = 1024 * 1024
# JSON that the standard library writes in no other way than by putting bytes into the text.
BYTES = {
    "a raw lone surrogate": b'"\xed\xa0\x80"',
    "an escaped lone high surrogate": b'"\\ud800"',
    "an escaped lone low surrogate": b'"\\udc00x"',
    "surrogates in the wrong order": b'"\\udc00\\ud800"',
    "bytes that are no UTF-8": b'"\xff\xfe"',
    "an overlong NUL": b'"\xc0\x80"',
    "1e400": b"1e400",
    "-1e400": b"-1e400",
    "NaN": b"NaN",
    "Infinity": b"Infinity",
    "a number of a hundred thousand digits": b"9" * 100_000,
    "arrays 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "objects 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "arrays 33 deep": b"[" * 33 + b"]" * 33,
}
VALUES: dict[str, Any] = {
    "10^30": 10**30,
    "-10^30": -(10**30),
    "2^63": 2**63,
    "true": True,
    "a list": ["a"],
    "an empty list": [],
    "an object": {"a": "b"},
    "an empty object": {},
    "an empty text": "",
    "spaces": "  \u3000",
    "NUL": "\x00",
    "a text of 100,000 characters": "长" * 100_000,
}
TEXTS_FOR_NUMBERS = {"a number as a text": "120.5", "a word": "east"}
NUMBERS_FOR_TEXTS = {"a whole number": 7, "a number with a part": 1.5, "zero": 0}


def wrong_values(leaf: Leaf) -> Iterator[tuple[str, Any]]:
    """Yield what is no value of a leaf, by its type."""
    fit = {bool} if leaf.is_boolean else {list} if leaf.is_list else set()
    # A list of what its items are not stays wrong; an empty one is none the less a list.
    yield from (one for one in VALUES.items() if type(one[1]) not in fit or one[1] == ["a"])
    yield from (TEXTS_FOR_NUMBERS if leaf.is_number else NUMBERS_FOR_TEXTS).items()


def whole_bodies(valid: bytes, *, is_needed: bool) -> Iterator[tuple[str, bytes]]:
    """Yield bodies that are none, most of them made of a valid one."""
    if is_needed:
        yield "nothing", b""
        yield "an empty object", b"{}"
    yield from {
        "null": b"null",
        "a list": b"[" + valid + b"]",
        "a text": b'"text"',
        "a number": b"1",
        "true": b"true",
        "half a body": valid[:-1],
        "two bodies": valid + valid,
        "a body and a comma": valid + b",",
        "a byte order mark": b"\xef\xbb\xbf" + valid,
        "UTF-16": valid.decode().encode("utf-16"),
        "NUL behind": valid + b"\x00",
        "arrays 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
        "objects 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        "only opened": b"[" * 100_000,
        "a byte more than a mebibyte": valid + b" " * (MIB + 1 - len(valid)),
        "two mebibytes": b'{"title":"' + b"x" * (2 * MIB) + b'"}',
    }.items()
