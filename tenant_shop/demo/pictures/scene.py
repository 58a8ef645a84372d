"""What stands behind a product: one backdrop for each shop, in the product's own tint."""

from tenant_shop.demo.pictures.canvas import Canvas, Gradient, darker, lighter, mix
from tenant_shop.demo.pictures.shapes import Path, box, ellipse, smooth


def hills(canvas: Canvas, tint: str) -> None:
    """Open country: a pale sky, a low sun and three ridges."""
    canvas.fill(
        box(-600, -600, 2200, 2200),
        Gradient(((0.25, lighter(tint, 0.86)), (0.62, lighter(tint, 0.62))), vertical=True),
    )
    canvas.fill(ellipse(500, 430, 330, 330), lighter(mix(tint, "#f6c177", 0.35), 0.55), opacity=0.75)
    canvas.fill(_ridge(610, ((-600, 40), (120, -70), (420, 30), (760, -90), (1600, 50))), lighter(tint, 0.5))
    canvas.fill(_ridge(680, ((-600, -30), (250, 20), (560, -50), (880, 10), (1600, -40))), lighter(tint, 0.36))
    canvas.fill(
        _ridge(745, ((-600, 10), (200, -14), (500, 6), (800, -12), (1600, 10))),
        Gradient(((0.0, lighter(tint, 0.24)), (0.35, lighter(tint, 0.08)), (1.0, darker(tint, 0.1))), vertical=True),
    )


def arch(canvas: Canvas, tint: str) -> None:
    """A quiet room: a plaster wall, an arch in it and a table."""
    canvas.fill(
        box(-600, -600, 2200, 2200),
        Gradient(((0.2, lighter(tint, 0.8)), (0.6, lighter(tint, 0.66))), vertical=True),
    )
    opening = [*ellipse(500, 480, 345, 345, start=180, end=360), (845, 900), (155, 900)]
    canvas.fill(opening, Gradient(((0.0, lighter(tint, 0.5)), (1.0, lighter(tint, 0.34))), vertical=True))
    canvas.fill(
        box(-600, 745, 2200, 900),
        Gradient(((0.0, lighter(mix(tint, "#c9a27a", 0.35), 0.5)), (0.3, mix(tint, "#b98d63", 0.3))), vertical=True),
    )
    canvas.fill(box(-600, 743, 2200, 5), "#ffffff", opacity=0.35)


def _ridge(level: float, heights: tuple[tuple[float, float], ...]) -> Path:
    line = smooth([(x, level + height) for x, height in heights], closed=False, steps=24)
    return [*line, (1600, 1600), (-600, 1600)]


SCENES = {"hills": hills, "arch": arch}
