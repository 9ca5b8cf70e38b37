"""Contracts look at the whole application: the fixtures are those of the HTTP tests."""

from __future__ import annotations

from tests.http.conftest import (  # noqa: F401 - fixtures are found by their names
    app,
    callers,
    client,
    clock,
    hand_clock,
    services,
    session_app,
)
