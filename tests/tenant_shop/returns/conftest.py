"""A shop that sells, and a shopper in it who has had something delivered."""

import pytest

from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tests.accounts import account
from tests.returning import delivered
from tests.shopping import order_of, stocked
from tests.tenant_shop.storefront.conftest import configure, selling, shopper

__all__ = ["configure", "selling", "shopper"]


@pytest.fixture
def ann(selling) -> Customer:
    return account()


@pytest.fixture
def order(ann: Customer) -> Order:
    """Three mugs and a bowl, delivered to Ann."""
    placed = order_of((stocked(name="Mug"), 3), (stocked(name="Bowl"), 1), customer_id=ann.pk)
    return delivered(placed)
