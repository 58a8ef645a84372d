"""Pictures are drawn, always the same, and no two things look alike."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from tenant_shop.demo.pictures.render import DRAWINGS, PictureSpec, render
from tenant_shop.demo.pictures.scene import SCENES
from tenant_shop.demo.shops import SLUGS, demo_shop

MUG = PictureSpec(drawing="mug", scene="arch", tint="#c9a894", colour="#c0643c", accent="#e9dfcc")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_picture_is_square_webp_in_two_sizes() -> None:
    rendered = render(MUG)

    assert rendered.pixels == 1200
    assert [(opened(file).format, opened(file).size) for file in (rendered.large, rendered.small)] == [
        ("WEBP", (1200, 1200)),
        ("WEBP", (600, 600)),
    ]


def test_the_same_specification_gives_the_same_bytes() -> None:
    assert render(MUG, pixels=240) == render(replace(MUG), pixels=240)


@pytest.mark.parametrize(
    "other",
    [
        replace(MUG, colour="#34507a"),
        replace(MUG, accent="#34507a"),
        replace(MUG, tint="#34507a"),
        replace(MUG, scene="hills"),
        replace(MUG, is_close_up=True),
    ],
)
def test_whatever_is_specified_shows(other: PictureSpec) -> None:
    assert render(other, pixels=240).large != render(MUG, pixels=240).large


def test_no_two_drawings_look_alike() -> None:
    seen = {render(replace(MUG, drawing=name), pixels=120).large for name in DRAWINGS}

    assert len(seen) == len(DRAWINGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_product_has_a_drawing_of_its_own_kind(slug: str) -> None:
    shop = demo_shop(slug)

    assert shop.scene in SCENES
    assert {product.drawing for product in shop.products} <= set(DRAWINGS)
    looks = [(product.drawing, *product.colours.values(), product.colour) for product in shop.products]
    assert len(set(looks)) == len(looks)
