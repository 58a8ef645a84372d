"""What stands behind a product, or lies below it: two places for each shop, in the product's own tint."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageChops

from tenant_shop.demo.pictures.canvas import Canvas, Gradient, darker, lighter, mix
from tenant_shop.demo.pictures.light import out_of_focus, sunlight
from tenant_shop.demo.pictures.shapes import Path, box, ellipse, smooth
from tenant_shop.demo.pictures.surface import texture, weaker

Backdrop = Callable[[Canvas, str], None]
EVERYWHERE = (-2000, -2000, 5000, 5000)


@dataclass(frozen=True, slots=True)
class Scene:
    """`standing` is seen from the front; `lying` is a surface seen from above."""

    standing: Backdrop
    lying: Backdrop


def hills(canvas: Canvas, tint: str) -> None:
    """Open country in the morning: mist between the ridges, firs, and a slab of stone to stand on."""
    haze = mix(tint, "#dfe4e2", 0.45)
    canvas.fill(
        box(*EVERYWHERE),
        Gradient(((0.36, lighter(mix(tint, "#7fa6c4", 0.65), 0.42)), (0.46, lighter(mix(tint, "#f0c795", 0.55), 0.55)),
                  (0.56, lighter(mix(haze, "#f6dcb8", 0.4), 0.45))), vertical=True),
    )  # fmt: skip
    canvas.fill(ellipse(230, 330, 420, 300), "#fff3d8", opacity=0.55, blur=200)
    for level, depth, seed in ((470, 0.34, 0), (540, 0.52, 1), (610, 0.74, 2)):
        ridge = _ridge(level, seed)
        colour = mix(lighter(haze, 0.3), darker(mix(tint, "#38545a", 0.7), 0.25), depth)
        canvas.fill(ridge, Gradient(((0.0, colour), (0.12, colour), (0.3, lighter(haze, 0.35))), vertical=True))
        if seed:
            _firs(canvas, ridge, darker(colour, 0.22), size=34 * seed, seed=seed)
    canvas.fill(box(-2000, 690, 5000, 160), lighter(haze, 0.4), opacity=0.55, blur=70)
    canvas.image = out_of_focus(canvas.image, 7)
    ground = Gradient(
        ((0.0, mix("#a39a86", tint, 0.2)), (0.06, mix("#8a8272", tint, 0.16)), (0.2, mix("#5f594f", tint, 0.1))),
        vertical=True,
    )
    canvas.fill(_edge(742), ground)
    _grain(canvas, "stone", 0.8, from_y=742)
    sunlight(canvas, strength=0.8, panes=False)


def arch(canvas: Canvas, tint: str) -> None:
    """A quiet room: a plaster wall, a niche in it, a wooden table, and the sun through a window."""
    wall = lighter(mix(tint, "#e6d3bb", 0.5), 0.34)
    canvas.fill(box(*EVERYWHERE), Gradient(((0.36, lighter(wall, 0.12)), (0.56, darker(wall, 0.04))), vertical=True))
    opening = [*ellipse(500, 470, 330, 330, start=180, end=360), (830, 900), (170, 900)]
    canvas.fill(opening, Gradient(((0.0, darker(wall, 0.26)), (0.35, darker(wall, 0.1)), (1.0, darker(wall, 0.02)))))
    canvas.fill([(x + 34, y + 26) for x, y in opening], lighter(wall, 0.1), opacity=0.75, clip=opening, blur=34)
    _grain(canvas, "clay", 0.4)
    sunlight(canvas, strength=1.0, panes=True)
    canvas.image = out_of_focus(canvas.image, 5)
    wood = mix("#a97a52", tint, 0.22)
    table = Gradient(
        ((0.0, lighter(wood, 0.26)), (0.03, wood), (0.22, darker(wood, 0.3)), (1.0, darker(wood, 0.5))), vertical=True
    )
    canvas.fill(box(-2000, 742, 5000, 1600), table)
    _grain(canvas, "wood", 0.8, from_y=742)
    canvas.fill(box(-2000, 740, 5000, 4), "#fff4dd", opacity=0.35, blur=2)
    canvas.fill(ellipse(260, 860, 420, 90), "#fff1d0", opacity=0.3, blur=90)


def planks(canvas: Canvas, tint: str) -> None:
    """Weathered boards, seen from above."""
    wood = lighter(mix("#b9a68c", tint, 0.25), 0.08)
    for index in range(-8, 20):
        tone = lighter(wood, 0.05 * (index * 7 % 4)) if index % 2 else darker(wood, 0.03 * (index * 5 % 3))
        canvas.fill(box(-2000, index * 170 - 60, 5000, 170), tone)
    _grain(canvas, "wood", 1.0)
    for index in range(-8, 20):
        y = index * 170 - 60
        canvas.fill(box(-2000, y - 2, 5000, 5), "#1f1a18", opacity=0.75, blur=1.5)
        canvas.fill(box(-2000, y + 4, 5000, 4), "#fff6e6", opacity=0.28, blur=1.5)
    sunlight(canvas, strength=0.9, panes=False)


def linen(canvas: Canvas, tint: str) -> None:
    """A table cloth of undyed linen, the window's panes on it."""
    cloth = lighter(mix("#dccdb6", tint, 0.32), 0.36)
    canvas.fill(box(*EVERYWHERE), cloth)
    _grain(canvas, "cloth", 0.5)
    sunlight(canvas, strength=1.0, panes=True)


def _edge(level: float) -> Path:
    line = smooth(
        [(-1600, level + 4), (-500, level - 3), (60, level + 2), (420, level - 2), (760, level + 3), (1400, level - 2),
         (2600, level + 2)], closed=False, steps=12,
    )  # fmt: skip
    return [*line, (2600, 2400), (-1600, 2400)]


def _ridge(level: float, seed: int) -> Path:
    heights = (30, -40, 12, -84, -8, -128, -30, -64, 22, -96, -18, -50, 26, -20)
    points = [(-1500 + index * 300, level + heights[(index * 5 + seed * 3) % 14] * (1.3 - seed * 0.3))
              for index in range(15)]  # fmt: skip
    return [*smooth(points, closed=False, steps=16), (2900, 2400), (-1600, 2400)]


def _firs(canvas: Canvas, ridge: Path, colour: str, *, size: float, seed: int) -> None:
    """Trees along a ridge, in clumps."""
    state = seed * 7919
    for x, y in ridge[:-2]:
        for offset in (0.0, 9.0):
            state = (state * 1103515245 + 12345) % 2**31
            if state % 5 < 2 or not -200 < x < 1200:
                continue
            height = size * (0.6 + state % 97 / 97)
            left = x + offset + state % 13
            canvas.fill([(left, y - height), (left + height * 0.22, y + 8), (left - height * 0.22, y + 8)], colour)


def _grain(canvas: Canvas, name: str, strength: float, *, from_y: float | None = None) -> None:
    """The surface's own texture, larger where the picture is enlarged; from a height downwards."""
    width, height = canvas.image.size
    top = 0 if from_y is None else max(0, min(height, round(canvas.at_y(from_y))))
    if top >= height:
        return
    zoom = max(1.0, canvas.unit)
    piece = texture(name, (round(width / zoom), round((height - top) / zoom) + 1), (0, 0))
    level = weaker(piece, strength).resize((width, height - top), Image.Resampling.BICUBIC)
    part = canvas.image.crop((0, top, width, height))
    canvas.image.paste(ImageChops.soft_light(part, Image.merge("RGB", (level, level, level))), (0, top))


SCENES = {"hills": Scene(hills, planks), "arch": Scene(arch, linen)}
