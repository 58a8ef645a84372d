"""A visitor's cart joins the customer's at the log-in."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.change import add_line
from tenant_shop.carts.lines import MAX_LINES
from tenant_shop.carts.merge import Merged, merge_carts
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.models import Customer, Product, StockMovement
from tests.factories.customers import CustomerFactory
from tests.shopping import at_once, cart_with, configure, order_from, stocked
from tests.statements import StatementCount


@pytest.fixture
def ann(shop: TenantInfo) -> Customer:
    configure()
    return CustomerFactory()


def theirs(customer: Customer, *wanted: tuple[ProductVariant, int]) -> UUID:
    cart_id: UUID | None = None
    for variant, quantity in wanted:
        cart_id = add_line(cart_id, variant_id=variant.pk, quantity=quantity, session_id="x", customer_id=customer.pk)
    assert cart_id is not None
    return cart_id


def lines(cart_id: UUID | None) -> dict[str, int]:
    return dict(CartItem.objects.filter(cart=cart_id).values_list("product__name", "quantity"))


def test_the_larger_quantity_wins_and_the_rest_comes_along(ann: Customer) -> None:
    mug, bowl, vase = stocked(name="Mug"), stocked(name="Bowl"), stocked(name="Vase")
    own = theirs(ann, (mug, 2), (bowl, 5))
    visitors = cart_with((mug, 4), (bowl, 1), (vase, 1), session_id="s")
    merged = merge_carts(ann.pk, visitors)
    assert merged == Merged(cart_id=own, joined=("Vase",))
    assert lines(own) == {"Mug": 4, "Bowl": 5, "Vase": 1}
    assert not ShoppingCart.objects.filter(pk=visitors).exists()
    assert merge_carts(ann.pk, visitors) == Merged(cart_id=own), "once more changes nothing"


def test_without_a_cart_of_their_own_the_customer_gets_one_that_every_device_finds(ann: Customer) -> None:
    merged = merge_carts(ann.pk, cart_with((stocked(name="Mug"), 3), session_id="s"))
    cart = ShoppingCart.objects.get()
    assert (cart.pk, cart.customer, cart.session_id) == (merged.cart_id, ann, None)
    assert lines(cart.pk) == {"Mug": 3}


def test_nothing_is_opened_for_nothing(ann: Customer) -> None:
    assert merge_carts(ann.pk, None) == Merged(cart_id=None)
    assert merge_carts(ann.pk, uuid4()) == Merged(cart_id=None)
    assert ShoppingCart.objects.count() == 0


def test_quantities_end_at_what_there_is_and_prices_are_todays(ann: Customer) -> None:
    mug, bowl = stocked(name="Mug", price="10.00", stock=9), stocked(name="Bowl", stock=9)
    own = theirs(ann, (mug, 2))
    visitors = cart_with((mug, 8), (bowl, 4), session_id="s")
    StockMovement.objects.create(variant=mug, delta=-4, reason="correction")
    StockMovement.objects.create(variant=bowl, delta=-9, reason="correction")
    Product.objects.filter(pk=mug.product_id).update(price=Decimal("12.50"))
    merged = merge_carts(ann.pk, visitors)
    assert (merged.fewer, merged.sold_out) == ((("Mug", 5),), ("Bowl",))
    assert merged.repriced == (("Mug", Decimal("10.000"), Decimal("12.50")),)
    assert lines(own) == {"Mug": 5, "Bowl": 4}, "what is sold out stays, with its problem shown in the cart"
    assert CartItem.objects.get(cart=own, variant=mug).unit_price == Decimal("12.50")


def test_the_customers_coupon_is_kept_and_the_visitors_fills_its_place(ann: Customer) -> None:
    mug = stocked()
    for own_code, visitors_code, kept in (("OWN", "GUEST", "OWN"), (None, "GUEST", "GUEST"), ("OWN", None, "OWN")):
        ShoppingCart.objects.all().delete()
        own, visitors = theirs(ann, (mug, 1)), cart_with((mug, 1), session_id="s")
        ShoppingCart.objects.filter(pk=own).update(coupon_code=own_code)
        ShoppingCart.objects.filter(pk=visitors).update(coupon_code=visitors_code)
        merge_carts(ann.pk, visitors)
        assert ShoppingCart.objects.get().coupon_code == kept


def test_carts_that_are_not_the_visitors_to_give_are_left_alone(ann: Customer) -> None:
    mug = stocked(name="Mug", stock=20)
    bobs = theirs(CustomerFactory(), (mug, 1))
    ordered = cart_with((mug, 2), session_id="a")
    order_from(ordered)
    expired = cart_with((mug, 3), session_id="b")
    ShoppingCart.objects.filter(pk=expired).update(expires_at=timezone.now() - timedelta(seconds=1))
    for cart_id in (bobs, ordered, expired):
        before = lines(cart_id)
        assert merge_carts(ann.pk, cart_id) == Merged(cart_id=None)
        assert lines(cart_id) == before


def test_what_finds_no_room_is_told(ann: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenant_shop.carts.merge.MAX_LINES", 2)
    assert MAX_LINES == 200
    own = theirs(ann, (stocked(name="Mug"), 1))
    merged = merge_carts(ann.pk, cart_with((stocked(name="Bowl"), 1), (stocked(name="Vase"), 1), session_id="s"))
    assert (merged.joined, merged.left_out) == (("Bowl",), ("Vase",))
    assert lines(own) == {"Mug": 1, "Bowl": 1}


def test_a_cart_that_has_expired_makes_room(ann: Customer) -> None:
    mug = stocked(name="Mug")
    old = theirs(ann, (mug, 7))
    ShoppingCart.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    merged = merge_carts(ann.pk, cart_with((mug, 1), session_id="s"))
    assert merged.cart_id != old
    assert lines(merged.cart_id) == {"Mug": 1}


def test_two_tabs_and_two_devices_log_in_at_once(shop: TenantInfo, ann: Customer) -> None:
    mug, bowl = stocked(name="Mug"), stocked(name="Bowl")
    for _ in range(5):
        ShoppingCart.objects.all().delete()
        tab = cart_with((mug, 3), session_id="s")
        phone = cart_with((mug, 1), (bowl, 2), session_id="t")
        results: list[Any] = at_once(shop, [lambda cart=cart: merge_carts(ann.pk, cart) for cart in (tab, tab, phone)])
        cart = ShoppingCart.objects.get()
        assert {result.cart_id for result in results} == {cart.pk}
        assert lines(cart.pk) == {"Mug": 3, "Bowl": 2}
        assert Counter(name for result in results for name in result.joined) == {"Mug": 1, "Bowl": 1}


def test_the_cost_is_constant(ann: Customer) -> None:
    counts = []
    for size in (1, 12):
        ShoppingCart.objects.all().delete()
        theirs(ann, (stocked(), 1))
        visitors = cart_with(*[(stocked(), 1) for _ in range(size)], session_id="s")
        with StatementCount() as statements:
            merge_carts(ann.pk, visitors)
        counts.append(statements.count)
    assert counts[0] == counts[1] <= 12
