"""Rows of a list as summaries of products."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform

from tenant_shop.catalog.listing.conditions import new_since
from tenant_shop.catalog.listing.models import ProductListing
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.summary import PACK_SIZE, ProductSummary, first_picture, picture_of


def read_summaries(listed: QuerySet[ProductListing]) -> list[ProductSummary]:
    """The products of these rows, in their order. One statement; pictures are looked up for the rows that are shown."""
    since = new_since()
    rows = listed.annotate(
        slug=F("product__slug"),
        sku=F("product__sku"),
        brand_name=F("product__brand__name"),
        visibility=F("product__visibility"),
        track_inventory=F("product__track_inventory"),
        allow_backorder=F("product__allow_backorder"),
        stock=F("product__inventory_quantity"),
        pack_size=KeyTextTransform(PACK_SIZE, "product__specifications"),
        picture=first_picture(OuterRef("pk")),
    ).values(
        "pk", "name", "slug", "sku", "brand_name", "visibility", "track_inventory", "allow_backorder", "stock",
        "pack_size", "picture", "price_low", "price_high", "compare_at_price", "is_buyable", "published_at",
        "rating_average", "review_count",
    )  # fmt: skip
    return [_summary(row, is_new=row["published_at"] is not None and row["published_at"] > since) for row in rows]


def _summary(row: Mapping[str, Any], *, is_new: bool) -> ProductSummary:
    is_catalog_only = row["visibility"] == Product.Visibility.CATALOG_ONLY
    is_limited = row["track_inventory"] and not row["allow_backorder"]
    return ProductSummary(
        id=row["pk"],
        slug=row["slug"],
        name=row["name"],
        brand=row["brand_name"] or "",
        picture=picture_of(row["picture"], row["name"]),
        price=row["price_low"],
        compare_at=row["compare_at_price"],
        has_price_range=row["price_low"] != row["price_high"],
        is_sold_out=not is_catalog_only and not row["is_buyable"],
        is_catalog_only=is_catalog_only,
        is_new=is_new,
        rating=float(row["rating_average"]) if row["rating_average"] is not None else None,
        review_count=row["review_count"],
        sku=row["sku"],
        stock=max(row["stock"], 0) if is_limited else None,
        pack_size=row["pack_size"] or "",
    )
