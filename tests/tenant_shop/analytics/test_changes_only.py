"""Bringing only changes up to date comes to the same as adding up everything, by statements of another kind."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.analytics import roll_up as rolling
from tenant_shop.analytics.roll_up import roll_up_changes
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.models import Setting
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment, PaymentEntry
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory

ZONES = ["America/Havana", "Australia/Lord_Howe", "Europe/Berlin"]
# Of every day, one after the other, as a person would ask: no ranges of moments, no windows, no grouping of days.
COUNTED = "o.status <> 'cancelled' AND (o.status <> 'pending' OR o.payment_status NOT IN ('pending', 'failed'))"
DAY_OF = "(to_char({} AT TIME ZONE %(zone)s, 'YYYY-MM-DD') = %(day)s)"
ON_THE_DAY = f"{COUNTED} AND {DAY_OF.format('o.created_at')}"
BUYER = "CASE WHEN o.customer_id IS NULL THEN NULLIF(lower(o.customer_email), '') ELSE o.customer_id::text END"
ASKED = {
    "sold": f"SELECT count(*), COALESCE(sum(total_amount), 0) FROM orders o WHERE {ON_THE_DAY}",
    "pieces": f"""SELECT COALESCE(sum(quantity), 0) FROM order_items i JOIN orders o ON o.id = order_id
                  WHERE {ON_THE_DAY}""",
    "noted": f"SELECT COALESCE(sum(total_amount), 0) FROM credit_notes n WHERE {DAY_OF.format('n.issued_at')}",
    "buyers": f"SELECT DISTINCT {BUYER} FROM orders o WHERE {ON_THE_DAY} AND {BUYER} IS NOT NULL",
    "earlier": f"""SELECT DISTINCT {BUYER} FROM orders o WHERE {COUNTED} AND {BUYER} IS NOT NULL
                   AND to_char(o.created_at AT TIME ZONE %(zone)s, 'YYYY-MM-DD') < %(day)s""",
    "refunds": f"""SELECT e.kind, o.id::text, o.total_amount, e.created_at FROM payment_entries e
                   JOIN payments p ON p.id = payment_id JOIN orders o ON o.id = order_id
                   WHERE e.kind IN ('refunded', 'refund_failed') AND {COUNTED} AND {DAY_OF.format("e.created_at")}""",
    "products": f"""SELECT i.product_id::text, count(DISTINCT o.id), sum(quantity), sum(total_price)
                    FROM order_items i JOIN orders o ON o.id = order_id WHERE {ON_THE_DAY} GROUP BY 1""",
    "categories": f"""SELECT category_id::text, count(DISTINCT o.id), sum(quantity), sum(total_price)
                      FROM order_items i JOIN orders o ON o.id = order_id JOIN products p ON p.id = i.product_id
                      WHERE {ON_THE_DAY} GROUP BY 1""",
    "hours": f"""SELECT to_char(o.created_at AT TIME ZONE %(zone)s, 'HH24')::int, count(*), sum(total_amount)
                 FROM orders o WHERE {ON_THE_DAY} GROUP BY 1""",
}
KEPT = {
    "products": "SELECT product_id::text, orders, units_sold, revenue FROM analytics_product_daily"
    " WHERE date = %(day)s",
    "categories": "SELECT category_id::text, orders, units_sold, revenue FROM analytics_category_daily"
    " WHERE date = %(day)s",
    "hours": "SELECT hour, orders, revenue FROM analytics_hour_daily WHERE date = %(day)s",
}
DAILY = """SELECT total_orders, gross_revenue, total_revenue, units_sold, new_customers, returning_customers
           FROM analytics_daily WHERE date = %(day)s"""


class Shop:
    """A shop in which this and that happens, on days of two months with a change of clocks in each of the zones."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.people: list[Customer] = [CustomerFactory() for _ in range(4)]
        products = [ProductFactory(category=CategoryFactory()), ProductFactory()]
        self.variants = [ProductVariant.objects.get(product=product) for product in products]
        self.orders: list[Order] = []

    def moment(self) -> datetime:
        """Any, and more often than not one at which a clock may be changed."""
        night = self.random.choice([date(2026, 10, 3), date(2026, 10, 24), date(2026, 10, 31)])
        if self.random.random() < 0.6:
            return datetime(night.year, night.month, night.day, tzinfo=UTC) + timedelta(
                minutes=self.random.randrange(48 * 60)
            )
        return datetime(2026, 9, 20, tzinfo=UTC) + timedelta(minutes=self.random.randrange(50 * 24 * 60))

    def sell(self) -> None:
        pieces, buyer = self.random.randint(1, 4), self.random.choice([*self.people, None])
        order = OrderFactory(
            total_amount=Decimal(pieces * 3), status="delivered", payment_status="paid", currency="EUR",
            customer=buyer, customer_email=self.random.choice(["", "a@example.com", "A@example.com"]),
        )  # fmt: skip
        OrderItemFactory(
            order=order, variant=self.random.choice(self.variants), quantity=pieces, total_price=pieces * 3
        )
        Order.objects.filter(pk=order.pk).update(created_at=self.moment())
        payment = Payment.objects.create(order=order, gateway="manual", amount=order.total_amount, currency="EUR")
        self.orders.append(order)
        self.enter(payment, "captured", order.total_amount)

    def enter(self, payment: Payment, kind: str, amount: Decimal) -> None:
        PaymentEntry.objects.create(
            payment=payment, kind=kind, amount=amount, currency="EUR", gateway="manual", created_at=self.moment()
        )
        # As settling and refunding do; entries and the order change together.
        Order.objects.filter(pk=payment.order_id).update(payment_status="paid")

    def refund(self) -> None:
        self.enter(self.random.choice(self.orders).payments.get(), "refunded", Decimal(1))

    def fail_to_refund(self) -> None:
        self.enter(self.random.choice(self.orders).payments.get(), "refund_failed", Decimal(1))

    def take_twice(self) -> None:
        order = self.random.choice(self.orders)
        self.enter(order.payments.get(), "captured", order.total_amount)

    def turn_back(self) -> None:
        order = self.random.choice(self.orders)
        status = self.random.choice(["cancelled", "pending", "delivered"])
        payment = "failed" if status == "pending" else "paid"
        Order.objects.filter(pk=order.pk).update(status=status, payment_status=payment)

    def take_back(self) -> None:
        number = CreditNote.objects.count()
        CreditNote.objects.create(number=f"C{number}", currency="EUR", total_amount=2, issued_at=self.moment())

    def something(self) -> None:
        happening = (
            [self.sell] * 4 + [self.refund] * 2 + [self.fail_to_refund, self.take_twice, self.turn_back, self.take_back]
        )
        (self.random.choice(happening) if self.orders else self.sell)()


def rows(sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with shop_connection().cursor() as cursor:
        cursor.execute(sql, parameters)
        return sorted(cursor.fetchall(), key=str)


def given_back(refunds: list[tuple[Any, ...]]) -> Decimal:
    """What refunds of a day lower, and those that failed raise again: of each order what goes beyond what was taken too
    much, counted from the first.
    """
    lowered = Decimal(0)
    for kind, order, total, at in refunds:
        change = Decimal(1 if kind == "refunded" else -1)
        ledger = PaymentEntry.objects.filter(payment__order=order)
        taken = sum(ledger.filter(kind="captured").values_list("amount", flat=True))
        excess = max(taken - total, Decimal(0))
        earlier = ledger.filter(created_at__lt=at)
        before = Decimal(earlier.filter(kind="refunded").count() - earlier.filter(kind="refund_failed").count())
        lowered += max(before + change - excess, Decimal(0)) - max(before - excess, Decimal(0))
    return lowered


def assert_right(zone: str, day: date) -> None:
    found = {name: rows(sql, zone=zone, day=str(day)) for name, sql in ASKED.items()}
    [(count, gross)], [(pieces,)], [(noted,)] = found["sold"], found["pieces"], found["noted"]
    buyers, earlier = set(found["buyers"]), set(found["earlier"])
    expected = (
        count, gross, gross - noted - given_back(found["refunds"]), pieces, len(buyers - earlier),
        len(buyers & earlier),
    )  # fmt: skip
    kept = rows(DAILY, day=day) or [(0, 0, 0, 0, 0, 0)]
    assert kept == [expected], (zone, day)
    for name, sql in KEPT.items():
        assert rows(sql, day=day) == found[name], (zone, day, name)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_changes_only_come_to_the_same_as_everything(
    make_shop: Any, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    # Without the overlap that covers transactions which were open: it would hide a day that was left out.
    monkeypatch.setattr(rolling, "LONGEST_TRANSACTION", timedelta(0))
    with tenant_context(make_shop("acme")):
        for key, value in (("timezone", zone), ("currency", "EUR")):
            Setting.objects.update_or_create(key=key, defaults={"value": value})
        with shop_transaction():
            shop = Shop(Random(zone))
        for _ in range(6):
            for _ in range(7):
                shop.something()
            roll_up_changes(datetime.now(UTC))
        for number in range(54):
            assert_right(zone, date(2026, 9, 18) + timedelta(days=number))
