"""A shop that sells, and a shopper in it."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, current_tenant
from tenant_shop.configuration.models import Setting
from tenant_shop.inventory.models import StockMovement
from tenant_shop.models import CartItem, Order, OrderItem, OutboxEvent, Payment, ShoppingCart
from tests.shopper import Shopper

SETTINGS: dict[str, Any] = {
    "store_name": "Harbour Kitchen",
    "store_email": "hello@harbour.example",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "language": "en",
    "tax_rate": "0.19",
    "prices_include_tax": True,
    "shipping_rates": [
        {"code": "standard", "name": "Standard delivery", "amount": "4.90", "countries": ["DE", "AT"]},
        {"code": "express", "name": "Express", "amount": "12.00", "countries": ["DE"]},
    ],
    "payment_methods": ["bank_transfer", "cash_on_delivery"],
}


@pytest.fixture
def configure() -> Callable[..., None]:
    """Sets settings of the active shop: `configure(currency="JPY")`; without arguments a shop that sells in euros."""

    def write(**changes: Any) -> None:
        for key, value in {**SETTINGS, **changes}.items():
            Setting.objects.update_or_create(key=key, defaults={"value": value})
        directory.forget(current_tenant().id)

    return write


@pytest.fixture
def selling(shop: TenantInfo, configure: Callable[..., None]) -> TenantInfo:
    """`acme`, set up to sell in euros with tax in the prices; two deliveries, two ways to pay."""
    configure()
    return shop


@pytest.fixture
def shopper(selling: TenantInfo) -> Shopper:
    return Shopper()


@pytest.fixture
def standing() -> Callable[[], dict[str, Any]]:
    """What a refusal must leave as it was: orders and all that hangs on them, stock, carts and their lines."""

    def look() -> dict[str, Any]:
        counted = (Order, OrderItem, Payment, OutboxEvent, StockMovement, ShoppingCart)
        return {
            **{model.__name__: model.objects.count() for model in counted},
            "lines": sorted(CartItem.objects.values_list("variant_id", "quantity")),
            "codes": sorted(ShoppingCart.objects.values_list("coupon_code", flat=True), key=str),
        }

    return look
