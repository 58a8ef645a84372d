"""From a product's name for its picture to the bytes of a file."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from tenant_shop.demo.pictures import camp, clay, clothing, paper
from tenant_shop.demo.pictures.canvas import Canvas
from tenant_shop.demo.pictures.light import developed, throw_shadow
from tenant_shop.demo.pictures.scene import SCENES
from tenant_shop.demo.pictures.surface import CLAY, CLOTH, LEATHER, METAL, PAPER, RUBBER, WOOL, Material

PIXELS = 960
MIME_TYPE = "image/webp"
QUALITY = 82
# A second look at the same thing.
CLOSE_UP, CLOSE_UP_FOCUS = 1.75, (455, 585)

# Silhouettes throw shadows, which are soft: a small one is enough.
SILHOUETTE_PIXELS = 300

Draw = Callable[[Canvas, str, str], None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a thing is drawn, what it is made of, and whether it stands or lies in its picture."""

    draw: Draw
    material: Material
    stands: bool = True


DRAWINGS: Mapping[str, Drawing] = {
    drawing.draw.__name__: drawing
    for drawing in (
        *(Drawing(draw, CLOTH) for draw in (camp.tent, camp.backpack, camp.hammock)),
        *(Drawing(draw, RUBBER) for draw in (camp.dry_bag, camp.mat)),
        *(Drawing(draw, METAL) for draw in (camp.bottle, camp.lantern, camp.pot)),
        *(Drawing(draw, METAL, stands=False) for draw in (camp.headlamp, camp.poles, camp.compass, camp.cutlery)),
        *(Drawing(draw, CLOTH, stands=False) for draw in (
            camp.sleeping_bag, clothing.jacket, clothing.shirt, clothing.trousers)),
        *(Drawing(draw, WOOL, stands=False) for draw in (clothing.fleece, clothing.beanie, clothing.socks)),
        Drawing(clothing.boot, LEATHER),
        Drawing(clothing.towel, WOOL),
        Drawing(clothing.card, PAPER, stands=False),
        *(Drawing(draw, CLAY) for draw in (
            clay.mug, clay.enamel_mug, clay.cup, clay.bowl, clay.plate, clay.vase, clay.bud_vase, clay.teapot,
            clay.sake_set, clay.planter, clay.candle, clay.incense)),
        Drawing(clay.box_of, PAPER),
        *(Drawing(draw, PAPER, stands=False) for draw in (
            paper.notebook, paper.sketchbook, paper.letters, paper.cards, paper.tape)),
        *(Drawing(draw, CLAY, stands=False) for draw in (paper.pen, paper.pencils)),
        *(Drawing(draw, CLAY) for draw in (paper.ink, paper.desk_tray, paper.stamp)),
        Drawing(paper.pouch, CLOTH, stands=False),
        Drawing(paper.calendar, PAPER),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSpec:
    """What to draw: a key of `DRAWINGS` in a key of `SCENES`; colours are `#rrggbb`.

    `tint` colours the backdrop, `colour` the thing, `accent` what stands out on it.
    """

    drawing: str
    scene: str
    tint: str
    colour: str
    accent: str
    is_close_up: bool = False


def render(spec: PictureSpec, *, pixels: int = PIXELS) -> bytes:
    """The picture as a square WebP file, `pixels` a side. The same specification gives the same bytes.

    Errors: KeyError for a drawing or a scene that does not exist.
    """
    drawing = DRAWINGS[spec.drawing]
    canvas = _canvas(pixels, is_close_up=spec.is_close_up)
    canvas.image.paste(_backdrop(spec.scene, spec.tint, pixels, is_close_up=spec.is_close_up, stands=drawing.stands))
    throw_shadow(canvas.image, _silhouette(spec.drawing, is_close_up=spec.is_close_up), stands=drawing.stands)
    canvas.material, canvas.stands = drawing.material, drawing.stands
    drawing.draw(canvas, spec.colour, spec.accent)
    return encoded(developed(canvas.image))


def encoded(image: Image.Image) -> bytes:
    """A WebP file."""
    file = io.BytesIO()
    image.save(file, "WEBP", quality=QUALITY, method=1)
    return file.getvalue()


def _canvas(pixels: int, *, is_close_up: bool) -> Canvas:
    return Canvas(pixels, zoom=CLOSE_UP, focus=CLOSE_UP_FOCUS) if is_close_up else Canvas(pixels)


@lru_cache(maxsize=32)
def _backdrop(scene: str, tint: str, pixels: int, *, is_close_up: bool, stands: bool) -> Image.Image:
    """Shared by all pictures of a tint; 4 MB each."""
    canvas = _canvas(pixels, is_close_up=is_close_up)
    backdrop = SCENES[scene].standing if stands else SCENES[scene].lying
    backdrop(canvas, tint)
    return canvas.image


@lru_cache(maxsize=128)
def _silhouette(drawing: str, *, is_close_up: bool) -> Image.Image:
    canvas = _canvas(SILHOUETTE_PIXELS, is_close_up=is_close_up)
    canvas.material = DRAWINGS[drawing].material
    DRAWINGS[drawing].draw(canvas, "#808080", "#808080")
    return canvas.coverage
