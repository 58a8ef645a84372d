"""Counts that are kept are never stale, and never another shop's."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from platform_core.tenancy import quick_redis
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.quick_redis import RedisUnavailable
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.browse import Sort, product_list
from tenant_shop.catalog.listing import kept
from tenant_shop.catalog.listing.filters import Filters, Scope
from tenant_shop.catalog.listing.kept import _changes, counts_of
from tenant_shop.catalog.listing.popularity import count_units_sold, sum_up_changes
from tenant_shop.models import Brand, Order, OrderItem, Product, ProductReview, ProductVariant, StockMovement
from tests.factories.catalog import BrandFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory

Counted = Callable[[], Any]


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine does not lose patience with Redis during a test."""
    monkeypatch.setattr(quick_redis, "ANSWER_WITHIN", 30.0)
    quick_redis._pool.cache_clear()
    quick_redis._forget_connections()
    quick_redis.resume()


@pytest.fixture
def counted(shop: TenantInfo) -> Counted:
    """What a shopper is told of this shop's only list."""
    return lambda: product_list().counts


def test_the_same_question_is_counted_once(shop: TenantInfo, count_statements: Any) -> None:
    ProductFactory(stock=1, tags=["a"])
    chosen = Filters(tags=("a",))
    counts = []
    for _ in range(3):
        with count_statements() as statements:
            product_list(filters=chosen)
        counts.append(statements.count)
    assert counts == [4, 3, 3]


def test_every_change_that_a_facet_shows_is_seen_at_once(counted: Counted) -> None:
    brand = BrandFactory(name="Nordhem")
    mug = ProductFactory(brand=brand, stock=1, tags=["a"], published_at=timezone.now() - timedelta(days=90))
    cup = ProductFactory(stock=1)
    variant = ProductVariant.objects.get(product=mug)
    customer = CustomerFactory()
    review = ProductReview(product=mug, customer=customer, rating=5, status="approved")
    for change in (
        lambda: Product.objects.filter(pk=mug.pk).update(tags=["b"]),
        lambda: Product.objects.filter(pk=mug.pk).update(specifications={"Material": "linen"}),
        lambda: Product.objects.filter(pk=mug.pk).update(price=Decimal("3")),
        lambda: Product.objects.filter(pk=mug.pk).update(compare_at_price=Decimal("9")),
        lambda: Product.objects.filter(pk=mug.pk).update(published_at=timezone.now()),
        lambda: StockMovement.objects.create(variant=variant, delta=-1, reason="correction"),
        lambda: VariantFactory(product=mug, options={"Size": "M"}, stock=1),
        lambda: Product.objects.filter(pk=cup.pk).update(visibility="catalog_only"),
        lambda: Product.objects.filter(pk=cup.pk).update(status="archived"),
        lambda: Brand.objects.filter(pk=brand.pk).update(name="Other"),
        lambda: Brand.objects.filter(pk=brand.pk).update(is_active=False),
        review.save,
        review.delete,
        mug.delete,
    ):
        before = counted()
        change()
        assert counted() != before, change


def test_what_is_rolled_back_was_never_counted(counted: Counted) -> None:
    before = counted()
    with pytest.raises(ZeroDivisionError), shop_transaction():
        ProductFactory(stock=1)
        assert counted().total == 1
        raise ZeroDivisionError
    assert counted() == before


def test_a_sale_that_leaves_some_keeps_the_counts(shop: TenantInfo) -> None:
    variant = ProductVariant.objects.get(product=ProductFactory(stock=5))
    before = _changes()
    StockMovement.objects.create(variant=variant, delta=-2, reason="correction")
    assert _changes() == before


def test_summing_up_changes_nothing_that_is_told(shop: TenantInfo) -> None:
    for number in range(60):
        Brand.objects.create(name=f"Maker {number}", slug=f"maker-{number}")
    before = _changes()
    sum_up_changes()
    assert _changes() == before
    BrandFactory()
    assert _changes() != before


def test_without_redis_every_list_is_counted(counted: Counted) -> None:
    ProductFactory(stock=1)
    with mock.patch.object(quick_redis, "ask", side_effect=RedisUnavailable):
        assert counted().total == 1


def test_counts_are_read_as_they_were_kept(shop: TenantInfo) -> None:
    mug = ProductFactory(brand=BrandFactory(), stock=1, tags=["a"], price=Decimal("3.50"))
    ProductReview.objects.create(product=mug, customer=CustomerFactory(), rating=5, status="approved")
    chosen = Filters(tags=("a",))
    with mock.patch.object(quick_redis, "ask", side_effect=RedisUnavailable):
        counted = counts_of(Scope(), chosen)
    assert counts_of(Scope(), chosen) == counts_of(Scope(), chosen) == counted


def test_what_another_release_kept_or_nobody_can_read_is_counted_anew(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    ProductFactory(stock=1)
    ask, written = quick_redis.ask, []

    def noting(*command: Any) -> Any:
        written.extend(command[2:3] if command[0] == "SET" else [])
        return ask(*command)

    monkeypatch.setattr(quick_redis, "ask", noting)
    before, [text] = counted(), written
    unreadable = [
        b"",
        b"nonsense",
        b"[]",
        b"null",
        b"\xff",
        b'{"stars": 1}',
        json.dumps({**json.loads(text), "total": 7, "more": 2}),
        json.dumps({**json.loads(text), "total": 7, "of": "something else"}),
    ]
    less = {**json.loads(text), "total": 7}
    del less["flags"]
    for answer in (*unreadable, json.dumps(less)):
        monkeypatch.setattr(
            quick_redis, "ask", lambda word, *rest, answer=answer: [answer] if word == "MGET" else ask(word, *rest)
        )
        assert counted() == before, answer


def test_filters_without_end_take_a_bounded_number_of_places(shop: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    keys, ask = set[str](), quick_redis.ask

    def noting(*command: Any) -> Any:
        keys.update(command[1:2] if command[0] == "SET" else [])
        return ask(*command)

    ProductFactory(stock=1, tags=["7"])
    monkeypatch.setattr(kept, "PLACES", 3)
    monkeypatch.setattr(quick_redis, "ask", noting)
    totals = [counts_of(Scope(), Filters(tags=(str(number),)))[1].total for number in range(40) for _ in range(2)]
    assert keys == {
        *(fenced_key(f"counts:narrowed:{place}", "", 1) for place in range(3)),
        next(key for key in keys if ":whole:" in key),
    }
    assert totals == [0] * 14 + [1, 1] + [0] * 64


def test_two_shops_never_share_counts(make_shop: Callable[..., TenantInfo]) -> None:
    totals = []
    for slug, number in (("acme", 1), ("globex", 2)):
        with tenant_context(make_shop(slug)):
            for _ in range(number):
                ProductFactory(stock=1)
            totals.append(product_list().counts.total)
    assert totals == [1, 2]


def test_popularity_is_what_was_sold_lately_and_not_given_back(shop: TenantInfo) -> None:
    mug, cup, _ = (ProductFactory(slug=slug, stock=9) for slug in ("mug", "cup", "jug"))

    def sold(product: Product, quantity: int, *, days_ago: int = 1, status: str = "delivered") -> None:
        order = Order.objects.create(
            customer_email="a@example.com",
            currency="EUR",
            subtotal_amount=1,
            total_amount=1,
            status=status,
            shipping_address={},
            billing_address={},
        )
        Order.objects.filter(pk=order.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
        OrderItem.objects.create(
            order=order,
            product=product,
            product_name="x",
            product_sku="x",
            quantity=quantity,
            unit_price=1,
            total_price=1,
        )

    sold(mug, 2)
    sold(mug, 1)
    sold(cup, 9, days_ago=91)
    sold(cup, 9, status="cancelled")
    sold(cup, 1)
    before = _changes()

    assert count_units_sold() == 2
    assert count_units_sold() == 0
    assert [product.slug for product in product_list(sort=Sort.POPULARITY)] == ["mug", "cup", "jug"]
    assert _changes() == before
