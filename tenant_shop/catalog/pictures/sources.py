"""Which of a picture's files a browser may choose from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenant_shop.catalog.pictures.recipe import rendition


@dataclass(frozen=True, slots=True)
class Source:
    """A `<source>` of a `<picture>`."""

    mime_type: str
    srcset: str


def smallest_file(url: str, renditions: Mapping[str, Any] | None) -> str:
    """The address of the smallest rendition that every browser shows; the picture's own without renditions."""
    if not renditions or "webp" not in renditions["formats"]:
        return url
    return rendition(url, renditions["recipe"], renditions["widths"][0], "webp")


def sources(url: str, renditions: Mapping[str, Any] | None, *, smallest: int, largest: int) -> list[Source]:
    """The renditions of the picture at `url` that are useful where it is shown, the best format first.

    `smallest` and `largest` are in pixels of the screen; the next larger width than `largest` is the last. Empty
    without renditions: the picture itself is shown then.
    """
    if not renditions:
        return []
    widths = [width for width in renditions["widths"] if width >= smallest] or renditions["widths"][-1:]
    enough = next((index for index, width in enumerate(widths) if width >= largest), len(widths)) + 1
    return [
        Source(
            f"image/{form}",
            ", ".join(f"{rendition(url, renditions['recipe'], width, form)} {width}w" for width in widths[:enough]),
        )
        for form in renditions["formats"]
    ]
