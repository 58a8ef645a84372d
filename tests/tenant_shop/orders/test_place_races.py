"""Orders at the same moment: nothing is sold twice, nothing is ordered twice, nobody waits for ever."""

import threading
from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.errors import ShopBusy
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.lock import lock_as_read
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import (
    CouponRefused,
    IdempotencyConflict,
    OrderNotCancellable,
    OutOfStock,
    TotalChanged,
)
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption
from tenant_shop.verification.verify_shop import verify_shop
from tests.databases import owner
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import at_once, cart_with, configure, order_of, stock_of, stocked, submission


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def test_twenty_buyers_of_the_last_one_make_one_order(shop: TenantInfo) -> None:
    last = stocked(stock=1)
    sent = [submission(cart_with((last, 1))) for _ in range(20)]
    results = at_once(shop, [partial(place_order, **each) for each in sent])
    assert sum(isinstance(result, Order) for result in results) == 1
    assert sum(isinstance(result, OutOfStock) for result in results) == 19
    assert stock_of(last) == 0
    assert Order.objects.count() == OrderItem.objects.count() == 1
    assert verify_shop() == []


def test_fifty_submissions_of_one_cart_make_one_order(shop: TenantInfo) -> None:
    mug = stocked(stock=100)
    cart_id = cart_with((mug, 2))
    sent = submission(cart_id)
    calls = [partial(place_order, **{**sent, "idempotency_key": str(uuid4())}) for _ in range(40)]
    results = at_once(shop, [*calls, *[partial(place_order, **sent) for _ in range(10)]])
    assert {result.pk for result in results} == {Order.objects.get().pk}
    assert stock_of(mug) == 98


def test_one_key_for_two_carts_orders_one_of_them(shop: TenantInfo) -> None:
    mug = stocked(stock=100)
    sent = [submission(cart_with((mug, 1)), idempotency_key="same") for _ in range(8)]
    results = at_once(shop, [partial(place_order, **each) for each in sent])
    assert sum(isinstance(result, Order) for result in results) == 1
    assert sum(isinstance(result, IdempotencyConflict) for result in results) == 7
    assert (Order.objects.count(), stock_of(mug)) == (1, 99)


def test_a_code_for_one_order_is_used_by_one_of_ten(shop: TenantInfo) -> None:
    DiscountCodeFactory(code="ONCE", usage_limit=1)
    mug = stocked(stock=100)
    sent = []
    for index in range(10):
        cart_id = cart_with((mug, 1))
        apply_coupon(cart_id, "ONCE")
        sent.append(submission(cart_id, email=f"buyer{index}@example.com"))
    results = at_once(shop, [partial(place_order, **each) for each in sent])
    assert sum(isinstance(result, Order) for result in results) == 1
    assert sum(isinstance(result, CouponRefused) for result in results) == 9
    assert DiscountCode.objects.get().usage_count == DiscountRedemption.objects.count() == 1
    assert stock_of(mug) == 99


def test_an_automatic_discount_for_one_order_is_used_by_one_of_eight(shop: TenantInfo) -> None:
    DiscountCodeFactory(code=None, name="First come", usage_limit=1)
    mug = stocked(stock=100)
    sent = [submission(cart_with((mug, 1)), email=f"buyer{index}@example.com") for index in range(8)]
    results = at_once(shop, [partial(place_order, **each) for each in sent])
    assert sum(isinstance(result, Order) for result in results) == 1
    assert sum(isinstance(result, TotalChanged) for result in results) == 7
    assert DiscountCode.objects.get().usage_count == DiscountRedemption.objects.count() == 1
    assert verify_shop() == []


def test_orders_and_cancellations_with_several_discounts_never_wait_in_a_circle(
    shop: TenantInfo, caplog: pytest.LogCaptureFixture
) -> None:
    beside = {"combines_with_product": True, "combines_with_order": True, "combines_with_shipping": True}
    mug = stocked(stock=100)
    for limit in (99, None):
        DiscountCodeFactory(code=None, usage_limit=limit, applicable_products=[mug.product_id], **beside)
        DiscountCodeFactory(code=None, usage_limit=limit, type="free_shipping", **beside)
        DiscountCodeFactory(code=None, usage_limit=limit, **beside)
    placed = [order_of((mug, 1)) for _ in range(6)]
    sent = [submission(cart_with((mug, 1)), email=f"buyer{index}@example.com") for index in range(6)]
    results = at_once(
        shop,
        [
            *[partial(place_order, **each) for each in sent],
            *[partial(cancel_order, order.pk, reason="", actor="test") for order in placed],
        ],
    )
    assert all(isinstance(result, Order) for result in results), results
    assert "deadlock" not in caplog.text
    assert verify_shop() == []


@pytest.mark.slow
def test_carts_that_name_the_same_goods_in_opposite_order_never_wait_in_a_circle(
    shop: TenantInfo, caplog: pytest.LogCaptureFixture
) -> None:
    shirt, mug = ProductFactory(default_variant=False), ProductFactory(default_variant=False)
    # Crossing on purpose: the first variant of either product is older than the second one of the other.
    goods = [VariantFactory(product=product, stock=1000) for product in (shirt, mug, mug, shirt)]
    sent = []
    for index in range(16):
        order = goods if index % 2 else list(reversed(goods))
        sent.append(submission(cart_with(*[(variant, 1) for variant in order[index % 3 :]])))
    results = at_once(shop, [partial(place_order, **each) for each in sent])
    assert [result for result in results if not isinstance(result, Order)] == []
    assert "met a deadlock" not in caplog.text
    assert verify_shop() == []
    numbers = sorted(int(order.order_number) for order in Order.objects.all())
    assert numbers == list(range(numbers[0], numbers[0] + 16))


@pytest.mark.slow
def test_selling_and_cancelling_the_same_goods_with_the_same_code_never_wait_in_a_circle(
    shop: TenantInfo, caplog: pytest.LogCaptureFixture
) -> None:
    DiscountCodeFactory(code="SAVE")
    goods = [stocked(stock=1000) for _ in range(3)]

    def submitted(order: Iterable[ProductVariant]) -> dict[str, Any]:
        cart_id = cart_with(*[(variant, 1) for variant in order])
        apply_coupon(cart_id, "SAVE")
        return submission(cart_id)

    calls: list[partial[Order]] = []
    for index in range(8):
        placed = place_order(**submitted(goods))
        calls.append(partial(cancel_order, placed.pk, reason="changed my mind", actor="ann"))
        calls.append(partial(place_order, **submitted(goods if index % 2 else reversed(goods))))
    results = at_once(shop, calls)
    assert [result for result in results if not isinstance(result, Order)] == []
    assert "met a deadlock" not in caplog.text
    assert [stock_of(variant) for variant in goods] == [992, 992, 992]
    assert DiscountCode.objects.get().usage_count == 8
    assert verify_shop() == []


def test_an_order_is_cancelled_once(shop: TenantInfo) -> None:
    mug = stocked(stock=5)
    order = order_of((mug, 3))
    results = at_once(shop, [partial(cancel_order, order.pk, reason="no", actor="ann") for _ in range(6)])
    assert sum(isinstance(result, OrderNotCancellable) for result in results) == 5
    assert stock_of(mug) == 5
    assert verify_shop() == []


@pytest.mark.slow
def test_an_order_survives_a_deadlock_with_an_editor_who_locks_the_other_way_round(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The order holds the variant and comes for the product; the editor holds the product and comes for the variant."""
    mug = stocked(stock=5)
    sent = submission(cart_with((mug, 2)))
    product_held, variant_held = threading.Event(), threading.Event()

    def lock_then_wait(read: dict[UUID, ProductVariant]) -> dict[UUID, ProductVariant]:
        locked = lock_as_read(read)
        variant_held.set()
        assert product_held.wait(10)
        return locked

    monkeypatch.setattr("tenant_shop.orders.place.lock_as_read", lock_then_wait)

    def edit() -> str:
        with owner(shop.database_name) as connection:
            connection.execute("SET deadlock_timeout = '60s'")  # so that the order is the one who gives way
            with connection.transaction():
                connection.execute("UPDATE products SET name = 'Renamed' WHERE id = %s", [mug.product_id])
                product_held.set()
                assert variant_held.wait(10)
                connection.execute("UPDATE product_variants SET barcode = '1' WHERE id = %s", [mug.pk])
        return "edited"

    def buy() -> Order:
        return place_order(**sent)

    ordered, edited = at_once(shop, [buy, edit])
    assert edited == "edited"
    assert isinstance(ordered, Order)
    assert "met a deadlock" in caplog.text
    assert (stock_of(mug), Order.objects.count()) == (3, 1)
    assert verify_shop() == []


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("UPDATE products SET price = 11 WHERE id = %(product)s", TotalChanged),
        ("UPDATE product_variants SET price = 11 WHERE id = %(variant)s", TotalChanged),
        ("UPDATE products SET status = 'archived' WHERE id = %(product)s", OutOfStock),
        ("UPDATE product_variants SET is_active = false WHERE id = %(variant)s", OutOfStock),
        ("UPDATE products SET name = 'Cup' WHERE id = %(product)s", Order),
        ("UPDATE products SET description = 'Blue' WHERE id = %(product)s", Order),
    ],
)
def test_what_is_edited_after_it_was_priced_is_priced_again(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch, change: str, outcome: type
) -> None:
    """Goods are locked last. Between the two somebody else's edit is committed."""
    mug = stocked(stock=5, price="10.00", name="Mug")
    sent = submission(cart_with((mug, 2)))
    edits = [change]

    def edit_then_lock(read: dict[UUID, ProductVariant]) -> dict[UUID, ProductVariant]:
        if edits:
            with owner(shop.database_name) as connection:
                connection.execute(edits.pop(), {"product": mug.product_id, "variant": mug.pk})
        return lock_as_read(read)

    monkeypatch.setattr("tenant_shop.orders.place.lock_as_read", edit_then_lock)
    result = at_once(shop, [partial(place_order, **sent)])[0]
    assert isinstance(result, outcome)
    if outcome is Order:
        name = "Cup" if "Cup" in change else "Mug"
        assert list(OrderItem.objects.values_list("product_name", "quantity")) == [(name, 2)]
        assert stock_of(mug) == 3
    else:
        assert (Order.objects.count(), StockMovement.objects.filter(reason="sale").count()) == (0, 0)
    assert verify_shop() == []


def test_goods_that_are_edited_without_end_are_not_waited_for(
    shop: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    mug = stocked(stock=5)
    sent = submission(cart_with((mug, 2)))
    names = iter("abcdefgh")

    def edit_then_lock(read: dict[UUID, ProductVariant]) -> dict[UUID, ProductVariant]:
        with owner(shop.database_name) as connection:
            connection.execute("UPDATE products SET name = %s WHERE id = %s", [next(names), mug.product_id])
        return lock_as_read(read)

    with monkeypatch.context() as patched:
        patched.setattr("tenant_shop.orders.place.lock_as_read", edit_then_lock)
        assert isinstance(at_once(shop, [partial(place_order, **sent)])[0], ShopBusy)
    assert next(names) == "d"
    assert (Order.objects.count(), stock_of(mug)) == (0, 5)
    assert isinstance(place_order(**sent), Order)
