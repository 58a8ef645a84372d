"""From an uploaded file to a clean picture: what it really is, how large, upright, in sRGB, without a word about its
past."""

import io
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from PIL import Image

from tenant_shop.catalog.pictures.colours import to_srgb
from tenant_shop.catalog.pictures.errors import (
    BrokenPicture,
    DrawingRefused,
    EmptyFile,
    FileTooLarge,
    NotAPicture,
    TooManyPixels,
)

MEGABYTE = 1024 * 1024
MEGAPIXEL = 1_000_000
# WebP ends at 16,383 pixels a side, and every picture is made into WebP.
LONGEST_SIDE = 16_000
# What is kept: the format that came, without its past; GIF loses its animation, and AVIF is not shown everywhere.
KEPT_AS = {"JPEG": "JPEG", "PNG": "PNG", "GIF": "PNG", "WEBP": "WEBP", "AVIF": "WEBP"}
MIME_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
# EXIF's tag 274: how the camera was held.
ORIENTATION = 274
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """A picture encoded anew: pixels in sRGB and nothing else, so no bytes of the upload survive in it."""

    content: bytes
    mime_type: str
    suffix: str
    width: int
    height: int


def read_picture(file: IO[bytes]) -> CleanPicture:
    """Check an upload and make it clean; its name is not asked. Of an animation, the first frame.

    Errors: a PictureRefused, each with its reason; the number of pixels is refused before any is decoded.
    """
    content = _content(file)
    kind = _kind(content)
    image = _upright(_opened(content, kind))
    clean = to_srgb(image)
    kept_as = KEPT_AS[kind]
    return CleanPicture(_encoded(clean, kept_as), MIME_TYPES[kept_as], SUFFIXES[kept_as], *clean.size)


def _content(file: IO[bytes]) -> bytes:
    limit = settings.PICTURE_MAX_MEGABYTES
    file.seek(0)
    content = file.read(limit * MEGABYTE + 1)
    if not content:
        raise EmptyFile
    if len(content) > limit * MEGABYTE:
        raise FileTooLarge(limit)
    return content


def _kind(content: bytes) -> str:
    """Pillow's name of the format, by its first bytes: Pillow alone would try every decoder that it has."""
    match content[:3], content[4:12], content[8:12]:
        case b"\xff\xd8\xff", _, _:
            return "JPEG"
        case b"\x89PN", _, _:
            return "PNG"
        case b"GIF", _, _:
            return "GIF"
        case b"RIF", _, b"WEBP":
            return "WEBP"
        case _, b"ftypavif" | b"ftypavis" | b"ftypmif1", _:
            return "AVIF"
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n\x00").lower()
    if start.startswith(b"<") and (b"<svg" in content[:4000].lower() or start.startswith(b"<?xml")):
        raise DrawingRefused
    raise NotAPicture


def _opened(content: bytes, kind: str) -> Image.Image:
    if kind == "WEBP":  # Pillow's decoder takes its memory when it opens the file
        _check_pixels(*_webp_size(content))
    try:
        image = Image.open(io.BytesIO(content), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error  # Pillow's own guard spoke first
    except Exception as error:  # decoders raise whatever a damaged byte leads them to
        raise BrokenPicture from error
    _check_pixels(*image.size)
    try:
        image.seek(0)
        image.load()
    except Exception as error:
        raise BrokenPicture from error
    return image


def _check_pixels(width: int, height: int) -> None:
    if width * height > settings.PICTURE_MAX_MEGAPIXELS * MEGAPIXEL or max(width, height) > LONGEST_SIDE:
        raise _too_many_pixels()


def _too_many_pixels() -> TooManyPixels:
    return TooManyPixels(limit=settings.PICTURE_MAX_MEGAPIXELS, longest=LONGEST_SIDE)


def _webp_size(content: bytes) -> tuple[int, int]:
    """Width and height from the first chunk.

    Source: RFC 9649, sections 2.5 to 2.7 and 3.4.
    """
    match content[12:16]:
        case b"VP8X":
            return _little(content[24:27]) + 1, _little(content[27:30]) + 1
        case b"VP8L":
            bits = _little(content[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")


def _upright(image: Image.Image) -> Image.Image:
    try:
        orientation = image.getexif().get(ORIENTATION)
    except Exception:  # damaged EXIF says nothing about the pixels
        orientation = None
    turn = TURNS.get(orientation) if isinstance(orientation, int) else None
    if turn is None:
        return image
    turned = image.transpose(turn)
    turned.info = dict(image.info)
    return turned


def _encoded(image: Image.Image, kind: str) -> bytes:
    """Only pixels: nothing of `image.info` is written. A JPEG keeps its format; an alpha channel never was in one."""
    file = io.BytesIO()
    match kind:
        case "JPEG":
            # Neither progressive nor optimised: for those Pillow keeps one buffer, which noisy pictures overflow.
            image.save(file, "JPEG", quality=92, subsampling=0)
        case "PNG":
            image.save(file, "PNG", compress_level=7)
        case _:
            image.save(file, "WEBP", quality=92, alpha_quality=100, method=4)
    return file.getvalue()
