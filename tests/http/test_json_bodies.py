"""What of a JSON text is refused: among it two equal names of one object, which readers take differently."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobile_api.json_bodies import MAX_DEPTH, JsonNameTwice, JsonTooDeep, parse_json

# Texts that look like the end of a name, and names that look like such texts.
TEXTS = st.text(alphabet='":\\ \t\nab井{}[],', max_size=6)
PLAIN = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), TEXTS)


class Pairs(list):
    """An object as it is to be written: names and values, of which two names may be equal."""


def values(names: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    """Return values whose objects have such names."""
    return st.recursive(
        PLAIN,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.lists(st.tuples(names, inner), max_size=3).map(Pairs)),
        max_leaves=12,
    )


def has_twice(value: object) -> bool:
    if isinstance(value, Pairs):
        names = [name for name, _ in value]
        return len(set(names)) < len(names) or any(has_twice(inner) for _, inner in value)
    return isinstance(value, list) and any(has_twice(inner) for inner in value)


def written(value: object, colon: str, ascii_only: bool) -> str:
    if isinstance(value, Pairs):
        inner = (json.dumps(k, ensure_ascii=ascii_only) + colon + written(v, colon, ascii_only) for k, v in value)
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(v, colon, ascii_only) for v in value) + "]"
    return json.dumps(value, ensure_ascii=ascii_only)


def taken(text: str) -> object:
    try:
        return parse_json(text.encode())
    except JsonNameTwice:
        return JsonNameTwice


@given(
    value=st.one_of(values(TEXTS), values(st.sampled_from("ab"))),
    colon=st.sampled_from([":", " :", ": ", "\t\r\n :"]),
    ascii_only=st.booleans(),
)
def test_a_text_is_read_as_it_stands_unless_an_object_has_one_name_twice(value, colon, ascii_only):
    text = written(value, colon, ascii_only)

    assert taken(text) == (JsonNameTwice if has_twice(value) else json.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        '{"a" :1,"a":2}',
        '{"a":1,"\\u0061":2}',
        '[{"b":{"a":1 ,"c":":","a"  :2}}]',
        '{"a":"\\":","a":2}',
        '{"a":{},"a":{}}',
    ],
)
def test_a_name_twice_is_found_however_it_is_written(text):
    assert taken(text) is JsonNameTwice


@pytest.mark.parametrize("within", ["", "1", '{"a":1}'])
def test_a_text_nests_so_deep_and_no_deeper(within):
    fits = MAX_DEPTH - within.startswith("{")

    assert parse_json(b"[" * fits + within.encode() + b"]" * fits) == json.loads("[" * fits + within + "]" * fits)
    with pytest.raises(JsonTooDeep):
        parse_json(b"[" * (fits + 1) + within.encode() + b"]" * (fits + 1))
