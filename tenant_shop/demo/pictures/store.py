"""Drawing a shop's pictures and putting them into its folder."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tenant_shop.demo.pictures.render import MIME_TYPE, PictureSpec, Rendered, render
from tenant_shop.demo.shops import DemoProduct, DemoShop


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture in the shop's folder, `width` and `height` pixels large; `small_url` shows it at half of that.

    `colour` is the value of the product's option Colour that it shows, None where there is no choice.
    """

    product: str
    colour: str | None
    alt: str
    url: str
    small_url: str
    filename: str
    size_bytes: int
    width: int
    height: int
    mime_type: str = MIME_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    product: DemoProduct
    name: str
    alt: str
    colour: str | None
    spec: PictureSpec


def store_pictures(shop: DemoShop) -> list[StoredPicture]:
    """Draw and save every picture of the active shop, in the order of its products.

    Drawn on all processors; files of an earlier run that was broken off are replaced.
    """
    planned = [picture for product in shop.products for picture in _plan(shop, product)]
    # Threads, because nearly all the time goes into Pillow, which lets others run meanwhile.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return [
            _store(picture, rendered)
            for picture, rendered in zip(
                planned, threads.map(render, [picture.spec for picture in planned]), strict=True
            )
        ]


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


def _store(picture: _Planned, rendered: Rendered) -> StoredPicture:
    large = _save(f"products/{picture.name}.webp", rendered.large)
    small = _save(f"products/{picture.name}-small.webp", rendered.small)
    return StoredPicture(
        product=picture.product.sku,
        colour=picture.colour,
        alt=picture.alt,
        url=default_storage.url(large),
        small_url=default_storage.url(small),
        filename=large,
        size_bytes=len(rendered.large),
        width=rendered.pixels,
        height=rendered.pixels,
    )


def _save(name: str, content: bytes) -> str:
    default_storage.delete(name)
    return default_storage.save(name, ContentFile(content))
