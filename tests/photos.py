"""Photos as phones, scanners and attackers make them. Made by Pillow and by hand; nothing of the product's own."""

from __future__ import annotations

import io
import struct
import uuid
import zlib
from typing import Any

from PIL import Image, ImageDraw, PngImagePlugin
from werkzeug.test import TestResponse

from tests.callers import API, Caller

MARKER = "KKMARKKK"
BOUNDARY = "----photo7MA4YWxkTrZu0gW"
LONGITUDE, LATITUDE = 120.5734, 32.3708


def picture(width: int = 320, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Return a picture whose top left quarter is red and whose rest is blue, so that one sees how it was turned."""
    image = Image.new("RGB", (width, height), "blue")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill="red")
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return the image as a file."""
    into = io.BytesIO()
    image.save(into, kind, **options)
    return into.getvalue()


def marked_exif(orientation: int = 1) -> Image.Exif:
    """Return EXIF of a phone: who, with what, where, when, and a note; each text holds the marker."""
    exif = Image.Exif()
    exif[0x010F] = exif[0x0110] = exif[0x013B] = exif[0x8298] = MARKER
    exif[0x0112] = orientation
    times = exif.get_ifd(0x8769)
    times[0x9003], times[0x9011] = "2026:11:24 08:15:30", "+08:00"
    times[0xA431] = times[0xA430] = MARKER
    times[0x927C] = MARKER.encode()
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (32.0, 22.0, 14.88)
    place[3], place[4] = "E", (120.0, 34.0, 24.24)
    place[27] = MARKER.encode()
    return exif


def xmp() -> bytes:
    """Return an XMP packet with the marker and a place."""
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="{MARKER}" '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="32,22.2N"/></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def marked_jpeg(orientation: int = 1) -> bytes:
    """Return a JPEG with the marker in EXIF, XMP, IPTC, comment, profile, a maker's segment, and after its end."""
    plain = encoded(picture(), exif=marked_exif(orientation), comment=MARKER, icc_profile=marked_profile(), quality=90)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", 5 + len(MARKER))
    iptc += b"\x1c\x02\x50" + struct.pack(">H", len(MARKER)) + MARKER.encode() + b"\x00"
    extra = _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + xmp()) + _segment(0xED, iptc)
    extra += _segment(0xEB, MARKER.encode() * 3)
    return plain[:2] + extra + plain[2:] + MARKER.encode()


def marked_png() -> bytes:
    """Return a PNG with the marker in tEXt, zTXt, iTXt, eXIf, the profile, an unknown chunk, and after its end."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", MARKER)
    texts.add_text("Comment", MARKER, zip=True)
    texts.add_itxt("XML:com.adobe.xmp", xmp().decode())
    texts.add(b"prVt", MARKER.encode())
    return encoded(picture(), "PNG", pnginfo=texts, exif=marked_exif(), icc_profile=marked_profile()) + MARKER.encode()


def marked_webp() -> bytes:
    """Return a WebP with the marker in EXIF, XMP and the profile."""
    return encoded(picture(), "WEBP", exif=marked_exif(), xmp=xmp(), icc_profile=marked_profile(), quality=90)


def marked_profile() -> bytes:
    """Return an sRGB profile that carries the marker in its description."""
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return bytes(profile).replace("sRGB built-in".encode("utf-16-be"), MARKER.ljust(13).encode("utf-16-be"))


def bomb_png(width: int, height: int) -> bytes:
    """Return a tiny PNG, black and one bit deep, that is honest about its enormous size."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a small PNG with these chunks before its pixels."""
    plain = encoded(picture(8, 8), "PNG")
    return plain[:33] + b"".join(_chunk(*chunk) for chunk in chunks) + plain[33:]


def huge_jpeg_without_data() -> bytes:
    """Return a JPEG that claims 65,500 by 65,500 pixels and has none."""
    frame = struct.pack(">BHHB", 8, 65_500, 65_500, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + _segment(0xC0, frame) + _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x00" * 64


def upload(
    caller: Caller, photo: bytes, *, key: str | None = "", name: str = "IMG_0001.JPG", **fields: str
) -> TestResponse:
    """Upload as an app does: one file and some fields, with a fresh key unless one is given."""
    headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    if key is not None:
        headers["Idempotency-Key"] = key or str(uuid.uuid4())
    body = form(photo, name, **fields)
    return caller.client.post(f"{API}/evidence", data=body, headers=headers, content_type=form_type())


def form(photo: bytes, name: str = "IMG_0001.JPG", **fields: str) -> bytes:
    """Return a form as a browser writes it. The test client would keep a large one in a file that it does not close."""
    texts = [part(field, value.encode()) for field, value in ({"stage": "before"} | fields).items()]
    return b"".join([*texts, part("photo", photo, name), f"--{BOUNDARY}--\r\n".encode()])


def form_type() -> str:
    """Return the media type of such a form."""
    return f"multipart/form-data; boundary={BOUNDARY}"


def part(field: str, value: bytes, name: str | None = None) -> bytes:
    """Return one part of a form, as a browser writes it."""
    file = f'; filename="{name}"\r\nContent-Type: application/octet-stream' if name is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"{file}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def fetched(caller: Caller, answer: TestResponse, rendition: str = "full") -> TestResponse:
    """Fetch a rendition by its link, as an image view does: without a token."""
    return caller.client.get(answer.json[rendition]["href"])


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
