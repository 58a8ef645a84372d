"""A look as it is entered: flat, each part by its name, empty where nothing is said."""

from collections.abc import Mapping
from typing import Any

from tenant_shop.configuration.theme.parse import PANEL_TEXTS, parse_theme
from tenant_shop.configuration.theme.theme import ThemePicture

# What is taken in as a file, and kept as what `catalog.pictures` knows of it.
PICTURES = ("logo", "favicon", *(f"{panel}_picture" for panel in PANEL_TEXTS))


def entered_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """What a stored `theme_config` says; of pictures their paths. `text` is the merchant's own colour, or empty."""
    theme = parse_theme(config)
    found: dict[str, Any] = {
        "look": theme.look,
        "brand": theme.brand,
        "accent": theme.accent,
        "surface": theme.surface,
        "text": theme.text,
        "heading_font": config.get("heading_font") or config.get("font") or "",
        "body_font": config.get("body_font") or "",
        "radius": theme.radius,
        "logo": _url(theme.logo),
        "favicon": _url(theme.favicon),
        "tagline": theme.tagline,
        "announcement": theme.announcement,
        "announcement_url": theme.announcement_url,
        "sections": list(theme.sections),
        "footer_text": theme.footer_text,
        "footer_columns": [
            {"title": column.title, "links": [{"label": link.label, "url": link.url} for link in column.links]}
            for column in theme.footer_columns
        ],
        "social": [link.url for link in theme.social],
    }
    for name in PANEL_TEXTS:
        panel = getattr(theme, name)
        found |= {
            f"{name}_title": panel.title,
            f"{name}_text": panel.text,
            f"{name}_label": panel.link.label if panel.link else "",
            f"{name}_url": panel.link.url if panel.link else "",
            f"{name}_picture": _url(panel.picture),
        }
    return found


def changed_look(config: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The `theme_config` with what is given in its parts; pictures that are not given stay what they are."""
    pictures = {name: config.get(name) for name in PICTURES}
    return kept_look({**entered_of(config), **pictures, **given})


def kept_look(entered: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of what was entered: parts that say nothing are left out, the order of the sections stands."""
    said = {name: value for name, value in entered.items() if value not in ("", None, [])}
    return {**said, "sections": list(entered["sections"])}


def _url(picture: ThemePicture | None) -> str:
    return picture.url if picture else ""
