"""Being asked to stop: told once, never in the middle of a fork, and never lost."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest

from backend.infrastructure.embedded.stopping import StopAsked, Stops

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def stops() -> Iterator[Stops]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    made = Stops()
    made.listen()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


class AskedWhileItEnds:
    """Python drops whatever a finaliser raises, and a signal may come at that very moment."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_a_stop_that_was_lost_in_a_finaliser_is_told_at_the_next_look(stops, monkeypatch):
    lost = []
    monkeypatch.setattr(sys, "unraisablehook", lambda mishap: lost.append(mishap.exc_type))

    AskedWhileItEnds()

    assert lost == [StopAsked]
    with pytest.raises(StopAsked):
        stops.check()


def test_nothing_is_told_before_anybody_asked(stops):
    stops.check()


def test_once_stopping_has_begun_nothing_more_is_told(stops):
    with pytest.raises(StopAsked):
        signal.raise_signal(signal.SIGINT)
    stops.ignore()

    signal.raise_signal(signal.SIGINT)
    stops.check()


def test_a_stop_that_comes_while_a_child_is_started_waits_for_its_end(stops):
    done = []

    def start() -> None:
        with stops.held():
            signal.raise_signal(signal.SIGTERM)
            done.append("started")

    with pytest.raises(StopAsked):
        start()

    assert done == ["started"]
