"""Files as merchants upload them, good and bad."""

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo

RED = (200, 30, 40)
PLAIN = "a text file, nothing more\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def drawn(
    kind: str = "JPEG", size: tuple[int, int] = (80, 60), mode: str = "RGB", colour: Any = RED, **save: Any
) -> bytes:
    """A picture of one colour, as the bytes of a file."""
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **save)
    return file.getvalue()


def halves(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste((20, 40, 200), (size[0] // 2, 0, *size))
    return image


def upload(content: bytes, name: str = "mug.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@contextmanager
def room_for(shop: TenantInfo, gigabytes: int) -> Iterator[None]:
    """The plan of `shop` includes so much storage meanwhile."""
    plan = TenantPlan.objects.filter(name=shop.plan)
    before = plan.get().max_file_storage_gb
    plan.update(max_file_storage_gb=gigabytes)
    try:
        yield
    finally:
        plan.update(max_file_storage_gb=before)


def png_header(width: int, height: int) -> bytes:
    """A small PNG that says it is large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def webp_header(width: int, height: int) -> bytes:
    """An extended WebP that says it is large."""
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4)
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body)) + body


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def files_in(folder: Path) -> list[str]:
    """Every file below `folder`, by its path in a shop's folder."""
    return sorted("/".join(path.relative_to(folder).parts[1:]) for path in folder.rglob("*") if path.is_file())
