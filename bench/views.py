"""The pages that are measured."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from tenant_shop.catalog.models import Product

PAGE_SIZE = 24
ROWS = 100
PLAIN = ("id", "name", "slug", "sku", "status", "visibility", "short_description", "description", "tax_class",
         "inventory_quantity", "track_inventory", "allow_backorder", "low_stock_threshold", "category_id", "brand_id",
         "weight", "length", "width", "height", "customs_code", "origin_country", "meta_title", "meta_description",
         "meta_keywords", "published_at", "created_at", "updated_at")  # fmt: skip
OF_VARIANT = ("id", "product_id", "sku", "options", "inventory_quantity", "barcode", "weight", "image_id", "position",
              "is_active", "created_at", "updated_at")  # fmt: skip


def one_query(request: HttpRequest, slug: str) -> HttpResponse:
    """One product, one query."""
    product = Product.objects.get(slug=slug)
    return JsonResponse({"name": product.name, "price": str(product.price)})


def product_list(request: HttpRequest) -> HttpResponse:
    """A page of 24 products with brand, category and picture: three queries, nothing cached."""
    visible = Product.objects.visible()
    products = (
        visible.select_related("brand", "category")
        .only("name", "slug", "price", "compare_at_price", "inventory_quantity", "brand__name", "category__name")
        .prefetch_related("images")
        .order_by("-created_at", "-pk")
    )
    context = {"total": visible.count(), "products": products[:PAGE_SIZE]}
    return render(request, "bench/products.html", context)


def product_rows(request: HttpRequest) -> HttpResponse:
    """A hundred products as the API tells them, written by hand: two queries, and nothing is asked or counted."""
    products = Product.objects.prefetch_related("variant_rows").defer("variants", "features")
    rows = [_row(product) for product in products.order_by("updated_at", "pk")[:ROWS]]
    return JsonResponse({"results": rows, "next": None})


def _row(product: Product) -> dict[str, Any]:
    return {
        **{name: getattr(product, name) for name in PLAIN},
        "price": _amount(product.price),
        "compare_at_price": _amount(product.compare_at_price),
        "cost_price": _amount(product.cost_price),
        "currency": "EUR",
        "tags": product.tags or [],
        "specifications": [],
        "options": {},
        "custom_fields": {},
        "variants": [
            {
                **{name: getattr(variant, name) for name in OF_VARIANT},
                "price": _amount(product.price if variant.price is None else variant.price),
                "compare_at_price": _amount(variant.compare_at_price),
                "own_price": _amount(variant.price),
                "cost_price": _amount(variant.cost_price),
            }
            for variant in product.variant_rows.all()
        ],
    }


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
