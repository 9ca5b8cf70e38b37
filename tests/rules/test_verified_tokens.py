"""Verified tokens: kept until their own end, never beyond, and nobody else's opens with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.infrastructure.tokens import TokenRefused
from backend.infrastructure.verified_tokens import VerifiedTokens
from tests.sign_in_desk import NOW

LATER = NOW + timedelta(minutes=10)


class Verifier:
    """Counts how often it was asked."""

    def __init__(self, ends_at=LATER) -> None:
        self.asked = 0
        self.ends_at = ends_at

    def __call__(self):
        self.asked += 1
        return "claims", self.ends_at


def test_a_token_is_verified_once_in_its_life():
    kept, verifier = VerifiedTokens(), Verifier()
    spans = [timedelta(0), timedelta(minutes=1), timedelta(minutes=10, microseconds=-1)]

    proved = [kept.proved("a", NOW + span, verifier) for span in spans]

    assert proved == ["claims"] * 3
    assert verifier.asked == 1


def test_nothing_is_kept_beyond_the_end_of_the_token():
    kept, verifier = VerifiedTokens(), Verifier(ends_at=NOW + timedelta(seconds=5))

    for seconds in (0, 4, 5):
        kept.proved("a", NOW + timedelta(seconds=seconds), verifier)

    assert verifier.asked == 2


def test_a_clock_that_was_set_back_is_judged_anew():
    kept, verifier = VerifiedTokens(), Verifier()

    kept.proved("a", NOW, verifier)
    kept.proved("a", NOW - timedelta(seconds=1), verifier)

    assert verifier.asked == 2


def test_a_refusal_is_not_kept_and_another_token_is_another():
    kept, verifier = VerifiedTokens(), Verifier()

    def refuse():
        raise TokenRefused

    for token in ("a", "b"):
        with pytest.raises(TokenRefused):
            kept.proved(token, NOW, refuse)
    kept.proved("a", NOW, verifier)
    with pytest.raises(TokenRefused):
        kept.proved("b", NOW, refuse)

    assert verifier.asked == 1


def test_the_one_kept_longest_makes_room_for_another():
    kept, verifier = VerifiedTokens(most=2), Verifier()

    for token in ("a", "b", "c", "b", "c", "a"):
        kept.proved(token, NOW, verifier)

    assert verifier.asked == 4
