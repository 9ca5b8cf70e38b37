"""The rules of evidence as data: what a photo may be, what is made of it, and how long it waits for its case.

Sources: S14 to S16 of the requirements; workflow 1.3, T19 (photos after handling).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

MAX_PHOTO_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 16_384
FULL_SIDE = 4_096
THUMBNAIL_SIDE = 640
MAX_PHOTOS = 9

# What one person may keep waiting for a case: nine photos of the largest size and as many drafts again.
MAX_WAITING_BYTES = 100 * 1024 * 1024
WAITS_FOR = timedelta(hours=24)
# No upload takes so long from its row to its end: the photo is developed and stored within seconds.
IN_HAND_FOR = timedelta(minutes=15)
LINK_LIFE = timedelta(minutes=5)

# Every key begins with it, then come two digits by which a sweep goes through them in parts.
KEY_FOLDER = "evidence"
KEY_PARTS = 256
# Which field a ciphertext belongs to: authenticated with it, so that it opens nowhere else.
CAPTURE_CONTEXT = "evidence.capture:{}"


class Stage(StrEnum):
    """At which point of the work the photo was taken."""

    BEFORE = "before"  # 处置前
    DURING = "during"  # 处置中
    AFTER = "after"  # 处置后


class State(StrEnum):
    """Where evidence stands. A row comes before its objects and goes after them, so that none is forgotten."""

    RECEIVED = "received"  # objects may be there in part
    READY = "ready"
    DELETED = "deleted"  # objects are to be removed, or are


class Rendition(StrEnum):
    """What was made of the photo. The original is never kept."""

    FULL = "full"
    THUMBNAIL = "thumbnail"


class PhotoType(StrEnum):
    """What a photo may be, told by its first bytes and never by a name or a header."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"


MEDIA_TYPES: Mapping[Rendition, str] = MappingProxyType(
    {Rendition.FULL: "image/jpeg", Rendition.THUMBNAIL: "image/webp"}
)
# Somebody who reports cannot show what was done about it.
STAGES_OF_REPORTS = frozenset({Stage.BEFORE, Stage.DURING})


def is_too_large(width: int, height: int) -> bool:
    """Tell whether an image of this size must not be decoded."""
    return width < 1 or height < 1 or width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS
