"""A canvas that fills outlines with colours and gradients, its edges smooth."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tenant_shop.demo.pictures.shapes import Path, Point, ellipse

# Outlines are drawn this much larger and reduced, which smooths their edges.
OVERSAMPLING = 2
STRIP = 128
Box: TypeAlias = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Gradient:
    """Colours (`#rrggbb`) along an outline's width, or its height: (position from 0 to 1, colour)."""

    stops: tuple[tuple[float, str], ...]
    vertical: bool = False


Paint: TypeAlias = str | Gradient


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` in it."""
    return "#" + "".join(
        f"{round(a * (1 - share) + b * share):02x}" for a, b in zip(rgb(colour), rgb(other), strict=True)
    )


def lighter(colour: str, share: float = 0.2) -> str:
    return mix(colour, "#fffdf8", share)


def darker(colour: str, share: float = 0.2) -> str:
    return mix(colour, "#1c1a26", share)


def rounded(colour: str, depth: float = 1.0) -> Gradient:
    """How a turned body of `colour` catches the light, which comes from the left."""
    return Gradient(
        (
            (0.0, darker(colour, 0.16 * depth)),
            (0.14, colour),
            (0.32, lighter(colour, 0.26 * depth)),
            (0.58, colour),
            (0.86, darker(colour, 0.2 * depth)),
            (1.0, darker(colour, 0.3 * depth)),
        )
    )


def lit(colour: str, depth: float = 1.0) -> Gradient:
    """Light from above on a flat thing of `colour`."""
    return Gradient(((0.0, lighter(colour, 0.16 * depth)), (1.0, darker(colour, 0.14 * depth))), vertical=True)


class Canvas:
    """A square picture of `pixels` a side; outlines are given in thousandths of it.

    `zoom` shows everything that much larger, with `focus` in the middle.
    """

    def __init__(self, pixels: int, *, zoom: float = 1.0, focus: Point = (500, 500)) -> None:
        self.image = Image.new("RGB", (pixels, pixels), "#ffffff")
        self._pixels = pixels
        self._scale = pixels / 1000 * zoom
        self._origin = (pixels / 2 - focus[0] * self._scale, pixels / 2 - focus[1] * self._scale)

    def fill(
        self, path: Path, paint: Paint, *, opacity: float = 1.0, clip: Path | None = None, blur: float = 0
    ) -> None:
        """Fill an outline; only inside `clip`, if given; its edge softened over `blur` units."""
        outline = self._place(path)
        whole = _bounds(outline, blur * self._scale * 2)
        frame = self._visible(whole)
        if frame is None:
            return
        mask = _mask(outline, frame)
        if clip is not None:
            mask = ImageChops.multiply(mask, _mask(self._place(clip), frame))
        if blur:
            mask = _soften(mask, blur * self._scale)
        if opacity < 1:
            mask = mask.point([round(level * opacity) for level in range(256)])
        self.image.paste(_painted(paint, whole, frame), frame, mask)

    def stroke(
        self,
        points: Sequence[Point],
        width: float,
        paint: Paint,
        *,
        opacity: float = 1.0,
        clip: Path | None = None,
        closed: bool = False,
    ) -> None:
        """Draw a line of `width` units with round ends."""
        line = self._place([*points, points[0]] if closed else points)
        thick = width * self._scale
        whole = _bounds(line, thick)
        frame = self._visible(whole)
        if frame is None:
            return
        mask = _mask(line, frame, thick)
        if clip is not None:
            mask = ImageChops.multiply(mask, _mask(self._place(clip), frame))
        if opacity < 1:
            mask = mask.point([round(level * opacity) for level in range(256)])
        self.image.paste(_painted(paint, whole, frame), frame, mask)

    def shadow(self, x: float, y: float, rx: float, ry: float, *, colour: str = "#2a2433") -> None:
        """The shadow that a thing throws on what it stands on."""
        self.fill(ellipse(x + rx * 0.06, y, rx * 1.12, ry * 1.25), colour, opacity=0.2, blur=26)
        self.fill(ellipse(x, y - ry * 0.1, rx * 0.92, ry * 0.6), colour, opacity=0.34, blur=10)

    def _place(self, path: Sequence[Point]) -> Path:
        return [(x * self._scale + self._origin[0], y * self._scale + self._origin[1]) for x, y in path]

    def _visible(self, bounds: Box) -> Box | None:
        left, top, right, bottom = bounds
        frame = (max(left, 0), max(top, 0), min(right, self._pixels), min(bottom, self._pixels))
        return frame if frame[0] < frame[2] and frame[1] < frame[3] else None


def _bounds(path: Path, margin: float) -> Box:
    xs, ys = [x for x, _ in path], [y for _, y in path]
    return (
        int(min(xs) - margin) - 1,
        int(min(ys) - margin) - 1,
        int(max(xs) + margin) + 2,
        int(max(ys) + margin) + 2,
    )


def _mask(path: Path, frame: Box, thick: float = 0) -> Image.Image:
    """The outline as coverage: its inside, or a line along it when it is `thick` pixels."""
    left, top, right, bottom = frame
    mask = Image.new("L", ((right - left) * OVERSAMPLING, (bottom - top) * OVERSAMPLING))
    draw = ImageDraw.Draw(mask)
    points = [((x - left) * OVERSAMPLING, (y - top) * OVERSAMPLING) for x, y in path]
    if thick:
        width = max(1, round(thick * OVERSAMPLING))
        draw.line(points, fill=255, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    else:
        draw.polygon(points, fill=255)
    return mask.reduce(OVERSAMPLING)


def _soften(mask: Image.Image, radius: float) -> Image.Image:
    """A wide blur of a small copy looks the same and costs little."""
    factor = max(1, int(radius / 3))
    small = mask.resize((max(1, mask.width // factor), max(1, mask.height // factor)), Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(radius / factor / 2)).resize(mask.size, Image.Resampling.BICUBIC)


def _painted(paint: Paint, whole: Box, frame: Box) -> Image.Image | tuple[int, int, int]:
    if isinstance(paint, str):
        return rgb(paint)
    strip = _strip(paint)
    width, height = whole[2] - whole[0], whole[3] - whole[1]
    part = (
        (frame[0] - whole[0]) / width * strip.width,
        (frame[1] - whole[1]) / height * strip.height,
        (frame[2] - whole[0]) / width * strip.width,
        (frame[3] - whole[1]) / height * strip.height,
    )
    return strip.resize((frame[2] - frame[0], frame[3] - frame[1]), Image.Resampling.BILINEAR, box=part)


@lru_cache(maxsize=512)
def _strip(paint: Gradient) -> Image.Image:
    """The gradient as a line of single pixels, to be stretched."""
    strip = Image.new("RGB", (1, STRIP) if paint.vertical else (STRIP, 1))
    strip.putdata([_colour_at(paint.stops, index / (STRIP - 1)) for index in range(STRIP)])
    return strip


def _colour_at(stops: tuple[tuple[float, str], ...], position: float) -> tuple[int, int, int]:
    for (start, colour), (end, following) in pairwise(stops):
        if position <= end:
            return rgb(mix(colour, following, max(0.0, (position - start) / (end - start))))
    return rgb(stops[-1][1])
