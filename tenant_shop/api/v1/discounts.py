"""`/api/v1/discounts/`: what makes orders cheaper, by code or by itself."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from platform_core.tenancy.context import current_tenant
from smartseller.api import filters
from smartseller.api.inputs import Choice, Flag, Id, Input, Text, Whole
from smartseller.api.outputs import RowOutput
from smartseller.money import quantize
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.amounts import AmountInput, OrderAmount
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.resource import Values
from tenant_shop.api.v1.saved import Saved, SavedItem, SavedList
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.promotions.save_discount import delete_discount, save_discount

MOST_GOODS = 1_000
GOODS = {"product_ids": "applicable_products", "category_ids": "applicable_categories"}


class DiscountOutput(RowOutput):
    """A discount. `value` is percent of a `percentage`, an amount in the shop's currency of a `fixed_amount`.

    `code` null: it is given by itself. `product_ids` and `category_ids` both empty: it is for the whole order.
    """

    value = serializers.SerializerMethodField(method_name="value_of")
    minimum_order_amount = Amount(allow_null=True)
    product_ids = serializers.SerializerMethodField()
    category_ids = serializers.SerializerMethodField()

    class Meta:
        model = DiscountCode
        fields = (
            "id",
            "code",
            "name",
            "description",
            "type",
            "value",
            "minimum_order_amount",
            "product_ids",
            "category_ids",
            "excludes_sale_items",
            "first_order_only",
            "usage_limit",
            "usage_limit_per_customer",
            "usage_count",
            "combines_with_product",
            "combines_with_order",
            "combines_with_shipping",
            "starts_at",
            "ends_at",
            "is_active",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    def value_of(self, discount: DiscountCode) -> str:
        if discount.type == DiscountCode.Type.FIXED_AMOUNT:
            return str(quantize(discount.value, current_tenant().currency))
        return f"{discount.value.normalize():f}"

    def get_product_ids(self, discount: DiscountCode) -> list[str]:
        return [str(key) for key in discount.applicable_products or ()]

    def get_category_ids(self, discount: DiscountCode) -> list[str]:
        return [str(key) for key in discount.applicable_categories or ()]


class DiscountInput(Input):
    """`code` null or empty: everybody gets it by itself, under its `name`. `ends_at` is the first moment without it."""

    code = Text(max_length=50, required=False, allow_null=True, allow_blank=True)
    name = Text(max_length=255)
    description = Text(max_length=5_000, required=False, allow_null=True, allow_blank=True)
    type = Choice(DiscountCode.Type.choices)
    value = OrderAmount()
    minimum_order_amount = AmountInput(required=False, allow_null=True)
    product_ids = serializers.ListField(child=Id(), required=False, max_length=MOST_GOODS)
    category_ids = serializers.ListField(child=Id(), required=False, max_length=MOST_GOODS)
    excludes_sale_items = Flag(required=False)
    first_order_only = Flag(required=False)
    usage_limit = Whole(required=False, allow_null=True, min_value=1)
    usage_limit_per_customer = Whole(required=False, allow_null=True, min_value=1)
    combines_with_product = Flag(required=False)
    combines_with_order = Flag(required=False)
    combines_with_shipping = Flag(required=False)
    starts_at = serializers.DateTimeField(required=False, allow_null=True)
    ends_at = serializers.DateTimeField(required=False, allow_null=True)
    is_active = Flag(required=False)


def _saved(discount: DiscountCode, values: Values) -> DiscountCode:
    try:
        return save_discount(discount, {GOODS.get(name, name): value for name, value in values.items()})
    except ValidationError as refusal:
        names = {column: name for name, column in GOODS.items()}
        raise ValidationError({names.get(at, at): found for at, found in refusal.error_dict.items()}) from refusal


class Discounts(Saved):
    model, output = DiscountCode, DiscountOutput
    scopes = Scopes("discounts")

    def save(self, row: DiscountCode, values: Values) -> DiscountCode:
        return _saved(row, values)

    def discard(self, row: DiscountCode) -> None:
        delete_discount(row)


class DiscountList(Discounts, SavedList):
    """The shop's discounts."""

    input = DiscountInput
    examples: dict[str, Any] = {"POST": {"code": "SPRING", "name": "Spring", "type": "percentage", "value": "10"}}
    filters = {
        "code": filters.text("code__iexact", "The one with this code."),
        "type": filters.choice("type", DiscountCode.Type.choices, "Those of this type."),
        "is_active": filters.flag("is_active", "On, or off."),
        "is_automatic": filters.flag("code__isnull", "Those without a code, or with one."),
    }


class DiscountItem(Discounts, SavedItem):
    """A discount. One that orders have used cannot be deleted: switch it off."""

    changes = DiscountInput
