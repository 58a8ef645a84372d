"""Which files are made of a picture, and what they are called."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from PIL import features

# In pixels. A phone's card needs 320 or 480, a large screen's gallery 1280.
WIDTHS = (160, 320, 480, 640, 960, 1280)


@dataclass(frozen=True, slots=True)
class Format:
    """A format in which renditions are made; `quality` is Pillow's, 0 to 100, `effort` its speed or method."""

    name: str
    mime_type: str
    quality: int
    effort: int


# The qualities look alike beside each other: AVIF's scale is another one.
AVIF = Format("avif", "image/avif", quality=58, effort=7)
WEBP = Format("webp", "image/webp", quality=78, effort=4)
FORMATS = (AVIF, WEBP) if features.check("avif") else (WEBP,)
# Part of every rendition's name: another recipe makes other names, so browsers may keep the old files for ever.
RECIPE = hashlib.sha256(repr((WIDTHS, FORMATS)).encode()).hexdigest()[:6]


def widths_for(width: int) -> list[int]:
    """The widths to make of a picture that is `width` pixels wide: none is larger than that."""
    return sorted({min(step, width) for step in WIDTHS})


def rendition(original: str, recipe: str, width: int, form: str) -> str:
    """The name, or the address, of a rendition: that of the original with something else for its suffix."""
    return f"{original.removesuffix(PurePosixPath(original).suffix)}-{recipe}-{width}.{form}"


def rendition_names(original: str, renditions: Mapping[str, Any]) -> Iterator[str]:
    """The files behind the column `renditions` of the picture called `original`."""
    for form in renditions["formats"]:
        for width in renditions["widths"]:
            yield rendition(original, renditions["recipe"], width, form)
