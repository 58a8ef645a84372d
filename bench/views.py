"""The pages that are measured."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from tenant_shop.catalog.models import Product

PAGE_SIZE = 24


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
