"""What must come of tries, said once more and apart from the product: five in a row, then a quarter of an hour."""

from __future__ import annotations

from dataclasses import dataclass, field

LIMIT = 5
QUIET_S = 15 * 60
CHALLENGE_S = 5 * 60


@dataclass
class Waiting:
    """A challenge, what it was born of, and what was done with it."""

    born_at_s: float
    is_good: bool
    answer: dict
    tries: int = 0
    is_used: bool = False

    def is_alive(self, now_s: float) -> bool:
        return not self.is_used and self.tries < LIMIT and now_s < self.born_at_s + CHALLENGE_S


@dataclass
class Subject:
    """One login name or one phone: how often it was tried without success, and when it was counted last."""

    failed: int = 0
    counted_at_s: float = -QUIET_S
    waiting: list[Waiting] = field(default_factory=list)

    def counts(self, now_s: float) -> bool:
        """Count one try; False when it is one too many."""
        if now_s >= self.counted_at_s + QUIET_S:
            self.failed = 0
        if self.failed >= LIMIT:
            return False
        self.failed, self.counted_at_s = self.failed + 1, now_s
        return True

    def answer_to(self, challenge: Waiting, *, is_right: bool, now_s: float, is_prepaid: bool) -> int:
        """Return the status that a code for this challenge must get."""
        if not challenge.is_alive(now_s):
            return 401
        challenge.tries += 1
        if not is_prepaid and not self.counts(now_s):
            return 429
        if not (is_right and challenge.is_good):
            return 401
        # The law itself: whatever went before, at most the fifth try is the right one.
        assert self.failed <= LIMIT
        challenge.is_used, self.failed = True, 0
        return 201
