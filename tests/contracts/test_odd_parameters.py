"""S14 beside the body: odd values in paths, queries and headers are refused in words, and limits hold."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from tests.makers.asking import OPERATIONS, WRITES, expect_accepted, expect_problem, made, send
from tests.makers.calls import KEY
from tests.odd_characters import REFUSED, TAKEN

WRONG_QUERIES = ("\ud800", "9" * 31, "-1", "1.5", "+1", "1_0", "１", " ", "", "a" * 8000, "None", "null")
# In a search people type what they like: a number, a sign, a foreign word, and what looks like an escape.
SEARCH = ("q",)
WRONG_IN_A_SEARCH = (" ", "", "a" * 8000)
WRONG_HEADERS = {
    KEY: ["", "short", "k" * 129, "é" * 9, '"unfinished-key', "key with spaces", "a" * 8000],
    "If-Match": ["", "*", 'W/"v1"', '"v0"', '"v-1"', '"v1", "v2"', '"v9999999999"', "v1", '"v\u00b2"', "a" * 8000],
}


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.parameters_in("path")], ids=str)
def test_a_path_takes_nothing_odd_in_the_place_of_what_it_names(operation, world):
    call = made(operation, world)
    for leaf in operation.parameters_in("path"):
        value = call.path[leaf.place[0]]
        odd = [odd.examples[0] for odd in (*REFUSED, *TAKEN)]
        for wrong in (*(f"{value}{one}" for one in odd), "\x00", "\ud800", "9" * 65, "-1", " ", "a" * 8000, "%", "'--"):
            answer = send(call.with_path(leaf.place[0], wrong), operation, world)
            # What escapes the path (a slash, dots) is no route of ours; what stays in it names nothing, or no device.
            expect_problem(answer, {404, 405, 422}, repr(wrong[:40]))

    expect_accepted(send(call, operation, world))


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.parameters_in("query")], ids=str)
def test_a_query_takes_no_odd_value_no_name_twice_and_no_name_that_it_does_not_know(operation, world):
    call = made(operation, world)
    for leaf in operation.parameters_in("query"):
        name = leaf.place[0]
        values = WRONG_IN_A_SEARCH if leaf.place == SEARCH else WRONG_QUERIES
        for wrong in (*(odd.examples[0] for odd in REFUSED), *values):
            answer = send(call.with_query(name, wrong), operation, world)
            problem = expect_problem(answer, {404, 422}, f"{name}: {wrong[:40]!r}")
            assert answer.status_code == 404 or name in problem["errors"]["query"]
        if name in call.query:
            twice = f"{operation.path}?{name}={call.query[name]}&{name}={call.query[name]}"
            expect_problem(send(replace(call, query={}), replace(operation, path=twice), world), {422}, f"{name} twice")
    expect_problem(send(call.with_query("surprise", "1"), operation, world), {422}, "an unknown parameter")

    expect_accepted(send(call, operation, world))


def test_a_page_holds_at_most_a_hundred_rows(world):
    paged = [one for one in OPERATIONS if any(leaf.place == ("limit",) for leaf in one.parameters_in("query"))]

    assert len(paged) >= 3
    for operation in paged:
        call = made(operation, world)
        expect_accepted(send(call.with_query("limit", "100"), operation, world))
        for limit in ("0", "101", "1000000"):
            expect_problem(send(call.with_query("limit", limit), operation, world), {422}, limit)


def test_a_cursor_that_somebody_made_up_is_refused_whatever_stands_in_it(world):
    paged = [one for one in OPERATIONS if any(leaf.place == ("cursor",) for leaf in one.parameters_in("query"))]
    parts = ("\x00", "井\x00盖", "\n", "\u2028", "\ud800", "9" * 60)

    assert len(paged) >= 3
    for operation in paged:
        for text in (*parts, *(f"{part}\x1f{part}" for part in parts), "\x1f", "\x1f\x1f"):
            cursor = base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode().rstrip("=")
            answer = send(made(operation, world).with_query("cursor", cursor), operation, world)
            # A plain text may be where a list by codes goes on: then nothing follows it.
            if answer.status_code >= 300:
                problem = expect_problem(answer, {422}, f"{operation}: {text!r}")
                assert problem["code"] == "cursor-refused"
            else:
                assert text == "9" * 60, f"{operation}: {text!r}"
                assert answer.json["items"] == []


@pytest.mark.parametrize("operation", [one for one in WRITES if one.parameters_in("header")], ids=str)
def test_a_header_that_a_write_needs_takes_nothing_odd_and_is_not_done_without(operation, world):
    call = made(operation, world)
    wrong = {
        KEY: [
            "",
            "short",
            "k" * 129,
            "é" * 9,
            '"unfinished-key',
            "key with spaces",
            "a" * 8000,
            "键".encode().decode("latin-1"),
        ]
    }
    wrong["If-Match"] = [
        "",
        "*",
        'W/"v1"',
        '"v0"',
        '"v-1"',
        '"v1", "v2"',
        '"v9999999999"',
        "v1",
        '"v\u00b2"',
        "a" * 8000,
    ]
    for leaf in operation.parameters_in("header"):
        name = leaf.place[0]
        without = {header: value for header, value in call.headers.items() if header != name}
        expect_problem(send(replace(call, headers=without), operation, world), {400, 428}, f"no {name}")
        for value in WRONG_HEADERS[name]:
            # An empty key in a call means a fresh one; on the wire it is a space.
            answer = send(call.with_header(name, value or " "), operation, world)
            expect_problem(answer, {400}, f"{name}: {value[:40]!r}")

    expect_accepted(send(call, operation, world))


@pytest.mark.parametrize("name", ["X-Request-Id", "Accept-Language", "Accept", "User-Agent", "Cookie", "Referer"])
def test_a_header_that_nobody_needs_may_hold_anything(name, world):
    operation = next(one for one in OPERATIONS if one.key == "GET /api/v1/me")
    for value in ("", "é" * 9, "\xff\xfe", "a" * 7000, "%00", "'\";--"):
        answer = send(made(operation, world).with_header(name, value), operation, world)

        expect_accepted(answer)
        assert answer.headers["X-Request-Id"].isascii()
        assert len(answer.headers["X-Request-Id"]) in {32, 36}
