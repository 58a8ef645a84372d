"""Light on a flat outline, as if it were a body: from the upper left, the edges turned away from it."""

from PIL import Image, ImageChops, ImageFilter

from tenant_shop.demo.pictures.surface import MIDDLE, Material, texture, weaker

# The height of a body changes slowly: it is computed on a copy of about this many pixels.
WORKING_SIDE = 150
STEEPNESS = 0.55


def lit_body(
    paint: Image.Image, mask: Image.Image, material: Material, *, at: tuple[int, int], unit: float
) -> Image.Image:
    """`paint` as the surface of a body whose outline is `mask`, at a place in a picture of `unit` pixels per unit."""
    height, shade = _relief(mask, material.puff, unit)
    grain = weaker(texture(material.texture, paint.size, at), material.strength)
    level = ImageChops.add(shade, grain, offset=-MIDDLE)
    body = ImageChops.soft_light(paint, Image.merge("RGB", (level, level, level)))
    if material.gloss:
        _mirror_window(body, height, material.gloss)
    return body


def _relief(mask: Image.Image, puff: float, unit: float) -> tuple[Image.Image, Image.Image]:
    """How high the body is, and how much it is turned towards the light, both as grey levels."""
    width, height = mask.size
    factor = max(1, max(width, height) // WORKING_SIDE)
    # No edge is rounder than some 60 thousandths of the picture.
    radius = max(1.0, min(min(width, height) * puff, 60 * unit) / factor)
    margin = int(radius * 3) + 2
    small = mask.resize((max(1, width // factor), max(1, height // factor)), Image.Resampling.BOX)
    padded = Image.new("L", (small.width + 2 * margin, small.height + 2 * margin))
    padded.paste(small, (margin, margin))
    raised = padded.filter(ImageFilter.GaussianBlur(radius))
    step = max(1, round(radius * 0.7))
    towards, away = ImageChops.offset(raised, -step, -step), ImageChops.offset(raised, step, step)
    shade = ImageChops.subtract(towards, away, scale=1 / STEEPNESS, offset=MIDDLE)
    frame = (margin, margin, margin + small.width, margin + small.height)
    return tuple(  # type: ignore[return-value]
        image.crop(frame).resize(mask.size, Image.Resampling.BICUBIC) for image in (raised, shade)
    )


def _mirror_window(body: Image.Image, height: Image.Image, gloss: float) -> None:
    """A tall soft window in the left third, and a faint one on the right, where the body bulges most."""
    row = Image.new("L", (64, 1))
    row.putdata([_window(position / 63) for position in range(64)])
    window = row.resize(body.size, Image.Resampling.BICUBIC)
    bulge = height.point([max(0, min(255, (level - 150) * 3)) for level in range(256)])
    strength = ImageChops.multiply(window, bulge).point([round(level * gloss) for level in range(256)])
    body.paste((255, 252, 244), (0, 0), strength)


def _window(position: float) -> int:
    main = max(0.0, 1 - abs(position - 0.25) / 0.07) ** 0.6 if abs(position - 0.25) < 0.07 else 0.0
    second = max(0.0, 1 - abs(position - 0.83) / 0.05) * 0.3
    return round(255 * min(1.0, main + second))
