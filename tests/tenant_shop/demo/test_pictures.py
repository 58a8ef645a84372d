"""Pictures are drawn, always the same, and no two things look alike."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from tenant_shop.demo.pictures.mark import render_mark
from tenant_shop.demo.pictures.render import DRAWINGS, PictureSpec, render
from tenant_shop.demo.pictures.scene import SCENES
from tenant_shop.demo.pictures.still_life import arranged, render_still_life
from tenant_shop.demo.shops import SLUGS, demo_shop

MUG = PictureSpec(drawing="mug", scene="arch", tint="#c9a894", colour="#c0643c", accent="#e9dfcc")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_picture_is_a_square_webp() -> None:
    picture = opened(render(MUG))

    assert (picture.format, picture.size) == ("WEBP", (960, 960))


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
    assert render(other, pixels=240) != render(MUG, pixels=240)


def test_no_two_drawings_look_alike() -> None:
    seen = {render(replace(MUG, drawing=name), pixels=120) for name in DRAWINGS}

    assert len(seen) == len(DRAWINGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_product_has_a_drawing_of_its_own_kind(slug: str) -> None:
    shop = demo_shop(slug)

    assert shop.scene in SCENES
    assert {product.drawing for product in shop.products} <= set(DRAWINGS)
    looks = [(product.drawing, *product.colours.values(), product.colour) for product in shop.products]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("slug", SLUGS)
def test_what_the_home_page_opens_with_is_drawn_from_the_shops_own_kind_of_things(slug: str) -> None:
    shop = demo_shop(slug)

    names = [still.name for still in shop.still_lives]
    for key in ("hero", "story", "banner"):
        expected = f"/media/home/{key}.webp" if key in names else None
        assert shop.theme.get(f"{key}_picture") == expected
    for still in shop.still_lives:
        assert {thing[0] for thing in still.things} <= set(DRAWINGS)


def test_a_still_life_has_the_size_it_was_asked_for_and_is_always_the_same() -> None:
    things = [("mug", "#c0643c", "#e9dfcc"), ("bowl", "#7f9161", "#e9dfcc")]
    still = arranged(things, scene="arch", tint="#c9a894", pixels=240)

    assert [item.drawing for item in still.items] == ["mug", "bowl"]
    assert render_still_life(still) == render_still_life(replace(still))
    assert opened(render_still_life(replace(still, width=400, height=200))).size == (400, 200)


def test_a_mark_is_a_small_png_with_round_corners() -> None:
    marks = [render_mark(scene, brand="#1f5f4f", accent="#f2b134") for scene in SCENES]

    assert len(set(marks)) == len(marks)
    mark = opened(marks[0])
    assert (mark.format, mark.size, mark.mode) == ("PNG", (192, 192), "RGBA")
    assert mark.getpixel((0, 0))[3] == 0
