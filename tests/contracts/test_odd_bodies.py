"""S14: every field of every write, with everything that is no value of it. Refused in words, never an error of ours.

Each operation of the document is called as its maker says; then one part of the call is changed, and everything that
was refused must have changed nothing: the same call is accepted afterwards.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from tests.makers.asking import (
    OPERATIONS,
    WRITES,
    expect_accepted,
    expect_problem,
    expect_refusal,
    made,
    send,
    value_at,
)
from tests.makers.document import Leaf, operations
from tests.makers.odd_values import BYTES, MIB, whole_bodies, wrong_values
from tests.makers.table import HOW_TO_ADD, MAKERS
from tests.odd_characters import REFUSED, TAKEN

HERE = "__here__"


def test_every_operation_of_the_document_has_a_maker():
    assert {operation.key for operation in operations()} == set(MAKERS), HOW_TO_ADD


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_every_text_of_a_write_is_said_to_be_stored_or_only_compared(operation):
    maker = MAKERS[operation.key]

    assert {str(leaf) for leaf in operation.leaves if leaf.is_text} <= (
        maker.stored | maker.compared | maker.judged_later
    ), HOW_TO_ADD


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_call_as_its_maker_makes_it_is_accepted_for_each_role(operation, world):
    for role in sorted(MAKERS[operation.key].roles):
        call = MAKERS[operation.key].make(world, role)

        answer = send(call, operation, world)

        assert answer.status_code < 300, (role, answer.get_data(as_text=True))


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_no_field_takes_a_value_that_is_none_of_its_own(operation, world):
    call = made(operation, world)
    for leaf in operation.leaves:
        for name, value in wrong_values(leaf):
            expect_refusal(send(call.with_leaf(leaf.place, value), operation, world), leaf, name)
        for name, raw in BYTES.items():
            text = call.with_leaf(leaf.place, HERE).content() or b""
            answer = send(replace(call, raw=text.replace(f'"{HERE}"'.encode(), raw)), operation, world)
            expect_problem(answer, {400}, f"{leaf}: {name}")
        if not leaf.is_nullable:
            expect_refusal(send(call.with_leaf(leaf.place, None), operation, world), leaf, "null")

    expect_accepted(send(call, operation, world))


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_no_field_takes_a_text_with_characters_that_nobody_sees(operation, world):
    call = made(operation, world)
    for leaf in operation.leaves:
        for odd in REFUSED:
            value = value_at(call, leaf) or "井盖"
            answer = send(call.with_leaf(leaf.place, f"{value}{odd.examples[0]}盖"), operation, world)
            expect_refusal(answer, leaf, odd.name)

    expect_accepted(send(call, operation, world))


@pytest.mark.parametrize(
    ("operation", "name"),
    [(one, name) for one in WRITES for name in sorted(MAKERS[one.key].stored)],
    ids=str,
)
def test_what_a_text_takes_is_stored_as_it_was_sent_but_for_spaces_and_nfc(operation, name, world):
    leaf = next(one for one in operation.leaves if str(one) == name)
    for odd in TAKEN:
        sent = " e\u0301井"
        for example in odd.examples:
            sent += f" {example}" if len(sent) + len(example) < leaf.schema["maxLength"] - 1 else ""
        answer = send(made(operation, world).with_leaf(leaf.place, f"{sent}\u3000"), operation, world)

        assert answer.status_code < 300, f"{leaf}: {odd.name}: {answer.get_data(as_text=True)}"
        assert unicodedata.normalize("NFC", sent.strip()) in world.stored_texts(), f"{leaf}: {odd.name}"


@pytest.mark.parametrize(
    ("operation", "name"),
    [(one, name) for one in WRITES for name in sorted(MAKERS[one.key].compared)],
    ids=str,
)
def test_a_text_that_is_only_compared_is_refused_in_words_whatever_it_holds(operation, name, world):
    leaf = next(one for one in operation.leaves if str(one) == name)
    for odd in TAKEN:
        answer = send(made(operation, world).with_leaf(leaf.place, odd.examples[0]), operation, world)

        expect_problem(answer, {401, 404, 409, 422}, f"{leaf}: {odd.name}")


@pytest.mark.parametrize(
    ("operation", "name"),
    [(one, name) for one in WRITES for name in sorted(MAKERS[one.key].judged_later)],
    ids=str,
)
def test_a_text_that_a_later_call_judges_is_taken_whatever_it_holds(operation, name, world):
    leaf = next(one for one in operation.leaves if str(one) == name)
    for odd in TAKEN:
        answer = send(made(operation, world).with_leaf(leaf.place, odd.examples[0]), operation, world)

        assert answer.status_code == 201, f"{leaf}: {odd.name}: {answer.get_data(as_text=True)}"


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_no_object_of_a_body_takes_a_field_that_it_does_not_name_or_one_name_twice(operation, world):
    call = made(operation, world)
    for place in operation.objects:
        answer = send(call.with_leaf((*place, "surprise"), 1), operation, world)
        expect_refusal(answer, Leaf(place=(*place, "surprise"), schema={}), "an unknown field")

        text = call.with_leaf((*place, HERE), 1).content() or b""
        name = next(leaf.place[-1] for leaf in operation.leaves if leaf.place[:-1] == place)
        given_twice = text.replace(f'"{HERE}": 1'.encode(), f'"{name}": 1, "{name}": 1'.encode())
        expect_problem(send(replace(call, raw=given_twice), operation, world), {400}, f"{place}: {name} twice")

    expect_accepted(send(call, operation, world))


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_no_body_is_taken_that_is_not_one_json_object_of_at_most_a_mebibyte(operation, world):
    call = made(operation, world)
    valid = call.content() or b""
    for name, raw in whole_bodies(valid, is_needed="required" in operation.body_schema):
        expect_problem(send(replace(call, raw=raw), operation, world), {400, 413, 422}, name)
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"):
        answer = send(call.with_header("Content-Type", media_type), operation, world)
        expect_problem(answer, {415}, media_type)

    expect_accepted(send(replace(call, raw=valid + b" " * (MIB - len(valid))), operation, world))
