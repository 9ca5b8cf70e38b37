"""Fault tests run one after another: they share the machine's ports, and measure what a neighbour would disturb."""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give all of them to one worker. A killed product's port is free for a moment, and a neighbour may take it."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.xdist_group("faults"))
