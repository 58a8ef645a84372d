"""The made-up past obeys the rules that real orders obey."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Count, F, Max, Q, Sum
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from smartseller.money import quantize
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.demo.shops import SLUGS
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.history import OrderCounter, OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.status import payment_status
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.taxes.rates import local_taxes
from tenant_shop.verification.verify_shop import verify_shop
from tests.tenant_shop.demo.conftest import Visit

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("demo_shops"), pytest.mark.parametrize("slug", SLUGS)]

NEGATIVE_ON_THE_WAY = """
SELECT count(*) FROM (
    SELECT variant_id, sum(delta) OVER (PARTITION BY variant_id ORDER BY created_at, id) AS stock FROM stock_movements
) AS running
JOIN product_variants ON product_variants.id = running.variant_id
JOIN products ON products.id = product_variants.product_id
WHERE stock < 0 AND NOT allow_backorder
"""


def test_the_stock_adds_up_and_never_was_below_zero(visit: Visit, slug: str) -> None:
    with visit(slug), shop_connection().cursor() as cursor:
        assert verify_shop() == []
        cursor.execute(NEGATIVE_ON_THE_WAY)
        assert cursor.fetchone() == (0,)


def test_sold_goods_left_the_shelf_and_returned_goods_are_back(visit: Visit, slug: str) -> None:
    with visit(slug):
        moved = Counter[tuple[object, object, str]]()
        for row in StockMovement.objects.exclude(order=None):
            moved[row.order_id, row.variant_id, row.reason] += row.delta
        expected = Counter[tuple[object, object, str]]()
        for item in OrderItem.objects.filter(product__track_inventory=True).select_related("order"):
            expected[item.order_id, item.variant_id, "sale"] -= item.quantity
            if item.order.status == "cancelled":
                expected[item.order_id, item.variant_id, "cancellation"] += item.quantity
            if item.order.status == "refunded":
                expected[item.order_id, item.variant_id, "return"] += item.quantity

        assert moved == expected


def test_the_amounts_of_an_order_are_the_sums_of_its_parts(visit: Visit, slug: str) -> None:
    with visit(slug):
        settings = shop_settings()
        currency = settings.currency
        lines = defaultdict(list)
        for item in OrderItem.objects.select_related("order", "product"):
            taxes = local_taxes(settings, item.order.shipping_address["country"])
            assert item.total_price == item.unit_price * item.quantity
            assert item.tax_amount == taxes.on_goods(item.product.tax_class).on(item.net_of_discount, currency)
            lines[item.order_id].append(item)
        for order in Order.objects.all():
            items = lines[order.pk]
            taxes = local_taxes(settings, order.shipping_address["country"])
            assert order.tax_included is taxes.included
            assert order.subtotal_amount == sum(item.total_price for item in items)
            assert order.discount_amount == sum(item.discount_amount for item in items)
            assert order.tax_amount == sum(
                (item.tax_amount for item in items), taxes.on_delivery.on(order.shipping_amount, currency)
            )
            added = 0 if taxes.included else order.tax_amount
            assert order.total_amount == order.subtotal_amount - order.discount_amount + order.shipping_amount + added
            assert order.total_amount == quantize(order.total_amount, currency)


def test_the_ledger_of_payments_says_what_the_orders_say(visit: Visit, slug: str) -> None:
    with visit(slug):
        entries = defaultdict(list)
        for entry in PaymentEntry.objects.select_related("payment").order_by("created_at", "id"):
            entries[entry.payment.order_id].append(entry)
        orders = list(Order.objects.all())
        assert Payment.objects.count() == len(orders)
        for order in orders:
            assert order.payment_status == payment_status(order.total_amount, entries[order.pk])


def test_numbers_follow_the_counter_without_a_gap(visit: Visit, slug: str) -> None:
    with visit(slug):
        zone = shop_settings().zone
        placed: Counter[int] = Counter()
        for number, at in Order.objects.order_by("created_at", "order_number").values_list(
            "order_number", "created_at"
        ):
            month = int(at.astimezone(zone).strftime("%Y%m"))
            placed[month] += 1
            assert number == f"{month}{placed[month]:06d}"

        assert dict(OrderCounter.objects.values_list("month", "last_number")) == placed


def test_customers_totals_count_what_was_delivered(visit: Visit, slug: str) -> None:
    with visit(slug):
        delivered = Q(orders__status="delivered")
        for customer in Customer.objects.annotate(
            number=Count("orders", filter=delivered), spent=Sum("orders__total_amount", filter=delivered)
        ):
            assert (customer.total_orders, customer.total_spent) == (customer.number, customer.spent or Decimal(0))


def test_the_uses_of_codes_are_counted_and_within_their_limits(visit: Visit, slug: str) -> None:
    with visit(slug):
        kept = Q(redemptions__released_at=None)
        codes = list(DiscountCode.objects.annotate(uses=Count("redemptions", filter=kept)))
        for code in codes:
            assert code.usage_count == code.uses
            per_customer = Counter(code.redemptions.filter(released_at=None).values_list("customer_email", flat=True))
            assert max(per_customer.values(), default=0) <= (code.usage_limit_per_customer or 10**6)
        assert sum(code.uses for code in codes) > 0


def test_the_history_of_an_order_leads_to_its_status(visit: Visit, slug: str) -> None:
    with visit(slug):
        steps = defaultdict(list)
        for row in OrderStatusHistory.objects.order_by("created_at", "id"):
            steps[row.order_id].append(row)
        for order in Order.objects.all():
            rows = steps[order.pk]
            assert [row.previous_status for row in rows] == [None, *(row.new_status for row in rows[:-1])]
            assert rows[-1].new_status == order.status
            assert rows[0].created_at == order.created_at
            assert (order.fulfillment_status == "fulfilled") is (order.shipped_at is not None)


def test_nothing_happened_in_the_future_and_nobody_is_late_with_paying(visit: Visit, slug: str) -> None:
    with visit(slug):
        now = timezone.now()
        # The shop was filled a little while ago.
        assert expire_unpaid(now - timedelta(minutes=30)) == 0
        for model in (Order, OrderStatusHistory, PaymentEntry, StockMovement):
            assert model.objects.aggregate(last=Max("created_at"))["last"] <= now
        assert not Order.objects.filter(updated_at__gt=now).exists()
        assert not OrderItem.objects.filter(order__created_at__lt=F("product__created_at")).exists()
