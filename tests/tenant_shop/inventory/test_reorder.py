"""What runs out is named with how much to order; the ledger says what was there after each movement."""

from datetime import date, datetime, time, timedelta
from itertools import product as combinations
from typing import Any
from zoneinfo import ZoneInfo

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.ledger import ON_A_PAGE, ledger_of
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.reorder import reorder_report
from tenant_shop.inventory.running_low import how_many_low, running_low, sold_out
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.shopping import stocked
from tests.statements import StatementCount

TODAY = date(2026, 11, 26)
BERLIN = ZoneInfo("Europe/Berlin")


def sold(variant: ProductVariant, units: int, *, at: datetime, **order: Any) -> None:
    """An order of `units` that the figures count, unless `order` says otherwise."""
    made = OrderFactory(**{"status": "delivered", "payment_status": "paid", **order})
    Order.objects.filter(pk=made.pk).update(created_at=at)
    OrderItemFactory(order=made, variant=variant, quantity=units)


def berlin(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), BERLIN)


def test_it_names_what_is_low_or_will_be_with_the_most_urgent_first(shop: TenantInfo) -> None:
    slow = stocked(name="Slow", stock=3, low_stock_threshold=5)  # low, sells nothing
    fast = stocked(name="Fast", stock=50, low_stock_threshold=5)  # 60 in 30 days: 25 days left
    gone = stocked(name="Gone", stock=0, low_stock_threshold=0)  # 3 in 30 days
    plenty = stocked(name="Plenty", stock=200, low_stock_threshold=5)
    stocked(name="Draft", stock=0, status="draft")
    stocked(name="Endless", stock=0, track_inventory=False)
    sold(fast, 40, at=berlin(TODAY - timedelta(days=1), 23))
    sold(fast, 20, at=berlin(TODAY - timedelta(days=30), 0))
    sold(fast, 999, at=berlin(TODAY - timedelta(days=30), 0) - timedelta(seconds=1))  # too long ago
    sold(fast, 999, at=berlin(TODAY, 0))  # today is not over
    for order in ({"status": "cancelled"}, {"is_test": True}, {"status": "pending", "payment_status": "pending"}):
        sold(fast, 999, at=berlin(TODAY - timedelta(days=2)), **order)
    sold(gone, 3, at=berlin(TODAY - timedelta(days=3)))
    sold(plenty, 30, at=berlin(TODAY - timedelta(days=3)))

    with StatementCount() as statements:
        rows, has_more = reorder_report(TODAY, zone=BERLIN, days=30, lead=14, cover=30)

    assert [(row.sku, row.stock, row.sold, row.days_left, row.suggested) for row in rows] == [
        (gone.sku, 0, 3, 0, 5),  # 0.1 a day for 44 days, rounded up
        (fast.sku, 50, 60, 25, 38),  # 2 a day for 44 days, less 50
        (slow.sku, 3, 0, None, 2),  # up to the threshold
    ]
    assert (has_more, statements.count) == (False, 1)


def test_each_variant_counts_however_much_there_is_of_its_product(shop: TenantInfo) -> None:
    product = ProductFactory(name="Jacket", stock=300, low_stock_threshold=9)
    red = VariantFactory(product=product, options={"Size": "L", "Colour": "Red"}, sku="RED", stock=2, position=1)
    VariantFactory(product=product, options={"Colour": "Blue"}, sku="BLUE", stock=0, position=2)
    VariantFactory(product=product, options={"Colour": "Old"}, sku="OLD", stock=0, position=3, is_active=False)
    sold(red, 4, at=berlin(TODAY - timedelta(days=1)))
    OrderItem.objects.update(variant=None)  # as imported history may have it

    rows, _ = reorder_report(TODAY, zone=BERLIN, days=30, lead=0, cover=0)

    assert [(row.name, row.options, row.sku, row.stock, row.sold, row.days_left, row.suggested) for row in rows] == [
        ("Jacket", "Blue", "BLUE", 0, 0, 0, 9),
        ("Jacket", "L / Red", "RED", 2, 4, 15, 7),
    ]


def test_pages_of_the_report_go_on(shop: TenantInfo) -> None:
    for name in "AB":
        stocked(name=name, stock=1, low_stock_threshold=5)

    first, more = reorder_report(TODAY, zone=BERLIN, days=30, lead=0, cover=0, limit=1)
    second, end = reorder_report(TODAY, zone=BERLIN, days=30, lead=0, cover=0, start=1, limit=1)

    assert [(row.name, row.sold, row.suggested) for row in first + second] == [("A", 0, 4), ("B", 0, 4)]
    assert (more, end) == (True, False)


def test_low_is_one_thing_in_the_list_the_report_and_on_the_home(shop: TenantInfo) -> None:
    """Every state a variant can be in: on sale or not, counted or not, with a threshold above, at, below zero."""
    for status, is_active, is_counted, threshold, stock in combinations(
        ("active", "draft", "archived"), (True, False), (True, False), (-1, 0, 4), (0, 4, 5)
    ):
        made = ProductFactory(
            stock=500, status=status, track_inventory=is_counted, low_stock_threshold=threshold, name="Thing"
        )
        VariantFactory(product=made, stock=stock, is_active=is_active)

    reported, _ = reorder_report(TODAY, zone=BERLIN, days=30, lead=0, cover=0, limit=1_000)
    listed = set(running_low(Product.objects.all()).values_list("pk", flat=True))

    assert listed == {row.product_id for row in reported}
    assert sorted((row.threshold, row.stock) for row in reported) == [(-1, 0), (0, 0), (4, 0), (4, 4)]
    assert sorted(sold_out(Product.objects.all()).values_list("low_stock_threshold", flat=True)) == [-1, 0, 4]
    numbers = Product.objects.annotate(low=how_many_low()).values_list("pk", "low")
    assert {key for key, low in numbers if low} == listed
    assert {low for _, low in numbers} == {0, 1}


def test_the_ledger_explains_every_quantity(shop: TenantInfo) -> None:
    product = ProductFactory(stock=5)
    small = product.variant_rows.get()
    large = VariantFactory(product=product, options={"Size": "L"}, stock=2)
    for delta in (-1, 4):
        StockMovement.objects.create(variant=small, delta=delta, reason="correction", reference="shelf")
    StockMovement.objects.create(variant=large, delta=-2, reason="damage")

    rows, has_older = ledger_of(product.pk)

    found = [(row.variant_id, row.delta, row.balance) for row in rows]
    assert found == [
        (large.pk, -2, 0), (small.pk, 4, 8), (small.pk, -1, 4), (large.pk, 2, 2), (small.pk, 5, 5),
    ]  # fmt: skip
    small.refresh_from_db()
    assert (small.inventory_quantity, has_older) == (8, False)


def test_a_long_ledger_has_pages_whose_balances_go_on(shop: TenantInfo) -> None:
    product = ProductFactory(stock=1)
    variant = product.variant_rows.get()
    for _ in range(ON_A_PAGE):
        StockMovement.objects.create(variant=variant, delta=1, reason="correction")

    newest, has_older = ledger_of(product.pk)
    oldest, end = ledger_of(product.pk, page=2)

    assert (newest[0].balance, newest[-1].balance, has_older) == (ON_A_PAGE + 1, 2, True)
    assert ([row.balance for row in oldest], end) == ([1], False)
