"""From a photo to two new images that hold its pixels and nothing else: turned upright, in sRGB, on white."""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import IO

import pi_heif

# The plugins are imported here, so that nothing is looked for once a photo is being read.
from PIL import Image, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

from backend.evidence.rules import FULL_SIDE, MAX_PIXELS, THUMBNAIL_SIDE, PhotoType, is_too_large

FULL_QUALITY, THUMBNAIL_QUALITY = 85, 78
_ORIENTATION_TAG = 0x0112
_UPRIGHT: Mapping[int, Image.Transpose] = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)
_FORMATS: Mapping[PhotoType, str] = MappingProxyType(
    {PhotoType.JPEG: "JPEG", PhotoType.PNG: "PNG", PhotoType.WEBP: "WEBP", PhotoType.HEIC: "HEIF"}
)


class SizeDisputed(ValueError):
    """The decoder sees another size than the header told."""


def prepare() -> None:
    """Register the one decoder that Pillow does not have, and hold Pillow to our limit too."""
    pi_heif.register_heif_opener(thumbnails=False)
    pi_heif.options.DECODE_THREADS = 1
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def opened(photo: IO[bytes], of: PhotoType, size: tuple[int, int]) -> Image.Image:
    """Return the photo, not decoded yet. Raises SizeDisputed when it is not as large as its header told."""
    image = Image.open(photo, formats=[_FORMATS[of]])
    if is_too_large(*image.size):
        raise SizeDisputed
    if of is not PhotoType.HEIC and image.size != size:
        raise SizeDisputed
    # A JPEG that is much larger than what we keep is decoded at a half or a quarter of its size.
    image.draft(None, _kept_size(image.size))
    return image


def developed(image: Image.Image) -> Image.Image:
    """Return a new image of at most FULL_SIDE: first frame, pixels alone."""
    orientation = image.getexif().get(_ORIENTATION_TAG, 1)
    profile = image.info.get("icc_profile")
    image.load()
    small = _shrunk(_of_full_colours(image))
    plain = _in_srgb(_on_white(small), profile)
    if orientation in _UPRIGHT:
        plain = plain.transpose(_UPRIGHT[orientation])
    # Whatever hangs on an image (profile, comment, EXIF, XMP) stays behind: only pixels go over.
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    return clean


def full_of(image: Image.Image) -> bytes:
    """Return the image as JPEG. In memory: Pillow does not say why a file could not be written."""
    written = io.BytesIO()
    image.save(written, "JPEG", quality=FULL_QUALITY)
    return written.getvalue()


def thumbnail_of(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """Return the image's thumbnail as WebP, and its size."""
    small, written = image.copy(), io.BytesIO()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    small.save(written, "WEBP", quality=THUMBNAIL_QUALITY)
    return written.getvalue(), small.size


def _of_full_colours(image: Image.Image) -> Image.Image:
    """Return an image whose samples are bytes of colour or of grey: what can be made smaller."""
    if image.mode.startswith("I"):  # 16 bits of grey, in whichever way Pillow holds them
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"P", "1", "PA"}:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    if image.mode in {"RGB", "L"} and "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _shrunk(image: Image.Image) -> Image.Image:
    size = _kept_size(image.size)
    return image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _kept_size(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, FULL_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in {"RGBA", "LA", "RGBa", "La"}:
        return image
    coloured = image.convert("RGBA")
    white = Image.new("RGB", coloured.size, "white")
    white.paste(coloured, mask=coloured.getchannel("A"))
    return white


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """Return the image in sRGB. A profile that is none, or for another kind of image, is not followed."""
    if isinstance(profile, bytes):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
    return image.convert("RGB")
