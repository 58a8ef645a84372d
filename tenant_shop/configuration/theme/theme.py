"""A shop's look: what the merchant chose, and the colours that follow from it."""

from dataclasses import dataclass
from typing import Any

from tenant_shop.configuration.theme.colour import mix, opposite, readable_ink, text_on

ATELIER, MARKET = "atelier", "market"
LOOKS = (ATELIER, MARKET)
# Names of stacks in static/css/tokens.css: fonts that systems bring along, so that nothing is downloaded.
FONTS = ("sans", "humanist", "geometric", "rounded", "serif", "classic", "didone", "slab", "industrial", "mono")
RADII = ("sharp", "soft", "round")
# The parts of the home page, in the order in which a look shows them unless the merchant chose another.
SECTIONS = ("hero", "featured", "story", "categories", "bestsellers", "newest", "brands", "banner")
USUAL_SECTIONS = {
    ATELIER: ("hero", "featured", "story", "categories", "newest", "banner"),
    MARKET: ("hero", "categories", "bestsellers", "featured", "newest", "brands"),
}
USUAL_FONTS = {ATELIER: ("serif", "sans"), MARKET: ("sans", "sans")}
# How far tints of the page go towards black at most; text in the shop's colours can be read on all of them.
DARKEST_TINT = 0.08


@dataclass(frozen=True, slots=True)
class Link:
    """`url` has passed `values.address`; `label` still needs escaping in HTML."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ThemePicture:
    """A picture among the shop's own files; its size in pixels, and its renditions, where they are known."""

    url: str
    width: int | None = None
    height: int | None = None
    recipe: str = ""
    widths: tuple[int, ...] = ()
    formats: tuple[str, ...] = ()

    @property
    def renditions(self) -> dict[str, Any] | None:
        """As `catalog.pictures.sources` wants them."""
        if not (self.recipe and self.widths and self.formats):
            return None
        return {"recipe": self.recipe, "widths": list(self.widths), "formats": list(self.formats)}


@dataclass(frozen=True, slots=True)
class FooterColumn:
    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the home page with words of its own: the hero, the story, the banner. Empty is left out.

    `text` may have paragraphs, parted by empty lines.
    """

    title: str = ""
    text: str = ""
    picture: ThemePicture | None = None
    link: Link | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.text or self.picture)


@dataclass(frozen=True, slots=True)
class Theme:
    """A shop's look, safe to write into a stylesheet.

    Colours are `#rrggbb`; `look`, the fonts, `radius` and `sections` are known names. `surface` is pale enough for
    dark text; `text` is empty when it follows from the other colours. Texts are plain and still need escaping in HTML.
    """

    look: str = ATELIER
    brand: str = "#0f766e"
    accent: str = "#f59e0b"
    surface: str = "#ffffff"
    text: str = ""
    heading_font: str = "serif"
    body_font: str = "sans"
    radius: str = "soft"
    logo: ThemePicture | None = None
    favicon: ThemePicture | None = None
    tagline: str = ""
    announcement: str = ""
    announcement_url: str = ""
    sections: tuple[str, ...] = USUAL_SECTIONS[ATELIER]
    hero: Panel = Panel()
    story: Panel = Panel()
    banner: Panel = Panel()
    footer_text: str = ""
    footer_columns: tuple[FooterColumn, ...] = ()
    social: tuple[Link, ...] = ()

    @property
    def on_brand(self) -> str:
        """The colour of text on the brand colour."""
        return text_on(self.brand)

    @property
    def brand_hover(self) -> str:
        """The brand colour under the pointer: moved away from its text, so that contrast only grows."""
        return mix(self.brand, opposite(self.on_brand), 0.14)

    @property
    def brand_ink(self) -> str:
        """The brand colour as text on the page: darkened until it can be read."""
        return readable_ink(self.brand, self.darkest_tint)

    @property
    def on_accent(self) -> str:
        """The colour of text on the accent colour."""
        return text_on(self.accent)

    @property
    def accent_ink(self) -> str:
        """The accent colour as text on the page: darkened until it can be read."""
        return readable_ink(self.accent, self.darkest_tint)

    @property
    def surface_sunken(self) -> str:
        """The page's second ground: a little darker, and towards the brand."""
        return mix(mix(self.surface, "#000000", 0.02), self.brand, 0.03)

    @property
    def darkest_tint(self) -> str:
        """The darkest ground that the pages give to text."""
        return mix(self.surface, "#000000", DARKEST_TINT)

    @property
    def ink(self) -> str:
        """The colour of text on the page, darkened until it can be read."""
        return readable_ink(self.text or mix("#14161a", self.brand, 0.1), self.darkest_tint)

    @property
    def ink_muted(self) -> str:
        """The colour of quieter text on the page; it can still be read."""
        return readable_ink(mix(self.ink, self.surface, 0.28), self.darkest_tint)
