"""The one error of starting up: it says what happened and what to do, in Chinese and in English."""

from __future__ import annotations


class StartRefused(RuntimeError):
    """The product cannot start here and now. Both texts name the cure, not only the fault."""

    def __init__(self, chinese: str, english: str) -> None:
        self.chinese = chinese
        self.english = english
        super().__init__(f"{chinese}\n{english}")
