"""`GET /api/v1/products/`."""

from typing import Any

from rest_framework import serializers
from rest_framework.generics import ListAPIView

from platform_core.tenancy.context import current_tenant
from tenant_shop.api.v1.base import NewestFirst, ShopAPIView
from tenant_shop.api.v1.fields import Amount
from tenant_shop.catalog.models import Brand, Category, Product
from tenant_shop.catalog.variants import ProductVariant


class VariantOutput(serializers.ModelSerializer[ProductVariant]):
    price = Amount(source="effective_price")
    compare_at_price = Amount(source="effective_compare_at_price")

    class Meta:
        model = ProductVariant
        fields = ("id", "sku", "options", "price", "compare_at_price", "inventory_quantity", "is_active")


class ProductOutput(serializers.ModelSerializer[Product]):
    price = Amount()
    compare_at_price = Amount()
    currency = serializers.SerializerMethodField()
    category: serializers.SlugRelatedField[Category] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    brand: serializers.SlugRelatedField[Brand] = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    variants = VariantOutput(source="variant_rows", many=True, read_only=True)

    class Meta:
        model = Product
        fields = (
            "id",
            "name",
            "slug",
            "sku",
            "status",
            "visibility",
            "price",
            "compare_at_price",
            "currency",
            "inventory_quantity",
            "category",
            "brand",
            "tags",
            "variants",
            "created_at",
            "updated_at",
        )

    def get_currency(self, product: Product) -> str:
        return current_tenant().currency


class ProductList(ShopAPIView, ListAPIView[Any]):
    """The shop's products with their variants, newest first."""

    model = Product
    serializer_class = ProductOutput
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        return Product.objects.select_related("category", "brand").prefetch_related("variant_rows").defer("variants")
