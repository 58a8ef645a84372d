"""A canvas that fills outlines with colours and gradients, its edges smooth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from tenant_shop.demo.pictures.relief import lit_body
from tenant_shop.demo.pictures.shapes import Path, Point, ellipse
from tenant_shop.demo.pictures.surface import Material

# Outlines are drawn this much larger and reduced, which smooths their edges.
OVERSAMPLING = 2
STRIP = 128
# Thinner lines are drawn on a thing, thicker ones are parts of it; in units.
THICK_LINE = 11
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
    """A picture; outlines are given in thousandths of its height, and (500, 500) is its middle.

    `zoom` shows everything that much larger, with `focus` in the middle. What is painted while `material` is set looks
    like a body made of that, and counts as the thing that is shown: `coverage` is its silhouette.
    """

    def __init__(self, pixels: int, *, width: int | None = None, zoom: float = 1.0, focus: Point = (500, 500)) -> None:
        self.size = (width or pixels, pixels)
        self.image = Image.new("RGB", self.size, "#ffffff")
        self.coverage = Image.new("L", self.size)
        self.material: Material | None = None
        self.stands = True
        self._scale = pixels / 1000 * zoom
        self._origin = (self.size[0] / 2 - focus[0] * self._scale, pixels / 2 - focus[1] * self._scale)

    def reduced(self, factor: int) -> Canvas:
        """A black canvas that shows the same, so many times smaller."""
        small = Canvas(self.size[1] // factor, width=self.size[0] // factor)
        small.image.paste((0, 0, 0), (0, 0, *small.size))
        small._scale, small._origin = self._scale / factor, (self._origin[0] / factor, self._origin[1] / factor)
        return small

    @property
    def unit(self) -> float:
        """Pixels per unit."""
        return self._scale

    def at_y(self, y: float) -> float:
        """The row of pixels at a height."""
        return y * self._scale + self._origin[1]

    @contextmanager
    def placed(self, scale: float, at: Point) -> Iterator[None]:
        """Everything `scale` times as large inside the block, with (500, 800), where things stand, at `at`."""
        before = self._scale, self._origin
        x, y = self._place([at])[0]
        self._scale *= scale
        self._origin = (x - 500 * self._scale, y - 800 * self._scale)
        try:
            yield
        finally:
            self._scale, self._origin = before

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
        self._paint(mask, whole, frame, paint, opacity=opacity, is_body=not blur, throws_shadow=clip is None)

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
        is_body = width >= THICK_LINE
        self._paint(
            mask, whole, frame, paint, opacity=opacity, is_body=is_body, throws_shadow=is_body and clip is None,
            puff=min(width / 400, 0.05),
        )  # fmt: skip

    def shadow(self, x: float, y: float, rx: float, ry: float, *, colour: str = "#2a2433") -> None:
        """The shadow where a thing touches what it stands on; lying things throw theirs as a whole."""
        if not self.stands:
            return
        material, self.material = self.material, None
        self.fill(ellipse(x + rx * 0.06, y, rx * 1.1, ry * 1.1), colour, opacity=0.22, blur=24)
        self.fill(ellipse(x, y - ry * 0.1, rx * 0.94, ry * 0.5), colour, opacity=0.5, blur=8)
        self.material = material

    def _paint(
        self,
        mask: Image.Image,
        whole: Box,
        frame: Box,
        paint: Paint,
        *,
        opacity: float,
        is_body: bool,
        throws_shadow: bool,
        puff: float | None = None,
    ) -> None:
        colours = _painted(paint, whole, frame)
        if self.material is not None and is_body and opacity == 1:
            if throws_shadow:
                self._darken_below(mask, frame)
            material = self.material if puff is None else replace(self.material, puff=puff, gloss=0.0)
            colours = lit_body(colours, mask, material, at=frame[:2], unit=self._scale)
            self.coverage.paste(255, frame, mask)
        if opacity < 1:
            mask = mask.point([round(level * opacity) for level in range(256)])
        self.image.paste(colours, frame, mask)

    def _darken_below(self, mask: Image.Image, frame: Box) -> None:
        """The shadow that a part throws on the parts below it, never on what stands behind."""
        dx, dy, blur = round(3 * self._scale), round(7 * self._scale), 9 * self._scale
        below = self.coverage.crop(frame)
        if below.getbbox() is None:
            return
        margin = round(blur * 2) + max(dx, dy)
        wide = self._visible((frame[0] - margin, frame[1] - margin, frame[2] + margin, frame[3] + margin))
        if wide is None:
            return
        thrown = Image.new("L", (wide[2] - wide[0], wide[3] - wide[1]))
        thrown.paste(mask, (frame[0] - wide[0] + dx, frame[1] - wide[1] + dy))
        thrown = ImageChops.multiply(_soften(thrown, blur), self.coverage.crop(wide))
        self.image.paste((24, 18, 26), wide, thrown.point([round(level * 0.36) for level in range(256)]))

    def _place(self, path: Sequence[Point]) -> Path:
        return [(x * self._scale + self._origin[0], y * self._scale + self._origin[1]) for x, y in path]

    def _visible(self, bounds: Box) -> Box | None:
        left, top, right, bottom = bounds
        frame = (max(left, 0), max(top, 0), min(right, self.size[0]), min(bottom, self.size[1]))
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


def _painted(paint: Paint, whole: Box, frame: Box) -> Image.Image:
    if isinstance(paint, str):
        return Image.new("RGB", (frame[2] - frame[0], frame[3] - frame[1]), paint)
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
