"""The light of the studio: what things throw shadows on, sun through a window, and how a lens sees it."""

from functools import lru_cache

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

from tenant_shop.demo.pictures.canvas import Canvas, rgb
from tenant_shop.demo.pictures.surface import noise, weaker

SHADOW = (38, 28, 36)
# How far behind a standing thing its shadow falls, for each unit of its height, and how far to the right.
DEPTH, SLANT = 0.2, 0.62
WARM, COOL = "#fff1d6", "#2b3350"


def throw_shadow(picture: Image.Image, silhouette: Image.Image, *, stands: bool) -> None:
    """Darken `picture` where a thing of that silhouette (of any size, the same shape) keeps the light away."""
    box = silhouette.getbbox()
    if box is None:
        return
    unit = silhouette.height / 1000
    if stands:
        _darken(picture, _fallen(silhouette, ground=box[3] - round(16 * unit)), blur=13 * unit, opacity=0.42)
        return
    for dx, dy, blur, opacity in ((26, 34, 26, 0.42), (7, 10, 6, 0.5)):
        moved = ImageChops.offset(silhouette, round(dx * unit), round(dy * unit))
        _darken(picture, moved, blur=blur * unit, opacity=opacity)


def _darken(picture: Image.Image, shadow: Image.Image, *, blur: float, opacity: float) -> None:
    soft = shadow.filter(ImageFilter.GaussianBlur(blur)).resize(picture.size, Image.Resampling.BICUBIC)
    picture.paste(SHADOW, (0, 0), soft.point([round(level * opacity) for level in range(256)]))


def _fallen(silhouette: Image.Image, *, ground: int) -> Image.Image:
    """The silhouette laid down on the ground, away to the right."""
    # For every pixel of the result: where in the silhouette it comes from.
    along = (1, SLANT / DEPTH, -ground * SLANT / DEPTH, 0, 1 / DEPTH, ground * (1 - 1 / DEPTH))
    return silhouette.transform(silhouette.size, Image.Transform.AFFINE, along, Image.Resampling.BILINEAR)


def sunlight(canvas: Canvas, *, strength: float, panes: bool) -> None:
    """Late sun from the left: a broad warm fall-off, and the panes of a window on what stands behind."""
    size = canvas.image.size
    # From the left upper corner to the right lower one; a fifth of the way further down than across.
    across, down = Image.linear_gradient("L").rotate(90), Image.linear_gradient("L")
    fall = ImageOps.invert(Image.blend(across, down, 0.4)).resize(size, Image.Resampling.BICUBIC)
    canvas.image.paste(rgb(WARM), (0, 0), fall.point([round(level * 0.32 * strength) for level in range(256)]))
    dark = ImageOps.invert(fall)
    canvas.image.paste(rgb(COOL), (0, 0), dark.point([round(level * 0.15 * strength) for level in range(256)]))
    if panes:
        _panes(canvas, strength)


def _panes(canvas: Canvas, strength: float) -> None:
    light = canvas.reduced(3)
    for column in range(2):
        for row in range(3):
            x, y = 60 + column * 200, -60 + row * 210 + column * 70
            light.fill([(x, y), (x + 178, y + 62), (x + 178, y + 246), (x, y + 184)], "#ffffff")
    mask = light.image.getchannel("R").filter(ImageFilter.GaussianBlur(light.image.height / 130))
    mask = mask.resize(canvas.image.size, Image.Resampling.BICUBIC)
    canvas.image.paste(rgb("#fff6e0"), (0, 0), mask.point([round(level * 0.36 * strength) for level in range(256)]))


def out_of_focus(image: Image.Image, units: float) -> Image.Image:
    """What lies behind the plane of focus."""
    factor = 3
    small = image.reduce(factor).filter(ImageFilter.GaussianBlur(image.height / 1000 * units / factor))
    return small.resize(image.size, Image.Resampling.BICUBIC)


def developed(image: Image.Image) -> Image.Image:
    """The picture as a lens and a sensor give it: darker corners, a little grain."""
    film = ImageChops.soft_light(ImageChops.multiply(image, _vignette(image.size)), _grain(image.size))
    return ImageEnhance.Color(film).enhance(1.14)


@lru_cache(maxsize=4)
def _vignette(size: tuple[int, int]) -> Image.Image:
    corners = Image.radial_gradient("L").resize(size, Image.Resampling.BICUBIC)
    level = corners.point([round(255 - max(0, value - 96) * 0.2) for value in range(256)])
    return Image.merge("RGB", (level, level, level))


@lru_cache(maxsize=4)
def _grain(size: tuple[int, int]) -> Image.Image:
    tile = weaker(noise(21, grain=(2, 2)), 0.08)
    grain = Image.new("L", size)
    for x in range(0, size[0], tile.width):
        for y in range(0, size[1], tile.height):
            grain.paste(tile, (x, y))
    return Image.merge("RGB", (grain, grain, grain))
