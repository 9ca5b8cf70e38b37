"""Has photos developed by child processes, one for each photo, so many at once, each confined and ended in time.

A new process for each photo: what a photo breaks ends with it, and no byte of one stays for the next (ADR-0029).
"""

from __future__ import annotations

import json
import logging
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

from backend.evidence.errors import EvidenceBusy, PhotoUnreadable
from backend.evidence.headers import Header
from backend.evidence.rules import FULL_SIDE, THUMBNAIL_SIDE
from backend.infrastructure.object_store import ObjectsFull, told_when_full

log = logging.getLogger(__name__)

AT_ONCE = 2
SLOT_WAIT_S = 3.0
WALL_S = 10.0
_PROJECT_DIR = Path(__file__).resolve().parents[2]
# Isolated (-I) and with an empty environment: no setting and no secret of ours reaches whoever decodes.
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from backend.evidence.developing.run import main; main(*sys.argv[2:])"
)
_MAX_ANSWER_BYTES = 4096
_DEVELOPED, _NO_SPACE = "developed", "no_space"


@dataclass(frozen=True, slots=True, kw_only=True)
class Developed:
    """What was made of a photo. The files are open at their beginning, and closed by who made this."""

    full: FileIO
    thumbnail: FileIO
    width: int
    height: int
    # Where and when the photo says it was taken: personal data.
    capture: Mapping[str, str | float] = field(repr=False)


class _AnswerRefused(ValueError):
    """The child said something that ours would not say."""


class Darkroom:
    """Develops photos: at most ``at_once`` in this process, each in at most ``wall_s``."""

    def __init__(self, *, at_once: int = AT_ONCE, slot_wait_s: float = SLOT_WAIT_S, wall_s: float = WALL_S) -> None:
        self._slots = threading.BoundedSemaphore(at_once)
        self._slot_wait_s = slot_wait_s
        self._wall_s = wall_s

    @contextmanager
    def develop(self, photo: IO[bytes], header: Header) -> Iterator[Developed]:
        """Give the renditions of a photo.

        Raises EvidenceBusy when there is no slot or no time, ObjectsFull when the disk has no room to work, or
        PhotoUnreadable.
        """
        with ExitStack() as files:
            with told_when_full():
                # Unbuffered: the child moves the place in the file that we share with it.
                full = files.enter_context(tempfile.TemporaryFile(buffering=0))
                thumbnail = files.enter_context(tempfile.TemporaryFile(buffering=0))
                width, height, capture = self._asked(photo, header, full, thumbnail)
                full.seek(0)
                thumbnail.seek(0)
            yield Developed(full=full, thumbnail=thumbnail, width=width, height=height, capture=capture)

    def _asked(
        self, photo: IO[bytes], header: Header, full: IO[bytes], thumbnail: IO[bytes]
    ) -> tuple[int, int, Mapping[str, str | float]]:
        if not self._slots.acquire(timeout=self._slot_wait_s):
            raise EvidenceBusy(retry_after_s=2)
        try:
            answer = self._run(photo, header, full, thumbnail)
        finally:
            self._slots.release()
        try:
            return _checked(answer)
        except (ValueError, TypeError, KeyError) as error:
            raise PhotoUnreadable(errors={"form": {"photo": ["照片无法读取。"]}}) from error

    def _run(self, photo: IO[bytes], header: Header, full: IO[bytes], thumbnail: IO[bytes]) -> bytes:
        photo.seek(0)  # writes out what is buffered
        os.lseek(photo.fileno(), 0, os.SEEK_SET)
        words = (os.getpid(), full.fileno(), thumbnail.fileno(), header.type.value, header.width, header.height)
        process = subprocess.Popen(  # noqa: S603 - the project's own module
            [sys.executable, "-I", "-c", _PROGRAM, str(_PROJECT_DIR), *map(str, words)],
            stdin=photo.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            pass_fds=(full.fileno(), thumbnail.fileno()),
        )
        with process:
            try:
                answer = _read_until_end(process, self._wall_s)
            finally:
                process.kill()
        if process.returncode != 0 and not answer:
            log.warning("a photo ended its child", extra={"status": process.returncode, "type": header.type.value})
        return answer


def _read_until_end(process: subprocess.Popen[bytes], wall_s: float) -> bytes:
    """Return what the child says until it ends, within the time, and never more than an answer can be."""
    answer = b""
    deadline_s = time.monotonic() + wall_s
    pipe = process.stdout
    if pipe is None:  # asked for above
        return answer
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(answer) <= _MAX_ANSWER_BYTES:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 or not selector.select(left_s):
                raise EvidenceBusy(retry_after_s=5)
            said = os.read(pipe.fileno(), _MAX_ANSWER_BYTES)
            if not said:
                return answer
            answer += said
    return b""


def _checked(answer: bytes) -> tuple[int, int, Mapping[str, str | float]]:
    """Return size and capture. The child has read a stranger's bytes: nothing it says is taken on trust."""
    told: dict[str, Any] = json.loads(answer)  # each value is checked below
    if told["verdict"] == _NO_SPACE:
        raise ObjectsFull
    if told["verdict"] != _DEVELOPED:
        raise _AnswerRefused(told["verdict"])
    width, height = (_side(value, FULL_SIDE) for value in told["full"])
    for value in told["thumbnail"]:
        _side(value, THUMBNAIL_SIDE)
    capture = {name: value for name, kind in _CAPTURE.items() if isinstance(value := told["capture"].get(name), kind)}
    return width, height, MappingProxyType(capture)


_CAPTURE: Mapping[str, type[str] | type[float]] = MappingProxyType(
    {"at": str, "offset": str, "longitude": float, "latitude": float}
)


def _side(value: object, most: int) -> int:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise _AnswerRefused("a side that no rendition has")
    return value
