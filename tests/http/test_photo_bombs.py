"""Photos that are none: bombs, polyglots, broken and lying files. Each is refused in words, or harmless once kept.

Sizes are those of S15: 9 KiB that decode to 401 MB, 20 KiB that decode to 821 MB.
"""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from tests.callers import Callers
from tests.photos import (
    MARKER,
    bomb_png,
    encoded,
    fetched,
    huge_jpeg_without_data,
    picture,
    png_with,
    upload,
)

HEIC = (Path(__file__).parent / "data" / "photo.heic").read_bytes()
DEFLATED = zlib.compress(bytes(200 * 1024 * 1024), 9)
# What one of these may cost the web process; any of them decoded there would cost hundreds.
FLAT_MB = 40


def peak_mb() -> int:
    """Return the most memory that this process has had since the last reset."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


@pytest.fixture
def _flat_memory():
    """Fail when the web process, which is this one, grew while a test ran."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before_mb = peak_mb()
    yield
    assert peak_mb() - before_mb < FLAT_MB


BOMBS = {
    "9 KiB to 401 MB": bomb_png(8_955, 8_955),
    "20 KiB to 821 MB": bomb_png(12_815, 12_815),
    "one side beyond the limit": bomb_png(16_385, 1),
    "no width at all": bomb_png(4, 4).replace(struct.pack(">II", 4, 4), struct.pack(">II", 0, 4), 1),
    "a JPEG of 65,500 by 65,500 without data": huge_jpeg_without_data(),
    "a WebP of 16,384 by 16,384": (
        b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + b"\xff\x3f\0" * 2
    ),
}


@pytest.mark.usefixtures("_flat_memory")
@pytest.mark.parametrize("name", BOMBS)
def test_a_photo_of_too_many_pixels_is_refused_by_its_header(callers: Callers, name):
    answer = upload(callers.citizen(), BOMBS[name])

    assert (answer.status_code, answer.json["code"]) == (422, "photo-too-large")


@pytest.mark.parametrize(("name", "kib", "mb"), [("9 KiB to 401 MB", 10, 401), ("20 KiB to 821 MB", 20, 821)])
def test_a_bomb_is_what_it_is_said_to_be(name, kib, mb):
    width, height = struct.unpack(">II", BOMBS[name][16:24])

    assert len(BOMBS[name]) <= kib * 1024
    # A byte for each bit as it is decoded, and four more as colours.
    assert round(width * height * 5 / 1_000_000) == mb


PACKED_CHUNKS = {
    "zTXt": png_with((b"zTXt", b"Comment\0\0" + DEFLATED)),
    "iTXt": png_with((b"iTXt", b"Comment\0\1\0\0\0" + DEFLATED)),
    "iCCP": png_with((b"iCCP", b"profile\0\0" + DEFLATED)),
}


@pytest.mark.usefixtures("_flat_memory")
@pytest.mark.parametrize("name", PACKED_CHUNKS)
def test_a_chunk_that_unpacks_to_200_mb_is_refused_or_left_behind(callers: Callers, name):
    citizen = callers.citizen()

    answer = upload(citizen, PACKED_CHUNKS[name])

    assert answer.status_code in {201, 422}
    if answer.status_code == 201:
        assert len(fetched(citizen, answer).data) < 10_000


def lying_heic(width: int, height: int) -> bytes:
    """Return the sample with another size in its property than its picture has."""
    honest, lie = (b"ispe" + bytes(4) + struct.pack(">II", *size) for size in ((320, 200), (width, height)))
    return HEIC.replace(honest, lie)


def png_that_lies(width: int, height: int) -> bytes:
    """Return a PNG whose header tells another size than its rows have."""
    plain = bomb_png(3_000, 3_000)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    told = struct.pack(">I", 13) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return plain[:8] + told + plain[33:]


@pytest.mark.usefixtures("_flat_memory")
@pytest.mark.parametrize(
    "photo",
    [lying_heic(100, 100), lying_heic(8_000, 6_000), png_that_lies(10, 10), png_that_lies(3_000, 9_000)],
    ids=["a small HEIC", "a large HEIC", "a small PNG", "a PNG with too few rows"],
)
def test_a_photo_that_lies_about_its_size_is_refused_or_shown_no_larger_than_it_is(callers: Callers, photo):
    citizen = callers.citizen()

    answer = upload(citizen, photo)

    assert answer.status_code in {201, 422}
    if answer.status_code == 201:
        assert (answer.json["width"], answer.json["height"]) in {(320, 200), (10, 10), (1365, 4096)}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC"])
@pytest.mark.parametrize("part", [0.0005, 0.2, 0.7, 0.99])
def test_a_photo_cut_short_is_refused(callers: Callers, kind, part):
    photo = HEIC if kind == "HEIC" else encoded(Image.effect_noise((200, 200), 90).convert("RGB"), kind)

    answer = upload(callers.citizen(), photo[: int(len(photo) * part) + 12])

    assert answer.status_code == 422
    assert answer.json["code"] in {"photo-unreadable", "photo-type-refused"}


OTHERS = {
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "GIF": encoded(picture(), "GIF"),
    "TIFF": encoded(picture(), "TIFF"),
    "BMP": encoded(picture(), "BMP"),
    "AVIF": encoded(picture(), "AVIF"),
    "JPEG 2000": encoded(picture(), "JPEG2000"),
    "ICO": encoded(picture(64, 64), "ICO"),
    "PDF": encoded(picture(), "PDF"),
    "EPS": encoded(picture(), "EPS"),
    "ZIP": b"PK\x03\x04" + bytes(60),
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "a program": b"\x7fELF" + bytes(60),
    "MP4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(60),
    "nothing": b"",
    "one byte": b"\xff",
    "HTML that begins like a GIF": b"GIF89a/*<script>alert(1)</script>*/",
}


@pytest.mark.usefixtures("_flat_memory")
@pytest.mark.parametrize("name", OTHERS)
def test_every_other_type_is_refused_whatever_it_is_called(callers: Callers, name):
    answer = upload(callers.citizen(), OTHERS[name], name="photo.jpg")

    assert (answer.status_code, answer.json["code"]) == (422, "photo-type-refused")


@pytest.mark.parametrize(
    "behind",
    [f"<html><script>{MARKER}</script>".encode(), b"PK\x03\x04" + MARKER.encode() * 20, f"<?php {MARKER}".encode()],
    ids=["HTML", "ZIP", "PHP"],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_is_a_page_or_an_archive_too_is_kept_as_a_photo_alone(callers: Callers, kind, behind):
    citizen = callers.citizen()

    answer = upload(citizen, encoded(picture(), kind) + behind)

    assert answer.status_code == 201, answer.json
    for rendition in ("full", "thumbnail"):
        assert MARKER.encode() not in fetched(citizen, answer, rendition).data


def frames(kind: str) -> bytes:
    """Return an animation whose first frame is the picture and whose others are green."""
    others = [Image.new("RGB", (320, 200), "green")] * 3
    return encoded(picture(), kind, save_all=True, append_images=others, duration=40)


ODD = {
    "CMYK JPEG": encoded(picture(mode="CMYK"), "JPEG"),
    "grey JPEG": encoded(picture(mode="L"), "JPEG"),
    "progressive JPEG": encoded(picture(), "JPEG", progressive=True),
    "JPEG of several pictures": frames("MPO"),
    "PNG with a palette and a hole": encoded(picture(mode="P"), "PNG", transparency=0),
    "PNG of one bit": encoded(picture(mode="1"), "PNG"),
    "PNG with transparency": encoded(picture(mode="RGBA"), "PNG"),
    "grey PNG with transparency": encoded(picture(mode="LA"), "PNG"),
    "interlaced PNG": encoded(picture(), "PNG", interlace=1),
    "animated PNG": frames("PNG"),
    "WebP without loss": encoded(picture(), "WEBP", lossless=True),
    "WebP with transparency": encoded(picture(mode="RGBA"), "WEBP"),
    "animated WebP": frames("WEBP"),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_but_honest_photo_is_shown_by_its_first_frame(callers: Callers, name):
    citizen = callers.citizen()

    answer = upload(citizen, ODD[name])

    assert answer.status_code == 201, answer.json
    shown = Image.open(io.BytesIO(fetched(citizen, answer).data))
    assert (shown.mode, shown.size) == ("RGB", (320, 200))
    corner, rest = shown.getpixel((20, 20)), shown.getpixel((300, 180))
    assert corner != rest
    assert corner[1] < 100 or corner == (255, 255, 255), "the green of a later frame"


def test_sixteen_bits_of_grey_are_shown_as_eight(callers: Callers):
    citizen = callers.citizen()
    image = Image.new("I;16", (64, 32), 0x8000)

    answer = upload(citizen, encoded(image, "PNG"))

    shown = Image.open(io.BytesIO(fetched(citizen, answer).data))
    assert all(abs(value - 0x80) <= 2 for value in shown.getpixel((30, 20)))


def test_what_is_transparent_is_shown_white(callers: Callers):
    citizen = callers.citizen()

    answer = upload(citizen, encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG"))

    assert Image.open(io.BytesIO(fetched(citizen, answer).data)).getpixel((30, 30)) == (255, 255, 255)
