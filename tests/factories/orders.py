"""Orders and their lines."""

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tests.factories.catalog import VariantFactory

ADDRESS = {
    "first_name": "Ann",
    "last_name": "Example",
    "address_line_1": "1 Main Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}


class OrderFactory(DjangoModelFactory[Order]):
    """A guest's order; its number comes from the shop's counter. Lines are added with OrderItemFactory."""

    class Meta:
        model = Order

    customer_email = "ann@example.com"
    currency = "EUR"
    subtotal_amount = Decimal("19.990")
    total_amount = Decimal("19.990")
    shipping_address = factory.LazyFunction(ADDRESS.copy)
    billing_address = factory.LazyFunction(ADDRESS.copy)


class OrderItemFactory(DjangoModelFactory[OrderItem]):
    class Meta:
        model = OrderItem

    order = factory.SubFactory(OrderFactory)
    variant = factory.SubFactory(VariantFactory)
    product = factory.SelfAttribute("variant.product")
    product_name = factory.SelfAttribute("product.name")
    product_sku = factory.SelfAttribute("variant.sku")
    variant_info = factory.SelfAttribute("variant.options")
    quantity = 1
    unit_price = factory.SelfAttribute("variant.effective_price")
    total_price = factory.LazyAttribute(lambda item: item.unit_price * item.quantity)
