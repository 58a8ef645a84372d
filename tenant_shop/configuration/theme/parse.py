"""Reading a tenant's `theme_config` into a theme that can do no harm."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from tenant_shop.configuration.theme.colour import pale
from tenant_shop.configuration.theme.theme import (
    ATELIER,
    FONTS,
    LOOKS,
    RADII,
    SECTIONS,
    USUAL_FONTS,
    USUAL_SECTIONS,
    FooterColumn,
    Link,
    Panel,
    Theme,
    ThemePicture,
)
from tenant_shop.configuration.theme.values import address, choice, colour, paragraphs, picture, text

# Characters that the pages have room for.
TEXTS = {"tagline": 120, "announcement": 160, "footer_text": 400}
TITLE, LABEL = 80, 60
PANEL_TEXTS = {"hero": 280, "story": 1600, "banner": 280}
COLUMNS, LINKS, SOCIAL = 4, 10, 8
LARGEST_SIDE = 20_000
FORMATS = ("avif", "webp")
RECIPE = re.compile(r"[0-9a-f]{1,16}", re.ASCII)
# Near-black text reaches this on the page's colour, so that paler inks can be read there too.
PAGE_RATIO = 13.0

NETWORKS = {
    "bsky.app": "Bluesky",
    "facebook.com": "Facebook",
    "instagram.com": "Instagram",
    "linkedin.com": "LinkedIn",
    "mastodon.social": "Mastodon",
    "pinterest.com": "Pinterest",
    "tiktok.com": "TikTok",
    "vimeo.com": "Vimeo",
    "x.com": "X",
    "youtube.com": "YouTube",
}


def parse_theme(config: Mapping[str, Any]) -> Theme:
    """Read a tenant's `theme_config`; whatever is missing or malformed falls back to the default look.

    Colours are `#rgb` or `#rrggbb` in either case; a `surface` too dark for text is lightened. Texts lose surrounding
    and repeated white space and are dropped when longer than the page has room for. Links keep to `values.address`,
    pictures to the shop's own files. `font`, of earlier themes, stands for both fonts. Unknown keys are ignored.
    """
    default = Theme()
    look = choice(config.get("look"), LOOKS, ATELIER)
    heading, body = _fonts(config, look)
    return Theme(
        look=look,
        brand=colour(config.get("brand")) or default.brand,
        accent=colour(config.get("accent")) or default.accent,
        surface=pale(colour(config.get("surface")) or default.surface, PAGE_RATIO),
        text=colour(config.get("text")),
        heading_font=heading,
        body_font=body,
        radius=choice(config.get("radius"), RADII, default.radius),
        logo=_picture(config.get("logo")),
        favicon=_picture(config.get("favicon")),
        announcement_url=address(config.get("announcement_url")),
        sections=_sections(config.get("sections"), USUAL_SECTIONS[look]),
        footer_columns=_columns(config.get("footer_columns")),
        social=_social(config.get("social")),
        tagline=text(config.get("tagline"), TEXTS["tagline"]),
        announcement=text(config.get("announcement"), TEXTS["announcement"]),
        footer_text=text(config.get("footer_text"), TEXTS["footer_text"]),
        hero=_panel(config, "hero"),
        story=_panel(config, "story"),
        banner=_panel(config, "banner"),
    )


def network_of(url: str) -> str:
    """What a profile's link is called: the network's name, else the host."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return next((name for known, name in NETWORKS.items() if host == known or host.endswith(f".{known}")), host)


def _fonts(config: Mapping[str, Any], look: str) -> tuple[str, str]:
    heading, body = USUAL_FONTS[look]
    if earlier := choice(config.get("font"), FONTS, ""):
        heading, body = earlier, "sans" if earlier == "serif" else earlier
    return choice(config.get("heading_font"), FONTS, heading), choice(config.get("body_font"), FONTS, body)


def _sections(value: object, usual: tuple[str, ...]) -> tuple[str, ...]:
    """The known names once each, in their order; an empty list is a home page without sections."""
    if not isinstance(value, list):
        return usual
    return tuple(dict.fromkeys(name for name in value if isinstance(name, str) and name in SECTIONS))


def _panel(config: Mapping[str, Any], name: str) -> Panel:
    return Panel(
        title=text(config.get(f"{name}_title"), TITLE),
        text=paragraphs(config.get(f"{name}_text"), PANEL_TEXTS[name]),
        picture=_picture(config.get(f"{name}_picture")),
        link=_link({"label": config.get(f"{name}_label"), "url": config.get(f"{name}_url")}),
    )


def _picture(value: object) -> ThemePicture | None:
    """A path, or what `catalog.pictures` keeps of an upload."""
    stored = value if isinstance(value, dict) else {"url": value}
    url = picture(stored.get("url"))
    if not url:
        return None
    made = stored.get("renditions")
    made = made if isinstance(made, dict) else {}
    return ThemePicture(
        url=url,
        width=_pixels(stored.get("width")),
        height=_pixels(stored.get("height")),
        recipe=recipe if isinstance(recipe := made.get("recipe"), str) and RECIPE.fullmatch(recipe) else "",
        widths=tuple(width for entry in _list(made.get("widths")) if (width := _pixels(entry))),
        formats=tuple(entry for entry in _list(made.get("formats")) if entry in FORMATS),
    )


def _pixels(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_SIDE else None


def _list(value: object) -> list[Any]:
    return value[:20] if isinstance(value, list) else []


def _columns(value: object) -> tuple[FooterColumn, ...]:
    columns = []
    for row in _rows(value, COLUMNS):
        links = tuple(link for entry in _rows(row.get("links"), LINKS) if (link := _link(entry)))
        if links:
            columns.append(FooterColumn(text(row.get("title"), LABEL), links))
    return tuple(columns)


def _social(value: object) -> tuple[Link, ...]:
    urls = [address(entry) for entry in value[:SOCIAL]] if isinstance(value, list) else []
    return tuple(Link(network_of(url), url) for url in urls if url.startswith("https://"))


def _link(entry: Mapping[str, Any]) -> Link | None:
    label, url = text(entry.get("label"), LABEL), address(entry.get("url"))
    return Link(label, url) if label and url else None


def _rows(value: object, most: int) -> Iterable[Mapping[str, Any]]:
    return [row for row in value[:most] if isinstance(row, dict)] if isinstance(value, list) else []
