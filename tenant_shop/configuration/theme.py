"""A shop's look: what the merchant chose, and the colours that follow from it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FONTS = ("sans", "serif", "rounded")
RADII = ("sharp", "soft", "round")
# The darkest tint of the page that text in the shop's colour is set on (static/css/tokens.css mixes 4 % of it in).
DARKEST_TINT = "#ebebeb"
# Text below 24 px, WCAG 2.2 level AA (success criterion 1.4.3).
READABLE = 4.5

_HEX_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)
_TEXT_LIMITS = {"hero_title": 80, "hero_text": 280, "tagline": 120}


@dataclass(frozen=True, slots=True)
class Theme:
    """A shop's look, safe to write into a stylesheet.

    Colours are `#rrggbb`; `font` and `radius` are one of the known names. The texts are plain text
    and still need escaping in HTML; empty means that the merchant chose none.
    """

    brand: str = "#0f766e"
    accent: str = "#f59e0b"
    font: str = "sans"
    radius: str = "soft"
    hero_title: str = ""
    hero_text: str = ""
    tagline: str = ""

    @property
    def on_brand(self) -> str:
        """The colour of text on the brand colour."""
        return text_on(self.brand)

    @property
    def brand_hover(self) -> str:
        """The brand colour under the pointer: moved away from its text, so that contrast only grows."""
        return mix(self.brand, _opposite(self.on_brand), 0.14)

    @property
    def brand_ink(self) -> str:
        """The brand colour as text on the page: darkened until it can be read."""
        return readable_ink(self.brand, DARKEST_TINT)

    @property
    def on_accent(self) -> str:
        """The colour of text on the accent colour."""
        return text_on(self.accent)


def parse_theme(config: Mapping[str, Any]) -> Theme:
    """Read a tenant's `theme_config`; whatever is missing or malformed falls back to the default look.

    Colours are `#rgb` or `#rrggbb` in either case. Texts lose surrounding and repeated white space and are dropped
    when longer than the page has room for (title 80, text 280, tagline 120 characters). Unknown keys are ignored.
    """
    default = Theme()
    return Theme(
        brand=_colour(config.get("brand"), default.brand),
        accent=_colour(config.get("accent"), default.accent),
        font=_choice(config.get("font"), FONTS, default.font),
        radius=_choice(config.get("radius"), RADII, default.radius),
        **{name: _text(config.get(name), limit) for name, limit in _TEXT_LIMITS.items()},
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, from 1 (equal) to 21 (black and white); their order is irrelevant.

    Source: WCAG 2.2, definitions of "contrast ratio" and "relative luminance".
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """White or near-black, whichever can be read on `background` (`#rrggbb`); the contrast is never below 4.5.

    White is preferred. A narrow band of middle colours suits neither; pure black is readable there.
    """
    return next(ink for ink in ("#ffffff", "#111111", "#000000") if contrast(ink, background) >= READABLE)


def readable_ink(colour: str, background: str) -> str:
    """`colour` darkened in steps of 4 % until its contrast with `background` reaches 4.5.

    Errors: ValueError when not even black can be read on `background`.
    """
    for step in range(26):
        ink = mix(colour, "#000000", step * 0.04)
        if contrast(ink, background) >= READABLE:
            return ink
    raise ValueError(f"nothing darker than {colour} can be read on {background}")


def mix(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other` mixed in, channel by channel in sRGB, rounded to whole steps."""
    return "#" + "".join(
        f"{round(mine * (1 - share) + theirs * share):02x}"
        for mine, theirs in zip(_channels(colour), _channels(other), strict=True)
    )


def _luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance, 0 (black) to 1 (white)."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _opposite(ink: str) -> str:
    return "#000000" if ink == "#ffffff" else "#ffffff"


def _colour(value: object, default: str) -> str:
    if not isinstance(value, str) or not _HEX_COLOUR.fullmatch(value.lower()):
        return default
    digits = value.lower()[1:]
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _choice(value: object, known: tuple[str, ...], default: str) -> str:
    return value if isinstance(value, str) and value in known else default


def _text(value: object, limit: int) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if len(text) <= limit and text.isprintable() else ""
