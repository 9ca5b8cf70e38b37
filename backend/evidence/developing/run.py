"""The child's life: confine itself, read one photo from its input, write two images, tell about them, end."""

from __future__ import annotations

import errno
import json
import os
import sys
from enum import StrEnum
from typing import Any

from backend.evidence.developing.confinement import confine
from backend.evidence.rules import PhotoType


class Verdict(StrEnum):
    """What came of a photo."""

    DEVELOPED = "developed"
    UNREADABLE = "unreadable"
    NO_SPACE = "no_space"


def main(parent_pid: str, full: str, thumbnail: str, kind: str, width: str, height: str) -> None:
    """Develop the photo on standard input into the two open files, and write one JSON object to standard output."""
    confine(int(parent_pid))
    from backend.evidence.developing import capture, pixels  # limited like all that follows

    pixels.prepare()
    told: dict[str, Any]  # one JSON object for the parent, which checks it
    try:
        with os.fdopen(0, "rb", closefd=False) as photo:
            image = pixels.opened(photo, PhotoType(kind), (int(width), int(height)))
            taken, made = capture.capture_of(image), pixels.developed(image)
            image.close()
        whole, (small, small_size) = pixels.full_of(made), pixels.thumbnail_of(made)
    except Exception:
        told = {"verdict": Verdict.UNREADABLE}
    else:
        told = {"verdict": Verdict.DEVELOPED, "full": made.size, "thumbnail": small_size, "capture": taken}
        if not (_written(whole, int(full)) and _written(small, int(thumbnail))):
            told = {"verdict": Verdict.NO_SPACE}
    json.dump(told, sys.stdout)


def _written(content: bytes, descriptor: int) -> bool:
    """Write an image; False where the disk has no room for it: the photo is sound, and may come again."""
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        return False
    return True
