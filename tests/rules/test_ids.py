"""Identifiers: of version 7, growing with time, and never the same in two processes."""

from __future__ import annotations

import copy
import os
import pickle
import uuid

from backend.kernel.ids import uuid7


def test_an_id_is_of_version_7_and_its_variant():
    made = [uuid7() for _ in range(1000)]

    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert len(set(made)) == 1000


def test_ids_grow_with_the_millisecond():
    milliseconds = [uuid7().int >> 80 for _ in range(1000)]

    assert milliseconds == sorted(milliseconds)


def test_a_forked_process_draws_randomness_of_its_own():
    uuid7()  # so that there is something drawn that a child could inherit
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"".join(uuid7().bytes[6:] for _ in range(50)))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reading, 10 * 50)
    own = b"".join(uuid7().bytes[6:] for _ in range(50))

    assert len(theirs) == 500
    assert {theirs[at : at + 10] for at in range(0, 500, 10)}.isdisjoint(own[at : at + 10] for at in range(0, 500, 10))


def test_an_id_is_a_uuid_as_any_other_is():
    made = uuid7()

    again = uuid.UUID(str(made))

    assert (made, hash(made), repr(made), made.is_safe) == (again, hash(again), repr(again), again.is_safe)
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made  # noqa: S301 - what was just written
