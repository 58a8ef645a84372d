"""Drawing a shop's pictures and putting them into its folder."""

import io
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.core.files.storage import default_storage
from PIL import Image

from tenant_shop.catalog.pictures.encode import RenditionFiles, rendition_files
from tenant_shop.catalog.pictures.receive import StoredPicture
from tenant_shop.catalog.pictures.storage import write
from tenant_shop.demo.pictures.mark import render_mark
from tenant_shop.demo.pictures.render import DRAWINGS, MIME_TYPE, PictureSpec, render
from tenant_shop.demo.pictures.still_life import Item, StillLife, arranged, render_still_life
from tenant_shop.demo.shops import DemoCategory, DemoProduct, DemoShop, DemoStillLife

CATEGORY_PIXELS = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPicture:
    """A stored picture of a product, which its SKU names.

    `colour` is the value of the product's option Colour that it shows, None where there is no choice.
    """

    product: str
    colour: str | None
    alt: str
    stored: StoredPicture


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPictures:
    """Those of products, in their order, those of categories, by slug, and the home page's, by name, with their
    renditions."""

    products: list[ProductPicture]
    categories: Mapping[str, StoredPicture]
    home: Mapping[str, StoredPicture]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    product: DemoProduct
    name: str
    alt: str
    colour: str | None
    spec: PictureSpec


def store_pictures(shop: DemoShop) -> StoredPictures:
    """Draw and save every picture of the active shop: products, top categories, the home page's, the mark.

    Drawn on all processors; files of an earlier run that was broken off are replaced.
    """
    planned = [picture for product in shop.products for picture in _plan(shop, product)]
    categories = {category.slug: _of_category(shop, category) for category in shop.categories if not category.parent}
    # Threads, because nearly all the time goes into Pillow, which lets others run meanwhile.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        drawn = threads.map(render, [picture.spec for picture in planned])
        tiles = threads.map(render_still_life, categories.values())
        homes = threads.map(render_still_life, [_of_home(shop, still) for still in shop.still_lives])
        stored = [_store(picture, content) for picture, content in zip(planned, drawn, strict=True)]
        covers = {
            slug: _keep(f"categories/{slug}.webp", content) for slug, content in zip(categories, tiles, strict=True)
        }
        files = {f"home/{still.name}.webp": content for still, content in zip(shop.still_lives, homes, strict=True)}
        renditions = threads.map(rendition_files, files, files.values())
        home = {
            still.name: _keep(name, files[name], made)
            for still, name, made in zip(shop.still_lives, files, renditions, strict=True)
        }
    write("home/mark.png", render_mark(shop.scene, brand=shop.theme["brand"], accent=shop.theme["accent"]))
    return StoredPictures(products=stored, categories=covers, home=home)


def _plan(shop: DemoShop, product: DemoProduct) -> Iterator[_Planned]:
    shades: list[tuple[str | None, str]] = [*product.colours.items()] or [(None, product.colour)]
    close_ups = shades[:1] if "featured" in product.tags else []
    for is_close_up, (colour, shade) in [(False, shade) for shade in shades] + [(True, shade) for shade in close_ups]:
        about = [product.name, f"in {colour}" if colour else "", "close up" if is_close_up else ""]
        yield _Planned(
            product=product,
            name="-".join(filter(None, [product.slug, (colour or "").lower(), "detail" if is_close_up else ""])),
            alt=", ".join(filter(None, about)),
            colour=None if is_close_up else colour,
            spec=PictureSpec(
                drawing=product.drawing,
                scene=shop.scene,
                tint=shop.tint_of(product),
                colour=shade,
                accent=product.accent,
                is_close_up=is_close_up,
            ),
        )


def _of_category(shop: DemoShop, category: DemoCategory) -> StillLife:
    """Three different things of a category and those below it, the most liked first: those that stand, or lie, as
    most of them do."""
    below = {category.slug, *(other.slug for other in shop.categories if other.parent == category.slug)}
    liked = sorted(
        (product for product in shop.products if product.category in below and product.is_on_sale),
        key=lambda product: -product.popularity,
    )
    things: dict[bool, dict[str, tuple[str, str, str]]] = {True: {}, False: {}}
    for product in liked:
        shade = [*product.colours.values(), product.colour][0]
        of_its_kind = things[DRAWINGS[product.drawing].stands]
        of_its_kind.setdefault(product.drawing, (product.drawing, shade, product.accent))
    chosen = max(things.values(), key=len)
    return arranged([*chosen.values()], scene=shop.scene, tint=category.tint, pixels=CATEGORY_PIXELS)


def _of_home(shop: DemoShop, still: DemoStillLife) -> StillLife:
    items = [
        Item(drawing=drawing, colour=colour, accent=accent, scale=scale, x=x, y=y)
        for drawing, colour, accent, scale, x, y in still.things
    ]
    width, height = still.size
    return StillLife(scene=shop.scene, tint=still.tint, width=width, height=height, items=items)


def _store(picture: _Planned, content: bytes) -> ProductPicture:
    return ProductPicture(
        product=picture.product.sku,
        colour=picture.colour,
        alt=picture.alt,
        stored=_keep(f"products/{picture.name}.webp", content),
    )


def _keep(name: str, content: bytes, made: RenditionFiles | None = None) -> StoredPicture:
    write(name, content)
    for rendition, smaller in made.files.items() if made else ():
        write(rendition, smaller)
    width, height = Image.open(io.BytesIO(content)).size
    return StoredPicture(
        filename=name,
        url=default_storage.url(name),
        mime_type=MIME_TYPE,
        size_bytes=len(content),
        width=width,
        height=height,
        renditions=made.column if made else None,
    )
