"""From a product's name for its picture to the bytes of a file."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from tenant_shop.demo.pictures import camp, clay, clothing, paper
from tenant_shop.demo.pictures.canvas import Canvas
from tenant_shop.demo.pictures.scene import SCENES

PIXELS = 1200
MIME_TYPE = "image/webp"
QUALITY = 82
# A second look at the same thing.
CLOSE_UP, CLOSE_UP_FOCUS = 1.75, (455, 585)

Drawing = Callable[[Canvas, str, str], None]
DRAWINGS: Mapping[str, Drawing] = {
    drawing.__name__: drawing
    for drawing in (
        camp.tent, camp.sleeping_bag, camp.backpack, camp.dry_bag, camp.bottle, camp.lantern, camp.headlamp, camp.pot,
        camp.mat, camp.hammock, camp.poles, camp.compass, camp.cutlery,
        clothing.jacket, clothing.fleece, clothing.shirt, clothing.trousers, clothing.boot, clothing.beanie,
        clothing.socks, clothing.towel, clothing.card,
        clay.mug, clay.enamel_mug, clay.cup, clay.bowl, clay.plate, clay.vase, clay.bud_vase, clay.teapot,
        clay.sake_set, clay.planter, clay.candle, clay.incense, clay.box_of,
        paper.notebook, paper.sketchbook, paper.pen, paper.pencils, paper.letters, paper.tape, paper.ink,
        paper.desk_tray, paper.cards, paper.stamp, paper.pouch, paper.calendar,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSpec:
    """What to draw: a key of `DRAWINGS` on a key of `SCENES`; colours are `#rrggbb`.

    `tint` colours the backdrop, `colour` the thing, `accent` what stands out on it.
    """

    drawing: str
    scene: str
    tint: str
    colour: str
    accent: str
    is_close_up: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """Two WebP files of the same square picture: `pixels` a side, and half of that."""

    pixels: int
    large: bytes
    small: bytes


def render(spec: PictureSpec, *, pixels: int = PIXELS) -> Rendered:
    """Draw the picture, an even number of `pixels` a side. The same specification gives the same bytes.

    Errors: KeyError for a drawing or a scene that does not exist.
    """
    canvas = _canvas(pixels, is_close_up=spec.is_close_up)
    canvas.image.paste(_backdrop(spec.scene, spec.tint, pixels, is_close_up=spec.is_close_up))
    DRAWINGS[spec.drawing](canvas, spec.colour, spec.accent)
    return Rendered(pixels, _webp(canvas.image), _webp(canvas.image.reduce(2)))


def _canvas(pixels: int, *, is_close_up: bool) -> Canvas:
    return Canvas(pixels, zoom=CLOSE_UP, focus=CLOSE_UP_FOCUS) if is_close_up else Canvas(pixels)


@lru_cache(maxsize=16)
def _backdrop(scene: str, tint: str, pixels: int, *, is_close_up: bool) -> Image.Image:
    """Shared by all pictures of a tint; 4 MB each."""
    canvas = _canvas(pixels, is_close_up=is_close_up)
    SCENES[scene](canvas, tint)
    return canvas.image


def _webp(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=QUALITY, method=1)
    return file.getvalue()
