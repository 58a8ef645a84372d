"""`/api/v1/variants/`: what goes into a cart, with its stock."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import VISIBLE, Flag, Id, Input, Measure, Text, Whole
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.amounts import AmountInput
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.resource import Creates, Deletes, Edits, Lists, Resource, Shows, Values
from tenant_shop.catalog.delete import delete_variant
from tenant_shop.catalog.lock_product import lock_product
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.save_variant import add_variants, save_variant
from tenant_shop.catalog.variants import ProductVariant

LARGEST_STOCK = 1_000_000
MOST_OPTIONS, LONGEST_OPTION, LONGEST_VALUE = 10, 60, 80


class VariantOutput(RowOutput):
    """A variant. `price` is what it costs: its own price, else the product's; `own_price` is its own, null for none."""

    product_id = serializers.UUIDField(read_only=True)
    options = serializers.DictField(child=serializers.CharField(), read_only=True)
    price = Amount(source="effective_price")
    compare_at_price = Amount(source="effective_compare_at_price", allow_null=True)
    own_price = Amount(source="price", allow_null=True)
    cost_price = Amount(allow_null=True)
    weight = serializers.DecimalField(max_digits=8, decimal_places=2, read_only=True, allow_null=True)
    image_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = ProductVariant
        fields = (
            "id",
            "product_id",
            "sku",
            "options",
            "price",
            "compare_at_price",
            "own_price",
            "cost_price",
            "inventory_quantity",
            "barcode",
            "weight",
            "image_id",
            "position",
            "is_active",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


# What names them.
OPTION = {"propertyNames": {"pattern": VISIBLE, "maxLength": LONGEST_OPTION}, "maxProperties": MOST_OPTIONS}
VALUE = {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE, "pattern": VISIBLE}


def check_options(names: Iterable[str]) -> None:
    """Errors: ValidationError."""
    named = list(names)
    if len(named) > MOST_OPTIONS or any(len(name) > LONGEST_OPTION or not re.search(VISIBLE, name) for name in named):
        raise serializers.ValidationError("At most 10 options, with names of 1 to 60 letters.", "invalid")


@extend_schema_field({"type": "object", "additionalProperties": VALUE, **OPTION})
class Options(serializers.DictField):
    """Names of options with their values."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(child=Text(max_length=LONGEST_VALUE), allow_empty=True, **settings)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        found: dict[str, str] = super().to_internal_value(data)
        check_options(found)
        return found


class VariantInput(Input):
    """`price` null: the product's. Stock is changed by `/stock-adjustments/`."""

    sku = Text(max_length=100, required=False)
    options = Options(required=False)
    price = AmountInput(required=False, allow_null=True)
    compare_at_price = AmountInput(required=False, allow_null=True)
    cost_price = AmountInput(required=False, allow_null=True)
    barcode = Text(max_length=100, required=False, allow_null=True, allow_blank=True)
    weight = Measure(required=False, allow_null=True)
    image_id = Id(required=False, allow_null=True)
    position = Whole(required=False, min_value=0)
    is_active = Flag(required=False)


class NewVariantInput(VariantInput):
    """A variant that is being made: without an SKU it gets one of the product's; its first stock may come with it."""

    inventory_quantity = Whole(required=False, min_value=0, max_value=LARGEST_STOCK)


class VariantRows(Resource):
    """Variants with the product that says what they cost without a price of their own."""

    model = ProductVariant
    output = VariantOutput
    scopes = Scopes("products")

    def rows(self) -> QuerySet[ProductVariant]:
        return ProductVariant.objects.select_related("product").defer("product__variants", "product__description")

    def lock(self, row: ProductVariant) -> None:
        lock_product(row.product_id)


class VariantList(VariantRows, Lists):
    """All variants of the shop."""

    filters = {
        "product_id": filters.key("product_id", "Those of this product."),
        "sku": filters.text("sku", "The one with this SKU."),
        "barcode": filters.text("barcode", "Those with this barcode."),
        "is_active": filters.flag("is_active", "On sale, or not."),
    }


class VariantsOfProduct(VariantRows, Lists, Creates):
    """The variants of one product."""

    input = NewVariantInput

    def listed(self, **keys: Any) -> QuerySet[ProductVariant]:
        if not Product.objects.filter(pk=keys["key"]).exists():
            raise Http404
        return self.rows().filter(product=keys["key"])

    def create(self, values: Values, **keys: Any) -> ProductVariant:
        [variant] = add_variants(lock_product(keys["key"]), [values], actor=self.actor)
        return variant


class VariantItem(VariantRows, Shows, Edits, Deletes):
    """A variant. Deleting is refused once it was sold, and for a product's last one."""

    changes = VariantInput

    def change(self, row: ProductVariant, values: Values) -> None:
        save_variant(row, values)

    def remove(self, row: ProductVariant) -> None:
        delete_variant(row)
