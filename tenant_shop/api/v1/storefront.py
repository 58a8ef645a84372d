"""`/api/v1/storefront/`: products, categories and brands as shoppers see them, for publishable keys in pages."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from smartseller.api import filters
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.products import SpecificationOutput
from tenant_shop.api.v1.resource import Lists, Resource, Shows
from tenant_shop.catalog.facts import named_values
from tenant_shop.catalog.html import safe_html
from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.tree import shown_parents
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import values_in, written

FOR_PAGES = Scopes("products", publishable="read")


def _whole(address: str | None) -> str | None:
    """The shop's own pictures with the shop's address before them."""
    return shop_url(current_tenant().slug, address) if address and address.startswith("/") else address


class StorefrontImageOutput(serializers.ModelSerializer[ProductImage]):
    """A picture, the primary one first."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = ProductImage
        fields = ("id", "url", "alt_text", "width", "height")
        read_only_fields = fields

    def get_url(self, image: ProductImage) -> str:
        return _whole(image.url) or ""


class StorefrontVariantOutput(serializers.ModelSerializer[ProductVariant]):
    """What goes into a cart. Whether a piece `is_available` only the cart decides in the end."""

    options = serializers.DictField(child=serializers.CharField(), read_only=True)
    price = Amount(source="effective_price")
    compare_at_price = Amount(source="effective_compare_at_price", allow_null=True)
    image_id = serializers.UUIDField(read_only=True, allow_null=True)
    is_available = serializers.SerializerMethodField()

    class Meta:
        model = ProductVariant
        fields = ("id", "sku", "options", "price", "compare_at_price", "barcode", "image_id", "is_available")
        read_only_fields = fields

    def get_is_available(self, variant: ProductVariant) -> bool:
        return variant.product.visibility == Product.Visibility.VISIBLE and variant.can_supply(1)


class StorefrontProductOutput(RowOutput):
    """A product on show, at everybody's price. `description` is HTML that is safe to show.

    `is_for_sale` false: it is shown, but not sold online.
    """

    description = serializers.SerializerMethodField()
    price = Amount()
    compare_at_price = Amount(allow_null=True)
    currency = serializers.SerializerMethodField()
    is_for_sale = serializers.SerializerMethodField()
    category_id = serializers.UUIDField(read_only=True, allow_null=True)
    brand_id = serializers.UUIDField(read_only=True, allow_null=True)
    tags = serializers.SerializerMethodField()
    specifications = serializers.SerializerMethodField()
    images = StorefrontImageOutput(many=True, read_only=True)
    variants = StorefrontVariantOutput(source="variant_rows", many=True, read_only=True)
    _shown_fields: list[CustomField] | None = None

    class Meta:
        model = Product
        fields = (
            "id",
            "name",
            "slug",
            "short_description",
            "description",
            "price",
            "compare_at_price",
            "currency",
            "is_for_sale",
            "category_id",
            "brand_id",
            "tags",
            "specifications",
            "meta_title",
            "meta_description",
            "images",
            "variants",
            "published_at",
            "updated_at",
        )
        read_only_fields = fields

    def get_description(self, product: Product) -> str:
        return safe_html(product.description or "")

    def get_currency(self, product: Product) -> str:
        return current_tenant().currency

    def get_is_for_sale(self, product: Product) -> bool:
        return product.visibility == Product.Visibility.VISIBLE

    def get_tags(self, product: Product) -> list[str]:
        return product.tags or []

    @extend_schema_field(SpecificationOutput(many=True))
    def get_specifications(self, product: Product) -> list[dict[str, Any]]:
        """With the merchant's own fields that product pages show."""
        found: list[dict[str, Any]] = [
            {"name": name, "values": told} for name, told in named_values(product.specifications)
        ]
        values = values_in(product.metadata)
        for field in self._own_fields():
            if field.key in values:
                found.append({"name": field.name, "values": [written(values[field.key])]})
        return found

    def _own_fields(self) -> list[CustomField]:
        """One SELECT a request."""
        if self._shown_fields is None:
            shown = CustomField.objects.filter(owner=CustomField.Owner.PRODUCT, in_storefront=True)
            self._shown_fields = list(shown)
        return self._shown_fields


class StorefrontProductRows(Resource):
    """Products on show with what is sold of them, in four statements."""

    model = Product
    output = StorefrontProductOutput
    scopes = FOR_PAGES

    def rows(self) -> QuerySet[Product]:
        variants = ProductVariant.objects.filter(is_active=True)
        pictures = ProductImage.objects.order_by("-is_primary", "sort_order", "id")
        fetched = (Prefetch("variant_rows", variants), Prefetch("images", pictures))
        shown = Product.objects.listed().prefetch_related(*fetched)
        return shown.defer("variants", "features", "cost_price", "inventory_quantity")


class StorefrontProductList(StorefrontProductRows, Lists):
    """What is on show. A product that is taken off it is missing here, and nowhere named."""

    filters = {
        "slug": filters.text("slug", "The one with this address."),
        "category_id": filters.key("category_id", "Those that stand directly in this category."),
        "brand_id": filters.key("brand_id", "Those of this brand."),
        "tag": filters.among("tags__contains", "Those with this tag."),
    }


class StorefrontProductItem(StorefrontProductRows, Shows):
    """A product on show."""


class StorefrontCategoryOutput(RowOutput):
    """A category that shoppers meet."""

    parent_id = serializers.UUIDField(read_only=True, allow_null=True)
    image_url = serializers.SerializerMethodField()

    class Meta:
        model = Category
        fields = ("id", "name", "slug", "description", "parent_id", "image_url", "sort_order", "updated_at")
        read_only_fields = fields

    def get_image_url(self, category: Category) -> str | None:
        return _whole(category.image_url)


class StorefrontCategoryRows(Resource):
    """Active categories, none of them below one that is off."""

    model = Category
    output = StorefrontCategoryOutput
    scopes = FOR_PAGES

    def rows(self) -> QuerySet[Category]:
        parents: dict[UUID, UUID | None] = dict(Category.objects.filter(is_active=True).values_list("pk", "parent_id"))
        return Category.objects.filter(pk__in=shown_parents(parents))


class StorefrontCategoryList(StorefrontCategoryRows, Lists):
    """The shelves of the shop."""

    filters = {
        "parent_id": filters.key("parent_id", "Those directly below it."),
        "slug": filters.text("slug", "The one with this address."),
    }


class StorefrontCategoryItem(StorefrontCategoryRows, Shows):
    """A category that shoppers meet."""


class StorefrontBrandOutput(RowOutput):
    """A brand."""

    logo_url = serializers.SerializerMethodField()

    class Meta:
        model = Brand
        fields = ("id", "name", "slug", "description", "logo_url", "website_url", "updated_at")
        read_only_fields = fields

    def get_logo_url(self, brand: Brand) -> str | None:
        return _whole(brand.logo_url)


class StorefrontBrandRows(Resource):
    """Active brands."""

    model = Brand
    output = StorefrontBrandOutput
    scopes = FOR_PAGES

    def rows(self) -> QuerySet[Brand]:
        return Brand.objects.filter(is_active=True)


class StorefrontBrandList(StorefrontBrandRows, Lists):
    """The brands of the shop."""

    filters = {"slug": filters.text("slug", "The one with this address.")}


class StorefrontBrandItem(StorefrontBrandRows, Shows):
    """A brand."""
