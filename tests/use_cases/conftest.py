"""The desk at which the tests of signing in stand."""

from __future__ import annotations

import pytest

from backend.identity.use_cases.sessions import SignedIn
from tests.sign_in_desk import LOGIN, SignInDesk


@pytest.fixture
def desk(database, settings) -> SignInDesk:
    """A desk with a clock of its own and an empty database."""
    return SignInDesk.opened(database, settings)


@pytest.fixture
def password(desk) -> str:
    """The password of an operator who has not signed in yet."""
    return desk.hire(LOGIN).password


@pytest.fixture
def enrolled(desk, password) -> str:
    """The password of an operator with an app, who signed in five minutes ago."""
    assert isinstance(desk.try_password(LOGIN, password), SignedIn)
    desk.clock.advance(minutes=5)
    return password
