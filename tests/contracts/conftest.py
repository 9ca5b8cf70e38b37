"""Contracts look at the whole application: the fixtures are those of the HTTP tests."""

from __future__ import annotations

import pytest

from tests.callers import Callers
from tests.http.conftest import (  # noqa: F401 - fixtures are found by their names
    app,
    callers,
    client,
    clock,
    hand_clock,
    services,
    session_app,
)
from tests.makers.world import World


@pytest.fixture
def world(callers: Callers) -> World:  # noqa: F811 - the fixture that was imported
    """A small city whose people call every operation."""
    return World(callers)
