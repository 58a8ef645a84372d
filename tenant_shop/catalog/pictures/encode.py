"""The bytes of a picture's renditions."""

import io
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tenant_shop.catalog.pictures.recipe import AVIF, FORMATS, RECIPE, Format, rendition, widths_for

REDUCING_GAP = 3.0


@dataclass(frozen=True, slots=True)
class RenditionFiles:
    """Files by name, and what the column `renditions` says of them: `{recipe, widths, formats, bytes}`."""

    files: dict[str, bytes] = field(default_factory=dict)
    column: dict[str, Any] | None = None


def rendition_files(original: str, content: bytes) -> RenditionFiles:
    """Every rendition of the picture called `original`; each is made from the next larger one.

    Errors: OSError, or whatever else a decoder raises, when `content` is not the picture that was kept.
    """
    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as image:
        shrunk = image.convert("RGBA" if image.has_transparency_data else "RGB")
    widths, shape = widths_for(shrunk.width), shrunk.height / shrunk.width
    files: dict[str, bytes] = {}
    for width in reversed(widths):
        if shrunk.width != width:
            size = (width, max(1, round(width * shape)))
            shrunk = shrunk.resize(size, Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
        for form in FORMATS:
            files[rendition(original, RECIPE, width, form.name)] = _encoded(shrunk, form)
    column = {
        "recipe": RECIPE,
        "widths": widths,
        "formats": [form.name for form in FORMATS],
        "bytes": sum(map(len, files.values())),
    }
    return RenditionFiles(files, column)


def _encoded(image: Image.Image, form: Format) -> bytes:
    file = io.BytesIO()
    if form is AVIF:
        # One thread: a worker has as many processes as its machine should give to this.
        image.save(file, "AVIF", quality=form.quality, speed=form.effort, max_threads=1)
    else:
        image.save(file, "WEBP", quality=form.quality, method=form.effort)
    return file.getvalue()
