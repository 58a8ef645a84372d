"""How large a picture is where a page shows it, so that the browser loads no more of it than that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenant_shop.catalog.pictures.sources import Source, sources


@dataclass(frozen=True, slots=True)
class Place:
    """`sizes` is what the attribute says; a rendition is offered from `smallest` to `largest` pixels of the screen."""

    sizes: str
    smallest: int
    largest: int


# The widths follow the grids in static/css: `card-grid` (`lead` is a card as wide as two), `tile-grid`, `gallery`,
# `page-head__picture`, `picture--logo`, `picture--thumb`, `picture--small`.
PLACES = {
    "card": Place("(min-width: 80rem) 18rem, (min-width: 48rem) 31vw, 46vw", 320, 640),
    "lead": Place("(min-width: 48rem) 47vw, 94vw", 480, 1280),
    "tile": Place("(min-width: 48rem) 18rem, 46vw", 320, 640),
    "gallery": Place("(min-width: 80rem) 41rem, (min-width: 56rem) 52vw, 100vw", 480, 1280),
    "hero": Place("(min-width: 56rem) 50vw, 100vw", 480, 1280),
    "head": Place("(min-width: 48rem) 12rem, 5.5rem", 160, 480),
    "logo": Place("8rem", 160, 320),
    "thumb": Place("5.5rem", 160, 320),
    "small": Place("4rem", 160, 160),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The `<source>`s of a picture in a place."""

    sources: list[Source]
    sizes: str


def shown_in(image: Mapping[str, Any], place: str) -> Shown:
    """`image` (url, renditions) in one of `PLACES`; in an unknown one as on a card."""
    where = PLACES.get(place) or PLACES["card"]
    found = sources(image["url"], image.get("renditions"), smallest=where.smallest, largest=where.largest)
    return Shown(found, where.sizes)
