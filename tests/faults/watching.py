"""Asks a product's web without pause while something is killed, and remembers who answered when."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from backend.infrastructure.embedded.processes import listeners
from backend.infrastructure.embedded.readiness import answering_worker
from tests.faults.processes import see


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the web: when it was asked and when it came, of which run, by which worker."""

    asked_s: float
    at_s: float
    run_id: str
    worker: int


@dataclass(slots=True)
class Watch:
    """What was seen so far."""

    port: int
    answers: list[Answer] = field(default_factory=list)
    most_servers: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def ask(self) -> None:
        """Ask until it is over."""
        while not self._over.is_set():
            asked_s = time.monotonic()
            answer = answering_worker(self.port)
            if answer is not None:
                self.answers.append(Answer(asked_s=asked_s, at_s=time.monotonic(), run_id=answer[0], worker=answer[1]))
            time.sleep(0.005)

    def count_servers(self) -> None:
        """Count the servers that listen at one time. The workers of one server share its session."""
        while not self._over.is_set():
            self.count_once()
            time.sleep(0.05)

    def count_once(self) -> None:
        """Count the servers that listen now."""
        pids = {int(who.split(":")[0].removeprefix("pid ")) for who in listeners(self.port)}
        sessions = {seen.session for pid in pids if (seen := see(pid))}
        self.most_servers = max(self.most_servers, len(sessions))

    def after(self, at_s: float) -> list[Answer]:
        """Return the answers to what was asked after this moment."""
        return [answer for answer in self.answers if answer.asked_s >= at_s]

    def back_after_s(self, killed_s: float) -> float:
        """Return the seconds from a kill to the first answer that was asked for after it."""
        return self.after(killed_s)[0].at_s - killed_s

    def longest_silence_s(self, since_s: float) -> float:
        """Return the longest time without any answer since this moment."""
        moments = [since_s, *(answer.at_s for answer in self.after(since_s))]
        return max(later - earlier for earlier, later in pairwise(moments))

    def end(self) -> None:
        """Stop watching."""
        self._over.set()


@contextmanager
def watching(port: int) -> Iterator[Watch]:
    """Watch the port during the body."""
    watch = Watch(port)
    watch.count_once()
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(watch.ask), pool.submit(watch.count_servers)]
        try:
            yield watch
        finally:
            watch.end()
        for task in tasks:
            task.result()
