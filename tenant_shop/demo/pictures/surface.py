"""What things are made of, seen close: grain, weave and gloss."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from PIL import Image, ImageChops

TILE = 512
MIDDLE = 128


@dataclass(frozen=True, slots=True)
class Material:
    """`texture` is a key of `TEXTURES`, `strength` how much of it shows (0 to 1).

    `puff` is how round an outline's edges are, as a share of its smaller side; `gloss` how clearly a window is mirrored
    in it (0 to 1).
    """

    texture: str
    strength: float
    puff: float
    gloss: float = 0.0


CLAY = Material("clay", 0.4, 0.13, 0.42)
CLOTH = Material("cloth", 0.55, 0.1)
WOOL = Material("wool", 0.55, 0.16)
LEATHER = Material("clay", 0.75, 0.12, 0.12)
METAL = Material("brushed", 0.35, 0.12, 0.5)
PAPER = Material("paper", 0.3, 0.012)
RUBBER = Material("paper", 0.4, 0.14, 0.3)


def texture(name: str, size: tuple[int, int], at: tuple[int, int]) -> Image.Image:
    """A piece of a texture around middle grey, from the place `at` on: the same every time."""
    tile = TEXTURES[name]()
    piece = Image.new("L", size)
    for x in range(-(at[0] % TILE), size[0], TILE):
        for y in range(-(at[1] % TILE), size[1], TILE):
            piece.paste(tile, (x, y))
    return piece


def weaker(image: Image.Image, strength: float) -> Image.Image:
    """Grey levels drawn towards the middle."""
    return image.point([round(MIDDLE + (level - MIDDLE) * strength) for level in range(256)])


@lru_cache(maxsize=32)
def noise(seed: int, *, grain: tuple[int, int]) -> Image.Image:
    """Grey noise whose grains are so many pixels wide and high (powers of two); it can be tiled."""
    columns, rows = TILE // grain[0], TILE // grain[1]
    grains = Image.frombytes("L", (columns, rows), Random(seed).randbytes(columns * rows))  # noqa: S311 - the same always
    # With its own edges around it, so that what is between the grains fits at the seams.
    wide = Image.new("L", (columns + 4, rows + 4))
    for x in (-columns, 0, columns):
        for y in (-rows, 0, rows):
            wide.paste(grains, (x + 2, y + 2))
    frame = (2, 2, columns + 2, rows + 2)
    return wide.resize((TILE, TILE), Image.Resampling.BICUBIC, box=frame)


def _mixed(one: Image.Image, other: Image.Image, share: float) -> Image.Image:
    return Image.blend(one, other, share)


@lru_cache(maxsize=1)
def _clay() -> Image.Image:
    return _mixed(noise(1, grain=(2, 2)), noise(2, grain=(64, 64)), 0.5)


@lru_cache(maxsize=1)
def _cloth() -> Image.Image:
    threads = _mixed(noise(3, grain=(16, 2)), noise(4, grain=(2, 16)), 0.5)
    return _mixed(threads, noise(5, grain=(64, 128)), 0.3)


@lru_cache(maxsize=1)
def _wool() -> Image.Image:
    return _mixed(noise(6, grain=(4, 2)), noise(7, grain=(8, 16)), 0.35)


@lru_cache(maxsize=1)
def _brushed() -> Image.Image:
    return _mixed(noise(8, grain=(1, 64)), noise(9, grain=(8, 128)), 0.4)


@lru_cache(maxsize=1)
def _paper() -> Image.Image:
    return _mixed(noise(10, grain=(2, 2)), noise(11, grain=(16, 8)), 0.5)


@lru_cache(maxsize=1)
def _stone() -> Image.Image:
    veins = _mixed(noise(15, grain=(32, 16)), noise(16, grain=(128, 64)), 0.5)
    return _mixed(noise(17, grain=(4, 2)), veins, 0.6)


@lru_cache(maxsize=1)
def _wood() -> Image.Image:
    """Fine lines along slow waves."""
    lines = _mixed(noise(12, grain=(128, 2)), noise(13, grain=(256, 16)), 0.5)
    return ImageChops.overlay(lines, noise(14, grain=(256, 64)))


TEXTURES = {
    "clay": _clay, "cloth": _cloth, "wool": _wool, "brushed": _brushed, "paper": _paper, "stone": _stone, "wood": _wood,
}  # fmt: skip
