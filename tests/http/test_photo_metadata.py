"""Nothing but pixels is kept of a photo, in four formats: no place, no name, no note, wherever it was written.

The judge walks the stored files by hand: what has no segment and no chunk for metadata can hold none.

``data/photo.heic`` is ``tests.photos.picture()`` as PNG, made HEIC by libheif's ``heif-enc -q 60`` and given EXIF, GPS
and XMP by ``exiftool``; each of its texts is the marker.
"""

from __future__ import annotations

import io
import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from backend.evidence.models import Evidence
from backend.infrastructure.crypto import Sealed
from mobile_api.services import Services
from tests.callers import Callers
from tests.photos import MARKER, encoded, fetched, marked_exif, marked_jpeg, marked_png, marked_webp, picture, upload

ROOT = Path(__file__).resolve().parents[2]
HEIC = (Path(__file__).parent / "data" / "photo.heic").read_bytes()
MARKED = {"JPEG": marked_jpeg(), "PNG": marked_png(), "WEBP": marked_webp(), "HEIC": HEIC}


def segments_of(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and content of each segment of a JPEG up to its scan, and what stands behind its end."""
    assert jpeg[:2] == b"\xff\xd8"
    at = 2
    while True:
        marker, length = jpeg[at + 1], struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
        assert jpeg[at] == 0xFF
        yield marker, jpeg[at + 4 : at + 2 + length]
        at += 2 + length
        if marker == 0xDA:
            yield 0xD9, jpeg[jpeg.rindex(b"\xff\xd9") + 2 :]
            return


def chunks_of(webp: bytes) -> list[bytes]:
    """Return the names of the chunks of a WebP, and fail when it holds more than its size tells."""
    assert webp[:4] + webp[8:12] == b"RIFFWEBP"
    assert struct.unpack("<I", webp[4:8])[0] == len(webp) - 8
    names, at = [], 12
    while at < len(webp):
        names.append(webp[at : at + 4])
        length = struct.unpack("<I", webp[at + 4 : at + 8])[0]
        at += 8 + length + length % 2
    return names


def capture_of(services: Services, photo_id: str) -> dict:
    """Return what is sealed of a photo."""
    with services.database.transaction() as session:
        row = session.get(Evidence, photo_id)
        if row.capture_sealed is None:
            return {}
        sealed = Sealed(row.capture_key_id, row.capture_sealed)
        return json.loads(services.sealer.open(sealed, context=f"evidence.capture:{photo_id}"))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "HEIC"])
def test_the_samples_do_hold_what_must_not_be_kept(kind):
    assert MARKED[kind].count(MARKER.encode()) >= 5


def test_the_sample_png_does_hold_what_must_not_be_kept():
    image = Image.open(io.BytesIO(MARKED["PNG"]))
    image.load()

    assert {"Author", "Comment", "XML:com.adobe.xmp", "exif", "icc_profile"} <= image.info.keys()
    assert image.getexif()[0x013B] == MARKER


@pytest.mark.parametrize("kind", MARKED)
def test_what_is_kept_has_no_place_for_metadata(callers: Callers, kind):
    citizen = callers.citizen()

    answer = upload(citizen, MARKED[kind])

    assert answer.status_code == 201, answer.json
    full, small = fetched(citizen, answer).data, fetched(citizen, answer, "thumbnail").data
    segments = list(segments_of(full))
    # Tables, frame, scan, and the bare JFIF header, which holds a version and a density; nothing behind the end.
    assert {marker for marker, _ in segments} <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}
    assert [content for marker, content in segments if marker == 0xE0] == [b"JFIF\0\1\1\0\0\1\0\1\0\0"]
    assert segments[-1] == (0xD9, b"")
    assert chunks_of(small) == [b"VP8 "]
    for kept in (full, small):
        assert MARKER.encode() not in kept
        assert MARKER.encode("utf-16-le") not in kept
        assert MARKER.encode("utf-16-be") not in kept


@pytest.mark.parametrize("kind", MARKED)
def test_where_and_when_it_was_taken_is_sealed_and_in_no_answer(callers: Callers, services: Services, kind):
    answer = upload(callers.citizen(), MARKED[kind])

    photo = capture_of(services, answer.json["id"])["photo"]
    assert (photo["at"], photo["offset"]) == ("2026:11:24 08:15:30", "+08:00")
    assert (round(photo["longitude"], 4), round(photo["latitude"], 4)) == (120.5734, 32.3708)
    assert not re.search(r"120\.57|32\.37|08:15|longitude|captur", answer.get_data(as_text=True))


def test_what_the_phone_says_is_sealed_beside_it(callers: Callers, services: Services):
    said = {
        "captured_at": "2026-11-24T08:16:00+08:00",
        "capture_longitude": "120.58",
        "capture_latitude": "32.38",
        "capture_system": "GCJ-02",
    }

    answer = upload(callers.citizen(), encoded(picture()), **said)

    assert capture_of(services, answer.json["id"]) == {
        "phone": {"at": "2026-11-24T08:16:00+08:00", "longitude": 120.58, "latitude": 32.38, "system": "GCJ-02"}
    }


def test_without_consent_to_positions_only_the_time_is_kept(callers: Callers, services: Services):
    said = {"capture_longitude": "120.58", "capture_latitude": "32.38", "capture_system": "GCJ-02"}

    answer = upload(callers.citizen(agrees=False), MARKED["JPEG"], **said)

    assert capture_of(services, answer.json["id"]) == {"photo": {"at": "2026:11:24 08:15:30", "offset": "+08:00"}}


@pytest.mark.parametrize(
    ("kind", "orientation"), [*(("JPEG", number) for number in range(1, 9)), ("PNG", 6), ("WEBP", 5)]
)
def test_a_photo_is_shown_as_it_was_held(callers: Callers, kind, orientation):
    """The oracle is Pillow's own reading of the tag, on the picture before it became a file."""
    citizen = callers.citizen()
    photo = encoded(picture(), kind, exif=marked_exif(orientation))
    ways = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
    upright = picture().transpose(Image.Transpose(ways[orientation])) if orientation > 1 else picture()

    answer = upload(citizen, photo)

    for rendition in ("full", "thumbnail"):
        shown = Image.open(io.BytesIO(fetched(citizen, answer, rendition).data)).convert("RGB")
        assert shown.size == upright.size
        for x in (0.1, 0.9):
            for y in (0.1, 0.9):
                place = int(shown.width * x), int(shown.height * y)
                is_red = shown.getpixel(place)[0] > 127
                assert is_red == (upright.getpixel(place)[0] > 127), (rendition, place)


def test_a_heic_is_shown_as_it_was_held(callers: Callers):
    citizen = callers.citizen()

    shown = Image.open(io.BytesIO(fetched(citizen, upload(citizen, HEIC)).data))

    assert shown.size == (320, 200)
    assert [shown.getpixel(place)[0] > 127 for place in ((10, 10), (310, 10), (10, 190))] == [True, False, False]


def test_objects_are_written_by_the_intake_alone():
    """Photos were once let out with their metadata through an import path that nobody thought of: there is one way."""
    writers = {
        path.relative_to(ROOT).as_posix()
        for package in ("backend", "mobile_api", "service_catalog")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"\b(store|objects)\.put\(", path.read_text(encoding="utf-8"))
    }

    assert writers == {"backend/evidence/use_cases/intake.py"}
