"""Writing the shelves: categories, brands, products, variants, pictures."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product as combinations
from random import Random
from typing import Any

from django.utils.text import slugify

from smartseller.money import quantize
from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.pictures.models import CoverPicture
from tenant_shop.catalog.pictures.receive import StoredPicture
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.demo.pictures.store import ProductPicture, StoredPictures
from tenant_shop.demo.shops import DemoProduct, DemoShop

# What the merchant pays, as a share of the price without tax.
COST_SHARE = Decimal("0.46")
OLDEST_DAYS, YOUNGEST_DAYS = 420, 95
LOW_STOCK_THRESHOLD = 5


def write_catalogue(shop: DemoShop, pictures: StoredPictures, *, now: datetime, random: Random) -> list[ProductVariant]:
    """Write the whole catalogue; the variants, each with its product, all without stock. Seven statements."""
    categories = _write_categories(shop, pictures.categories, now)
    brands = _write_brands(shop, now)
    products = [
        _product(shop, demo, categories, brands, at=_published(demo, now=now, random=random)) for demo in shop.products
    ]
    Product.objects.bulk_create(products)
    images = _write_images(products, pictures.products, now)
    return ProductVariant.objects.bulk_create(
        variant
        for demo, product in zip(shop.products, products, strict=True)
        for variant in _variants(demo, product, images)
    )


def _write_categories(shop: DemoShop, pictures: Mapping[str, StoredPicture], now: datetime) -> dict[str, Category]:
    at = now - timedelta(days=OLDEST_DAYS + 1)
    written: dict[str, Category] = {}
    for position, demo in enumerate(shop.categories):
        written[demo.slug] = Category(
            name=demo.name,
            slug=demo.slug,
            description=demo.description,
            parent=written[demo.parent] if demo.parent else None,
            image_url=pictures[demo.slug].url if demo.slug in pictures else None,
            sort_order=position,
            is_featured=demo.featured,
            meta_title=f"{demo.name} · {shop.name}",
            meta_description=demo.description,
            created_at=at,
            updated_at=at,
        )
    Category.objects.bulk_create(written.values())
    CoverPicture.objects.bulk_create(
        [
            CoverPicture(category=written[slug], **_file(stored), renditions_due_at=now)
            for slug, stored in pictures.items()
        ]
    )
    return written


def _write_brands(shop: DemoShop, now: datetime) -> dict[str, Brand]:
    at = now - timedelta(days=OLDEST_DAYS + 1)
    brands = [
        Brand(**row, slug=slugify(row["name"]), created_at=at, updated_at=at)
        for row in sorted(shop.brands, key=lambda row: row["name"])
    ]
    return {brand.name: brand for brand in Brand.objects.bulk_create(brands)}


def _published(demo: DemoProduct, *, now: datetime, random: Random) -> datetime:
    days = demo.published_days_ago or random.randint(YOUNGEST_DAYS, OLDEST_DAYS)
    return now - timedelta(days=days, minutes=random.randrange(600))


def _product(
    shop: DemoShop, demo: DemoProduct, categories: dict[str, Category], brands: dict[str, Brand], *, at: datetime
) -> Product:
    length, width, height = demo.size or (None, None, None)
    return Product(
        name=demo.name,
        slug=demo.slug,
        description=demo.description,
        short_description=demo.short,
        sku=demo.sku,
        category=categories[demo.category],
        brand=brands[demo.brand],
        price=Decimal(demo.price),
        compare_at_price=Decimal(demo.compare_at) if demo.compare_at else None,
        tax_class=demo.tax_class,
        cost_price=quantize(Decimal(demo.price) / (1 + shop.tax_rate) * COST_SHARE, shop.currency),
        weight=demo.weight,
        length=length,
        width=width,
        height=height,
        track_inventory=demo.tracked,
        allow_backorder=demo.backorder,
        low_stock_threshold=LOW_STOCK_THRESHOLD,
        status=demo.status,
        visibility=demo.visibility,
        meta_title=f"{demo.name} · {shop.name}",
        meta_description=demo.short,
        tags=list(demo.tags),
        features=list(demo.features),
        specifications=dict(demo.specifications),
        created_at=at,
        updated_at=at,
        published_at=None if demo.status == "draft" else at,
    )


def _write_images(
    products: Sequence[Product], pictures: Sequence[ProductPicture], now: datetime
) -> dict[tuple[str, str], ProductImage]:
    """The pictures' rows, waiting for a worker; those that show a colour, by the product's SKU and the colour."""
    by_sku = {product.sku: product for product in products}
    rows: list[ProductImage] = []
    of_colours: dict[tuple[str, str], ProductImage] = {}
    positions: dict[str, int] = {}
    for picture in pictures:
        product = by_sku[picture.product]
        position = positions.get(product.sku, 0)
        positions[product.sku] = position + 1
        row = ProductImage(
            product=product,
            alt_text=picture.alt,
            sort_order=position,
            is_primary=position == 0,
            **_file(picture.stored),
            renditions_due_at=now,
            created_at=product.created_at,
        )
        rows.append(row)
        if picture.colour:
            of_colours[product.sku, picture.colour] = row
    ProductImage.objects.bulk_create(rows)
    return of_colours


def _file(stored: StoredPicture) -> dict[str, Any]:
    """The columns of a picture's row that tell of its file; its renditions are a worker's business."""
    return {name: value for name, value in stored.as_json().items() if name != "renditions"}


def _variants(
    demo: DemoProduct, product: Product, images: dict[tuple[str, str], ProductImage]
) -> Iterator[ProductVariant]:
    names = list(demo.all_options)
    for position, values in enumerate(combinations(*demo.all_options.values())):
        own_price = next((demo.prices[value] for value in values if value in demo.prices), None)
        yield ProductVariant(
            product=product,
            sku="-".join([demo.sku, *map(_code, values)]),
            options=dict(zip(names, values, strict=True)),
            price=Decimal(own_price) if own_price else None,
            barcode=None,
            image=images.get((demo.sku, values[0])) if demo.colours else None,
            position=position,
            created_at=product.created_at,
            updated_at=product.created_at,
        )


def _code(value: str) -> str:
    """The part of an SKU that stands for an option's value: "S/M" is SM, "Graphite" GRAP."""
    return re.sub(r"[^A-Z0-9]", "", value.upper())[:4]
