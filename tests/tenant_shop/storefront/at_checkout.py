"""A shopper with a mug in the cart, at the checkout."""

from decimal import Decimal

import pytest

from tenant_shop.models import Product
from tests.factories.catalog import ProductFactory
from tests.shopper import Shopper, forms_in
from tests.tenant_shop.storefront.test_purchase import BUYER


@pytest.fixture
def mug(selling) -> Product:
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


@pytest.fixture
def checkout(mug, shopper):
    """The checkout page with one mug in the cart."""
    shopper.follow(shopper.add("mug"))
    return shopper.get("/checkout/")


def submit(shopper: Shopper, checkout, **changes):
    return shopper.submit(checkout, "/checkout/", **{**BUYER, **changes})


def remaining(page) -> dict[str, str]:
    return next(form for form in forms_in(page) if form.action == "/checkout/").fields
