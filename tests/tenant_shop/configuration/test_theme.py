from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.configuration.theme import (
    FONTS,
    RADII,
    READABLE,
    Panel,
    Theme,
    contrast,
    mix,
    parse_theme,
    readable_ink,
    text_on,
)

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_an_empty_configuration_gives_the_default_look():
    theme = parse_theme({})

    assert theme == Theme()
    assert (theme.look, theme.brand, theme.accent, theme.surface) == ("atelier", "#0f766e", "#f59e0b", "#ffffff")
    assert (theme.heading_font, theme.body_font, theme.radius) == ("serif", "sans", "soft")
    assert theme.hero.is_empty


def test_what_the_merchant_chose_is_taken():
    assert parse_theme(
        {
            "brand": "#7C2D12",
            "accent": "#FA0",
            "font": "serif",
            "radius": "round",
            "hero_title": "  Bread,\n slowly ",
            "hero_text": "Baked at night.",
            "tagline": "Since 1987",
        }
    ) == Theme(
        brand="#7c2d12",
        accent="#ffaa00",
        heading_font="serif",
        body_font="sans",
        radius="round",
        hero=Panel(title="Bread, slowly", text="Baked at night."),
        tagline="Since 1987",
    )


@pytest.mark.parametrize(
    "value",
    [
        "red",
        "#12345",
        "#12345g",
        "0f766e",
        "#0f766e;}body{display:none",
        "#0f766e\n",
        "",
        None,
        7,
        ["#000000"],
        "#\u0660\u0660\u0660",
    ],
)
def test_anything_but_a_hex_colour_falls_back(value):
    assert parse_theme({"brand": value, "accent": value}) == Theme()


@pytest.mark.parametrize("value", ["Serif", "comic", "", None, 3, ["serif"], {"serif": 1}])
def test_an_unknown_font_or_radius_falls_back(value):
    assert parse_theme({"font": value, "radius": value}) == Theme()


@pytest.mark.parametrize("value", [None, 7, {"en": "Hello"}, "x" * 81, "a\x00b", "\u202ereversed"])
def test_a_title_that_is_no_printable_text_or_too_long_is_dropped(value):
    assert parse_theme({"hero_title": value}).hero.title == ""


@pytest.mark.parametrize(
    "words",
    [
        "\u0646\u06cc\u0645\u200c\u0641\u0635\u0644",
        "\U0001f468\u200d\U0001f373 cooks",
        "Donau\u00addampf",
        "\u200fx\u200e",
    ],
)
def test_what_joins_parts_and_turns_letters_is_text(words):
    """Persian and many an emoji are written with characters that show nothing of their own."""
    theme = parse_theme({"hero_title": words, "story_text": f"{words}\n\n{words}"})
    assert (theme.hero.title, theme.story.text) == (words, f"{words}\n\n{words}")


def test_unknown_keys_are_ignored():
    assert parse_theme({"brandt": "#000000", "css": "*{}"}) == Theme()


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#123456", "#123456", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_has_the_known_values(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize(
    ("background", "ink"),
    [
        ("#0f766e", "#ffffff"),
        ("#f59e0b", "#111111"),
        ("#ffffff", "#111111"),
        ("#000000", "#ffffff"),
        ("#797979", "#000000"),
    ],
)
def test_text_on_a_colour_is_white_where_it_can_be_read(background, ink):
    assert text_on(background) == ink


@given(colours)
def test_text_can_be_read_on_any_brand_colour_and_while_pointed_at(brand):
    theme = Theme(brand=brand, accent=brand)

    assert contrast(theme.on_brand, theme.brand) >= READABLE
    assert contrast(theme.on_brand, theme.brand_hover) >= contrast(theme.on_brand, theme.brand)
    assert contrast(theme.on_accent, theme.accent) >= READABLE


@given(colours)
def test_any_brand_colour_can_be_read_as_text_on_the_page(brand):
    theme = Theme(brand=brand)

    assert contrast(theme.brand_ink, theme.darkest_tint) >= READABLE
    assert contrast(theme.brand_ink, "#ffffff") >= READABLE


def test_a_brand_colour_that_can_be_read_already_is_left_alone():
    assert readable_ink("#14532d", "#ffffff") == "#14532d"


def test_darkening_cannot_make_ink_readable_on_a_dark_ground():
    with pytest.raises(ValueError, match="nothing darker"):
        readable_ink("#444444", "#333333")


def test_mixing_moves_from_one_colour_to_the_other():
    steps = [mix("#204060", "#ffffff", share) for share in (0, 0.25, 0.5, 0.75, 1)]

    assert steps == ["#204060", "#587088", "#90a0b0", "#c7cfd7", "#ffffff"]
    assert all(contrast(darker, "#000000") < contrast(lighter, "#000000") for darker, lighter in pairwise(steps))


@given(st.dictionaries(st.sampled_from(["brand", "accent", "font", "radius"]), st.text("#09afGx;:{}\n ", max_size=9)))
def test_no_configuration_gets_anything_else_into_the_stylesheet(config):
    theme = parse_theme(config)

    assert {theme.heading_font, theme.body_font} <= set(FONTS)
    assert theme.radius in RADII
    assert all(
        set(colour[1:]) <= set("0123456789abcdef") and len(colour) == 7 for colour in (theme.brand, theme.accent)
    )


def test_the_stylesheet_of_a_shop_sets_its_colours_font_and_corners():
    theme = parse_theme({"brand": "#facc15", "accent": "#7c3aed", "font": "serif", "radius": "round"})

    css = render_to_string("storefront/theme.css", {"theme": theme})

    declarations = [line.strip() for line in css.splitlines() if line.startswith("  ")]
    assert declarations == [
        "--brand: #facc15;",
        "--on-brand: #111111;",
        f"--brand-hover: {theme.brand_hover};",
        f"--brand-ink: {theme.brand_ink};",
        "--accent: #7c3aed;",
        "--on-accent: #ffffff;",
        f"--accent-ink: {theme.accent_ink};",
        "--surface: #ffffff;",
        f"--surface-sunken: {theme.surface_sunken};",
        f"--ink: {theme.ink};",
        f"--ink-muted: {theme.ink_muted};",
        "--font-display: var(--stack-serif);",
        "--font-body: var(--stack-sans);",
        "--corner-card: var(--corner-card-round);",
        "--corner-control: var(--corner-control-round);",
    ]
