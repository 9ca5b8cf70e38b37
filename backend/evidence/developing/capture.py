"""Where and when a photo says that it was taken: read before the metadata is left behind, and kept apart."""

from __future__ import annotations

import math
import re
from typing import TypedDict

from PIL import ExifTags, Image

_AT = re.compile(r"\d{4}:\d{2}:\d{2} \d{2}:\d{2}:\d{2}")
_OFFSET = re.compile(r"[+-]\d{2}:\d{2}")
_MINUTE, _SECOND = 60.0, 3600.0


class Capture(TypedDict, total=False):
    """What was found: local time as EXIF writes it, its offset, and degrees (EXIF says WGS-84)."""

    at: str
    offset: str
    longitude: float
    latitude: float


def capture_of(image: Image.Image) -> Capture:
    """Return what the EXIF tells. Whatever is broken or odd in it counts as not there."""
    found: Capture = {}
    try:
        exif = image.getexif()
        times = exif.get_ifd(ExifTags.IFD.Exif)
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        return found
    at = _text(times.get(ExifTags.Base.DateTimeOriginal), _AT)
    offset = _text(times.get(ExifTags.Base.OffsetTimeOriginal), _OFFSET)
    longitude = _degrees(place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    latitude = _degrees(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    if at is not None:
        found["at"] = at
    if offset is not None:
        found["offset"] = offset
    if longitude is not None and latitude is not None:
        found["longitude"], found["latitude"] = longitude, latitude
    return found


def _text(value: object, pattern: re.Pattern[str]) -> str | None:
    text = value.strip("\x00 ") if isinstance(value, str) else ""
    return text if pattern.fullmatch(text) else None


def _degrees(parts: object, reference: object, negative: str, limit: int) -> float | None:
    if not isinstance(parts, tuple):
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / _MINUTE + seconds / _SECOND
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not math.isfinite(value) or not 0 <= value <= limit:
        return None
    return round(-value if reference == negative else value, 7)
