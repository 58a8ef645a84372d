"""Representations are read quickly, and are what the framework itself would make of the same rows."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from rest_framework import serializers

from platform_core.tenancy.context import TenantInfo, tenant_context
from smartseller.api.outputs import Output
from tenant_shop.api.v1.categories import CategoryOutput
from tenant_shop.api.v1.customers import CustomerOutput
from tenant_shop.api.v1.orders import OrderOutput
from tenant_shop.api.v1.products import ProductList, ProductOutput
from tenant_shop.models import Category, Customer, Order, Product
from tests.accounts import account
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from tests.shopping import configure, order_of, stocked

ROWS = {Product: lambda: ProductList().rows()}
OUTPUTS = {Product: ProductOutput, Category: CategoryOutput, Customer: CustomerOutput, Order: OrderOutput}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata"])
def test_what_is_told_of_a_row_is_what_the_framework_would_tell(acme: TenantInfo, zone: str) -> None:
    with tenant_context(acme), timezone.override(ZoneInfo(zone)):
        configure()
        ann = account()
        order_of((stocked(name="Bowl"), 2), customer_id=ann.pk)
        shirt = ProductFactory(
            category=CategoryFactory(name="Clothing"),
            cost_price=None,
            weight="250.00",
            specifications={"Material": "wool"},
        )
        VariantFactory(product=shirt, options={"Size": "M"}, price="12.50", stock=3)
        for model, output in OUTPUTS.items():
            rows = list(ROWS.get(model, model.objects.all)().order_by("pk"))
            assert rows, model
            shown = output(rows, many=True).data
            assert shown == [_by_framework(output, row) for row in rows]


def _by_framework(output: type[Output], row: object) -> object:
    """As the framework does it, all the way down."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Output, "to_representation", serializers.Serializer.to_representation)
        return output(row).data
