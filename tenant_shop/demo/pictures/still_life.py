"""Several things in one picture: what a home page opens with, and what a category looks like."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from tenant_shop.demo.pictures.canvas import Canvas
from tenant_shop.demo.pictures.light import developed, throw_shadow
from tenant_shop.demo.pictures.render import DRAWINGS, SILHOUETTE_PIXELS, encoded
from tenant_shop.demo.pictures.scene import SCENES

# Where up to three things stand, or lie: (scale, x, y), the ones behind first. Close together, since a look may show
# the middle of the picture only.
STANDING = ((0.55, 335, 796), (0.55, 675, 800), (0.5, 505, 875))
ALONE = ((0.78, 500, 806),)
LYING = ((0.5, 355, 600), (0.5, 655, 690), (0.46, 480, 950))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing in the picture: a key of `DRAWINGS`, its colours, how large, and where its foot is."""

    drawing: str
    colour: str
    accent: str
    scale: float
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StillLife:
    """Things in a key of `SCENES`, those behind first; the size is in pixels."""

    scene: str
    tint: str
    width: int
    height: int
    items: Sequence[Item]


def arranged(things: Sequence[tuple[str, str, str]], *, scene: str, tint: str, pixels: int) -> StillLife:
    """Up to three things, (drawing, colour, accent) each, in a square picture; all standing, or all lying."""
    places = ALONE if len(things) == 1 else STANDING if DRAWINGS[things[0][0]].stands else LYING
    items = [
        Item(drawing=drawing, colour=colour, accent=accent, scale=scale, x=x, y=y)
        for (drawing, colour, accent), (scale, x, y) in zip(things, places, strict=False)
    ]
    return StillLife(scene=scene, tint=tint, width=pixels, height=pixels, items=items)


def render_still_life(still: StillLife) -> bytes:
    """The picture as a WebP file. Errors: KeyError for a drawing or a scene that does not exist."""
    canvas = Canvas(still.height, width=still.width)
    stands = DRAWINGS[still.items[0].drawing].stands
    backdrop = SCENES[still.scene]
    (backdrop.standing if stands else backdrop.lying)(canvas, still.tint)
    for item in still.items:
        throw_shadow(canvas.image, _silhouette(item, still), stands=stands)
    for item in still.items:
        _draw(canvas, item)
    return encoded(developed(canvas.image))


def _draw(canvas: Canvas, item: Item) -> None:
    drawing = DRAWINGS[item.drawing]
    # Parts throw shadows on the parts of the same thing only.
    canvas.coverage = Image.new("L", canvas.size)
    canvas.material, canvas.stands = drawing.material, drawing.stands
    with canvas.placed(item.scale, (item.x, item.y)):
        drawing.draw(canvas, item.colour, item.accent)


def _silhouette(item: Item, still: StillLife) -> Image.Image:
    small = Canvas(SILHOUETTE_PIXELS, width=round(SILHOUETTE_PIXELS * still.width / still.height))
    _draw(small, item)
    return small.coverage
