"""Random bytes: as many as were asked for, never the same twice, and no more than are drawn at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.kernel.randomness import MOST_BYTES, random_bytes


@pytest.mark.parametrize("count", [1, 10, 12, MOST_BYTES])
def test_as_many_bytes_come_as_were_asked_for(count):
    assert len(random_bytes(count)) == count


def test_more_than_are_drawn_at_a_time_are_refused():
    with pytest.raises(ValueError, match="at most 16"):
        random_bytes(MOST_BYTES + 1)


def test_threads_that_draw_at_once_never_get_the_same():
    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(lambda _number: random_bytes(MOST_BYTES), range(20_000)))

    assert len(set(drawn)) == 20_000
