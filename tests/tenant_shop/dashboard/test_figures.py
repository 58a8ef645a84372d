"""Every number of the dashboard is that of the orders themselves, asked for in another way, in whatever time zone."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.transactions import shop_transaction
from smartseller.money import display, quantize
from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.analytics.roll_up import roll_up_changes
from tenant_shop.backoffice.counted_orders import WEEKDAYS
from tenant_shop.configuration.models import Setting
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment, PaymentEntry
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser

# The day of 23 hours of each zone lies within, or that of 25.
ZONES = {"Europe/Berlin": "2026-04-12", "America/St_Johns": "2026-03-20", "Pacific/Auckland": "2026-04-20"}
HOME = "/dashboard/"

pytestmark = pytest.mark.slow

# What counts, who bought it and when it was by the shop's clock: everything below is made of this, not of the rollups.
COUNTED = """
    WITH counted AS (
        SELECT o.*, (o.created_at AT TIME ZONE %(zone)s) AS clock, (o.created_at AT TIME ZONE %(zone)s)::date AS day,
               COALESCE(o.customer_id::text, lower(NULLIF(o.customer_email, ''))) AS buyer
        FROM orders o
        WHERE o.is_test IS FALSE AND (
            o.status IN ('confirmed', 'processing', 'shipped', 'delivered', 'refunded')
            OR (o.status = 'pending' AND o.payment_status IN ('authorized', 'paid', 'partially_refunded', 'refunded')))
    ), began AS (SELECT buyer, min(day) AS day FROM counted WHERE buyer IS NOT NULL GROUP BY buyer),
    sold AS (SELECT * FROM counted WHERE currency = 'EUR')
"""
WITHIN = "day BETWEEN %(first)s AND %(last)s"
TOTALS = {
    "orders": f"{COUNTED} SELECT count(*) FROM sold WHERE {WITHIN}",
    "gross": f"{COUNTED} SELECT COALESCE(sum(total_amount), 0) FROM sold WHERE {WITHIN}",
    "given": f"""{COUNTED} SELECT COALESCE(sum(amount), 0) FROM (
        SELECT e.amount, (e.created_at AT TIME ZONE %(zone)s)::date AS day FROM payment_entries e
        JOIN payments p ON p.id = e.payment_id JOIN sold ON sold.id = p.order_id WHERE e.kind = 'refunded'
        UNION ALL SELECT total_amount, (issued_at AT TIME ZONE %(zone)s)::date FROM credit_notes
        WHERE currency = 'EUR') AS back
        WHERE {WITHIN}""",
    "new": f"""{COUNTED} SELECT count(DISTINCT buyer) FROM sold c JOIN began USING (buyer, day) WHERE c.{WITHIN}""",
    "returning": f"""{COUNTED} SELECT count(DISTINCT c.buyer) FROM sold c JOIN began USING (buyer)
        WHERE began.day < %(first)s AND c.{WITHIN}""",
    "visitors": """SELECT COALESCE(sum(website_visitors), 0) FROM analytics_daily
        WHERE date BETWEEN %(first)s AND %(last)s""",
}
SHARES = {
    "products": f"""{COUNTED} SELECT p.name, count(DISTINCT c.id), sum(i.quantity),
        sum(i.total_price - i.discount_amount)
        FROM sold c JOIN order_items i ON i.order_id = c.id JOIN products p ON p.id = i.product_id
        WHERE {WITHIN} GROUP BY p.name""",
    "categories": f"""{COUNTED} SELECT COALESCE(k.name, ''), count(DISTINCT c.id), sum(i.quantity),
        sum(i.total_price - i.discount_amount)
        FROM sold c JOIN order_items i ON i.order_id = c.id JOIN products p ON p.id = i.product_id
        LEFT JOIN categories k ON k.id = p.category_id WHERE {WITHIN} GROUP BY k.name""",
    "countries": f"""{COUNTED} SELECT shipping_address ->> 'country', count(*), sum(total_amount)
        FROM sold WHERE {WITHIN} GROUP BY 1""",
    "hours": f"""{COUNTED} SELECT extract(isodow FROM clock)::int, extract(hour FROM clock)::int, count(*),
        sum(total_amount) FROM sold WHERE {WITHIN} GROUP BY 1, 2""",
}


def asked(sql: str, zone: str, first: date, last: date) -> list[tuple[Any, ...]]:
    with shop_connection().cursor() as cursor:
        cursor.execute(sql, {"zone": zone, "first": first, "last": last})
        return cursor.fetchall()


def totals(zone: str, first: date, last: date) -> dict[str, Any]:
    return {name: asked(sql, zone, first, last)[0][0] for name, sql in TOTALS.items()}


def random_history(random: Random, zone: str, today: date) -> None:
    """Ninety days of orders of every kind, with refunds and credit notes, some at the edges of days."""
    people = [CustomerFactory() for _ in range(7)]
    goods = [ProductFactory(category=CategoryFactory() if number % 3 else None) for number in range(6)]
    began = datetime.combine(today - timedelta(days=89), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    minutes = int((datetime.combine(today, datetime.max.time(), ZoneInfo(zone)) - began) / timedelta(minutes=1)) - 60
    for _ in range(90):
        at = began + timedelta(minutes=random.randrange(minutes))
        buyer = random.choice([*people, None])
        address = {"country": random.choice(["DE", "NZ", "CA", ""])}
        order = OrderFactory(
            customer=buyer, customer_email=random.choice(["Ann@example.com", "ann@example.com", "bob@example.com", ""]),
            status=random.choice(["pending", "confirmed", "shipped", "delivered", "refunded", "cancelled"]),
            payment_status=random.choice(["pending", "paid", "authorized", "failed"]),
            total_amount=Decimal(random.randrange(100, 9999)) / 100,
            currency=random.choice(["EUR", "EUR", "EUR", "USD"]),
            is_test=random.random() < 0.1,
            shipping_address=address,
            billing_address={},
        )  # fmt: skip
        Order.objects.filter(pk=order.pk).update(created_at=at)
        for product in random.sample(goods, random.randint(1, 3)):
            price = Decimal(random.randrange(100, 5000)) / 100
            OrderItemFactory(
                order=order, variant=product.variant_rows.get(), quantity=random.randint(1, 4), total_price=price,
                discount_amount=random.choice([0, 1]),
            )  # fmt: skip
        if random.random() < 0.3:
            payment = Payment.objects.create(order=order, gateway="manual", amount=order.total_amount, currency="EUR")
            back = min(at + timedelta(minutes=random.randrange(20_000)), began + timedelta(minutes=minutes))
            for kind, amount in (("captured", order.total_amount), ("refunded", Decimal(1))):
                PaymentEntry.objects.create(
                    payment=payment, kind=kind, amount=amount, currency="EUR", gateway="manual",
                    created_at=back if kind == "refunded" else at,
                )  # fmt: skip
    for number in range(3):
        at = began + timedelta(minutes=random.randrange(minutes))
        CreditNote.objects.create(number=f"C{number}", currency="EUR", total_amount=Decimal("2.5"), issued_at=at)
    for number in random.sample(range(90), 60):
        AnalyticsDaily.objects.create(
            date=today - timedelta(days=number), website_visitors=random.randrange(1, 40), page_views=99
        )


@pytest.fixture(params=ZONES)
def world(request: pytest.FixtureRequest, make_shop: Callable[..., TenantInfo]) -> Iterator[tuple[str, date, Client]]:
    zone = request.param
    today = date.fromisoformat(ZONES[zone])
    acme = make_shop("acme", currency="EUR", timezone=zone)
    with tenant_context(acme), shop_transaction():
        for key, value in (("timezone", zone), ("currency", "EUR")):
            Setting.objects.update_or_create(key=key, defaults={"value": value})
        random_history(Random(zone), zone, today)
    now = datetime.combine(today, datetime.max.time(), ZoneInfo(zone))
    with time_machine.travel(now - timedelta(minutes=30), tick=True):
        with tenant_context(acme):
            roll_up_changes(datetime.now(UTC))
        browser = staff_browser(acme)
        with tenant_context(acme):
            yield zone, today, browser


def money(amount: Decimal | None) -> str:
    return "–" if amount is None else display(amount, "EUR", "en")  # noqa: RUF001


def expected_numbers(found: dict[str, Any]) -> dict[str, str]:
    orders, visitors = found["orders"], found["visitors"]
    rate = f"{quantize(Decimal(100) * orders / visitors, 'EUR')} %" if visitors else "–"  # noqa: RUF001
    return {
        "sales": money(found["gross"] - found["given"]),
        "orders": str(orders),
        "average": money(quantize(found["gross"] / orders, "EUR") if orders else None),
        "conversion": rate,
        "new": str(found["new"]),
        "returning": str(found["returning"]),
    }


def buyers(orders: Any) -> set[Any]:
    return {order.customer_id or order.customer_email.lower() for order in orders}


def test_every_number_is_that_of_the_orders(world: tuple[str, date, Client]) -> None:
    zone, today, browser = world
    for days in (1, 7, 30, 90):
        check_period(browser, zone, today - timedelta(days=days - 1), today, f"days={days}")
    first, last = today - timedelta(days=40), today - timedelta(days=5)
    check_period(browser, zone, first, last, f"from={first}&to={last}")
    check_file_of_days(browser, zone, today - timedelta(days=89), today)


def check_period(browser: Client, zone: str, first: date, last: date, asked_for: str) -> None:
    length = last - first + timedelta(days=1)

    page = browser.get(f"{HOME}?{asked_for}")

    now, before = totals(zone, first, last), totals(zone, first - length, last - length)
    numbers = {number.name: number for number in page.context["numbers"]}
    assert {name: number.value for name, number in numbers.items()} == expected_numbers(now)
    assert {name: number.before for name, number in numbers.items()} == expected_numbers(before)
    if before["orders"]:
        assert numbers["orders"].change == int(
            (Decimal(100 * (now["orders"] - before["orders"])) / before["orders"]).quantize(Decimal(1), "ROUND_HALF_UP")
        )
    # The lists behind the numbers have these rows.
    assert browser.get(numbers["orders"].url).context["cl"].result_count == now["orders"]
    for name in ("new", "returning"):
        listed = browser.get(numbers[name].url).context["cl"]
        assert (listed.result_count, len(buyers(listed.queryset))) == (now[name], now[name])
    check_charts(page, browser, zone, first, last)


def check_charts(page: Any, browser: Client, zone: str, first: date, last: date) -> None:
    """The tables behind the charts, the files and the points that are drawn."""
    charts = {chart.name: chart for chart in page.context["charts"]}
    for number in range(0, (last - first).days + 1, 5):
        day = first + timedelta(days=number)
        found = totals(zone, day, day)
        assert charts["sales"].rows[number].cells[:2] == (f"{day:%-d %b %Y}", money(found["gross"] - found["given"]))
        assert charts["orders"].rows[number].cells[1] == str(found["orders"])
    shares = {part: asked(sql, zone, first, last) for part, sql in SHARES.items()}
    for part in ("products", "categories"):
        rows = {(name or "Without a category", str(orders), str(units), money(amount))
                for name, orders, units, amount in shares[part]}  # fmt: skip
        assert {row.cells for row in charts[part].rows} == rows
        assert {browser.get(row.url).status_code for row in charts[part].rows} <= {200}
        assert {tuple(row) for row in table(browser, part, first, last)[1:]} == {
            (name, str(orders), str(units), f"{amount:.2f}") for name, orders, units, amount in shares[part]
        }
    countries = {"DE": "Germany", "NZ": "New Zealand", "CA": "Canada", "": "No country"}
    assert {row.cells for row in charts["countries"].rows} == {
        (countries[code], str(orders), money(amount)) for code, orders, amount in shares["countries"]
    }
    for row in charts["countries"].rows:
        assert row.orders == (row.url,) * 2
    # Each number leads to the orders that it counts.
    for part in ("products", "categories", "countries"):
        for row in charts[part].rows:
            assert {count(browser, url) for url in row.orders} == {row.cells[1]}
    days = [row for row in charts["orders"].rows if row.orders != ("",)]
    assert {row.cells[1] for row in charts["orders"].rows if row not in days} <= {"0"}
    assert [count(browser, row.orders[0]) for row in days[:5]] == [row.cells[1] for row in days[:5]]
    hours = {(weekday, hour): orders for weekday, hour, orders, _ in shares["hours"]}
    assert [row.cells for row in charts["hours"].rows] == [
        (name, *(str(hours.get((number, hour), 0)) for hour in range(24)))
        for number, name in enumerate(WEEKDAYS, start=1)
    ]
    cells = [cell for row in charts["hours"].rows for cell in zip(row.cells[1:], row.orders, strict=True)]
    assert {number for number, url in cells if not url} <= {"0"}
    for number, url in [cell for cell in cells if cell[1]][:5]:
        assert count(browser, url) == number


def count(browser: Client, url: str) -> str:
    return str(browser.get(url).context["cl"].result_count)


def table(browser: Client, part: str, first: date, last: date) -> list[list[str]]:
    response = browser.get(f"{HOME}{part}.csv?from={first}&to={last}")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def check_file_of_days(browser: Client, zone: str, first: date, last: date) -> None:
    _, *rows = table(browser, "days", first, last)
    for number, row in enumerate(rows):
        day = first + timedelta(days=number)
        found = totals(zone, day, day)
        average = f"{quantize(found['gross'] / found['orders'], 'EUR')}" if found["orders"] else ""
        assert (row[0], row[1], row[2], row[3], row[5], row[6], row[9], row[10]) == (
            str(day), f"{found['gross'] - found['given']:.2f}", f"{found['gross']:.2f}", str(found["orders"]), average,
            str(found["visitors"]), str(found["new"]), str(found["returning"]),
        )  # fmt: skip
    assert len(rows) == (last - first).days + 1
