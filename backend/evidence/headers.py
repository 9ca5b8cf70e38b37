"""Reads type and size of a photo from its first bytes, in plain Python, before any decoder sees one of them (S15).

A decoder may reserve the memory of a whole canvas when it opens a file; this module reads a few numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import IO

import filetype

from backend.evidence.rules import PhotoType

_HEAD_BYTES = 4096
# A photo of a phone has some dozens of either; a file made of nothing else must not keep us busy.
_MAX_SEGMENTS = 2_000
_MAX_BOXES = 2_000
_MAX_BOX_DEPTH = 4
# An animated PNG is a PNG to all but those who look for its other frames.
_TYPES: Mapping[str, PhotoType] = MappingProxyType(
    {kind.value: kind for kind in PhotoType} | {"image/apng": PhotoType.PNG}
)
_JPEG_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_SCAN, _JPEG_END = 0xDA, 0xD9
_BOXES_WITH_BOXES = frozenset({b"iprp", b"ipco"})


class HeaderRefused(ValueError):
    """The first bytes are not those of a photo that we take, or tell no size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the file says of itself. For HEIC the size is that of its largest picture, before it is turned."""

    type: PhotoType
    width: int
    height: int


def type_of(photo: IO[bytes]) -> PhotoType:
    """Return the type by the first bytes. Raises HeaderRefused for every type that is not on the list."""
    photo.seek(0)
    found = _TYPES.get(filetype.guess_mime(photo.read(_HEAD_BYTES)) or "")
    if found is None:
        raise HeaderRefused("not a type of the list")
    return found


def read_header(photo: IO[bytes], of: PhotoType) -> Header:
    """Return type and size. Raises HeaderRefused when there is no size where the type has it."""
    photo.seek(0)
    try:
        width, height = _READERS[of](photo)
    except (struct.error, IndexError) as error:
        raise HeaderRefused("cut short") from error
    return Header(type=of, width=width, height=height)


def _png(photo: IO[bytes]) -> tuple[int, int]:
    _signature, length, kind, width, height = struct.unpack(">8sI4sII", photo.read(24))
    if kind != b"IHDR" or length != 13:  # noqa: PLR2004 - the length of IHDR (PNG, 11.2.2)
        raise HeaderRefused("a PNG begins with IHDR")
    return width, height


def _webp(photo: IO[bytes]) -> tuple[int, int]:
    head = photo.read(30)
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L" and head[20] == 0x2F:  # noqa: PLR2004 - the signature of a lossless stream
        (bits,) = struct.unpack("<I", head[21:25])
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise HeaderRefused("a WebP without a frame")


def _jpeg(photo: IO[bytes]) -> tuple[int, int]:
    photo.seek(2)
    for _ in range(_MAX_SEGMENTS):
        marker = _next_marker(photo)
        if marker in _JPEG_STANDALONE:
            continue
        if marker in (_JPEG_SCAN, _JPEG_END):
            break
        (length,) = struct.unpack(">H", photo.read(2))
        if marker in _JPEG_FRAMES:
            _precision, height, width = struct.unpack(">BHH", photo.read(5))
            return width, height
        photo.seek(max(0, length - 2), 1)
    raise HeaderRefused("a JPEG without a frame")


def _next_marker(photo: IO[bytes]) -> int:
    """Return the next marker; bytes of 0xFF before it are padding."""
    if photo.read(1) != b"\xff":
        raise HeaderRefused("no marker where one must stand")
    for _ in range(_HEAD_BYTES):
        code = photo.read(1)[0]
        if code != 0xFF:  # noqa: PLR2004 - the byte that begins every marker
            return code
    raise HeaderRefused("padding without end")


def _heic(photo: IO[bytes]) -> tuple[int, int]:
    """Return the largest width and height that any picture of the file claims (ISO/IEC 23008-12, 6.5.3, ispe)."""
    end = photo.seek(0, 2)
    sizes = [
        struct.unpack(">II", photo.read(8))
        for kind in _boxes(photo, 0, end, depth=0)
        if kind == b"ispe" and photo.read(4) is not None
    ]
    if not sizes:
        raise HeaderRefused("a HEIC without a size")
    return max(width for width, _ in sizes), max(height for _, height in sizes)


def _boxes(photo: IO[bytes], start: int, end: int, *, depth: int) -> Iterator[bytes]:
    """Yield each box on the way to the sizes, with the file standing at its content."""
    if depth > _MAX_BOX_DEPTH:
        raise HeaderRefused("boxes too deep")
    at = start
    for _ in range(_MAX_BOXES):
        if at + 8 > end:
            return
        photo.seek(at)
        size, kind = struct.unpack(">I4s", photo.read(8))
        content = at + 8
        if size == 1:
            (size,) = struct.unpack(">Q", photo.read(8))
            content += 8
        next_at = end if size == 0 else at + size
        if next_at <= at + 7 or next_at > end:
            raise HeaderRefused("a box that ends nowhere")
        if kind == b"meta":
            yield from _boxes(photo, content + 4, next_at, depth=depth + 1)
        elif kind in _BOXES_WITH_BOXES:
            yield from _boxes(photo, content, next_at, depth=depth + 1)
        else:
            photo.seek(content)
            yield kind
        at = next_at
    raise HeaderRefused("boxes without end")


_READERS: Mapping[PhotoType, Callable[[IO[bytes]], tuple[int, int]]] = MappingProxyType(
    {PhotoType.PNG: _png, PhotoType.WEBP: _webp, PhotoType.JPEG: _jpeg, PhotoType.HEIC: _heic}
)
