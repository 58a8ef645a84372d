"""Telling a merchant which colours will not do, and what is shown in their place."""

from collections.abc import Mapping
from typing import Any

from tenant_shop.configuration.theme.colour import READABLE, contrast
from tenant_shop.configuration.theme.parse import parse_theme
from tenant_shop.configuration.theme.values import colour

# Parts of controls, WCAG 2.2 level AA (success criterion 1.4.11).
VISIBLE = 3.0


def readability_warnings(config: Mapping[str, Any]) -> list[str]:
    """A sentence for each pair of chosen colours that could not be read, with the ratio and what the pages do instead.

    Nothing is shown unreadable either way: the theme derives the inks.
    """
    theme = parse_theme(config)
    page, wanted = theme.surface, colour(config.get("surface"))
    warnings = []
    if wanted and wanted != page:
        warnings.append(f"The page colour {wanted} is too dark for text; pages are shown in {page}.")
    if theme.text and contrast(theme.text, page) < READABLE:
        warnings.append(
            f"The text colour {theme.text} cannot be read on the page ({_ratio(theme.text, page, READABLE)}); "
            f"text is shown in {theme.ink}."
        )
    if contrast(theme.brand, page) < READABLE:
        warnings.append(
            f"The brand colour {theme.brand} cannot be read as text on the page "
            f"({_ratio(theme.brand, page, READABLE)}); links are shown in {theme.brand_ink}."
        )
    if contrast(theme.brand, "#ffffff") < READABLE:
        warnings.append(
            f"White cannot be read on the brand colour {theme.brand} ({_ratio('#ffffff', theme.brand, READABLE)}); "
            f"buttons are labelled in {theme.on_brand}."
        )
    if contrast(theme.brand, page) < VISIBLE:
        warnings.append(
            f"Buttons in the brand colour {theme.brand} hardly stand out from the page "
            f"({_ratio(theme.brand, page, VISIBLE)})."
        )
    return warnings


def _ratio(one: str, other: str, needed: float) -> str:
    """The contrast in words, rounded down, so that what misses the mark does not look as if it met it."""
    return f"{int(contrast(one, other) * 10) / 10:.1f} : 1, {needed:g} : 1 is needed"
