"""A shop's look: reading it, and keeping it readable."""

from tenant_shop.configuration.theme.colour import READABLE, contrast, mix, readable_ink, text_on
from tenant_shop.configuration.theme.parse import parse_theme
from tenant_shop.configuration.theme.theme import FONTS, LOOKS, RADII, SECTIONS, FooterColumn, Link, Panel, Theme

__all__ = [
    "FONTS",
    "LOOKS",
    "RADII",
    "READABLE",
    "SECTIONS",
    "FooterColumn",
    "Link",
    "Panel",
    "Theme",
    "contrast",
    "mix",
    "parse_theme",
    "readable_ink",
    "text_on",
]
