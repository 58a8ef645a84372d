"""The figures of a day are those of its orders, whoever adds them up, in whatever time zone the day is."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.analytics.models import (
    AnalyticsDaily,
    CategoryDaily,
    CountryDaily,
    HourDaily,
    ProductDaily,
    RollupState,
)
from tenant_shop.analytics.roll_up import roll_up, roll_up_changes
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.models import Setting
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment, PaymentEntry
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.statements import StatementCount

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def set_zone(name: str) -> None:
    for key, value in (("timezone", name), ("currency", "EUR")):
        Setting.objects.update_or_create(key=key, defaults={"value": value})


def sale(at: datetime, amount: str = "10.00", **fields) -> Order:
    fields = {"status": "delivered", "payment_status": "paid", "currency": "EUR", **fields}
    order = OrderFactory(subtotal_amount=Decimal(amount), total_amount=Decimal(amount), **fields)
    Order.objects.filter(pk=order.pk).update(created_at=at)
    payment = Payment.objects.create(order=order, gateway="manual", amount=order.total_amount, currency="EUR")
    PaymentEntry.objects.create(
        payment=payment, kind="captured", amount=order.total_amount, currency="EUR", gateway="manual", created_at=at
    )
    return order


def give_back(order: Order, amount: str, at: datetime) -> None:
    PaymentEntry.objects.create(
        payment=order.payments.get(), kind="refunded", amount=Decimal(amount), currency="EUR", gateway="manual",
        created_at=at,
    )  # fmt: skip


def figures(day: date) -> tuple[Decimal, int, Decimal, int, int, int]:
    row = AnalyticsDaily.objects.get(date=day)
    return (
        row.total_revenue, row.total_orders, row.average_order_value, row.new_customers, row.returning_customers,
        row.units_sold,
    )  # fmt: skip


def only(product: Product) -> ProductVariant:
    return product.variant_rows.get()


NOTHING = (Decimal(0), 0, Decimal(0), 0, 0, 0)
TEN = date(2026, 3, 10)


def test_an_order_counts_on_the_day_it_was_placed(shop):
    set_zone("UTC")
    sale(NOON, "10.00")
    sale(NOON, "5.55")
    roll_up(TEN - timedelta(1), TEN)
    assert figures(TEN)[:3] == (Decimal("15.55"), 2, Decimal("7.78"))
    assert figures(TEN - timedelta(1)) == NOTHING


@pytest.mark.parametrize(
    ("status", "payment_status", "counts"),
    [
        ("pending", "pending", False),
        ("pending", "failed", False),
        ("pending", "authorized", True),
        ("confirmed", "pending", True),
        ("cancelled", "refunded", False),
        ("refunded", "refunded", True),
    ],
)
def test_what_was_cancelled_or_waits_for_money_does_not_count(shop, status, payment_status, counts):
    set_zone("UTC")
    sale(NOON, "10.00", status=status, payment_status=payment_status)
    roll_up(TEN, TEN)
    assert figures(TEN)[:2] == ((Decimal(10), 1) if counts else (Decimal(0), 0))


def test_a_refund_lowers_its_own_day_by_what_the_order_cost_at_most(shop):
    set_zone("UTC")
    order = sale(NOON, "10.00")
    give_back(order, "4.00", NOON + timedelta(days=3))
    # Taken twice by mistake, and given back: no sale was lost by that.
    PaymentEntry.objects.create(
        payment=order.payments.get(), kind="captured", amount=Decimal(10), currency="EUR", gateway="manual"
    )
    give_back(order, "10.00", NOON + timedelta(days=4))
    cancelled = sale(NOON, "7.00", status="cancelled", payment_status="refunded")
    give_back(cancelled, "7.00", NOON + timedelta(days=3))
    roll_up(TEN, TEN + timedelta(days=4))
    assert figures(TEN)[:2] == (Decimal(10), 1)
    assert figures(TEN + timedelta(days=3))[0] == Decimal(0)
    assert figures(TEN + timedelta(days=4))[0] == Decimal(-4)


def test_money_that_could_not_be_given_back_was_not(shop):
    set_zone("UTC")
    order = sale(NOON, "10.00")
    give_back(order, "4.00", NOON + timedelta(days=1))
    PaymentEntry.objects.create(
        payment=order.payments.get(), kind="refund_failed", amount=Decimal(4), currency="EUR", gateway="manual",
        created_at=NOON + timedelta(days=3),
    )  # fmt: skip
    give_back(order, "10.00", NOON + timedelta(days=4))
    roll_up(TEN, TEN + timedelta(days=4))
    assert [figures(TEN + timedelta(days=number))[0] for number in range(5)] == [10, -4, 0, 4, -10]
    RollupState.objects.create(timezone="UTC", currency="EUR", rolled_up_at=datetime.now(UTC))
    PaymentEntry.objects.create(
        payment=order.payments.get(), kind="refund_failed", amount=Decimal(10), currency="EUR", gateway="manual"
    )
    roll_up_changes(datetime.now(UTC))
    assert figures(datetime.now(UTC).date())[0] == Decimal(10)


def test_amounts_in_another_currency_are_in_no_sum(shop):
    set_zone("UTC")
    ann = CustomerFactory()
    sale(NOON - timedelta(days=1), "9.00", currency="USD", customer=ann)
    foreign = sale(NOON, "7.00", currency="USD")
    sale(NOON, "10.00", customer=ann)
    give_back(foreign, "2.00", NOON)
    CreditNote.objects.create(number="C1", currency="USD", total_amount=Decimal("2.50"), issued_at=NOON)
    roll_up(TEN, TEN)
    assert figures(TEN)[:5] == (Decimal(10), 1, Decimal(10), 0, 1)
    assert list(CountryDaily.objects.values_list("orders", "revenue")) == [(1, Decimal(10))]
    Setting.objects.filter(key="currency").update(value="USD")
    roll_up(TEN, TEN)
    assert figures(TEN)[:3] == (Decimal("2.50"), 1, Decimal(7))


def test_a_credit_note_lowers_the_day_it_was_issued_on(shop):
    set_zone("UTC")
    CreditNote.objects.create(number="C1", currency="EUR", total_amount=Decimal("2.50"), issued_at=NOON)
    roll_up(TEN, TEN)
    assert figures(TEN) == (Decimal("-2.50"), 0, Decimal(0), 0, 0, 0)


def test_who_ordered_before_comes_back(shop):
    set_zone("UTC")
    ann = CustomerFactory()
    sale(NOON - timedelta(days=2), customer=ann, status="cancelled")
    sale(NOON, customer=ann)
    sale(NOON, customer=ann)
    sale(NOON, customer=None, customer_email="Bob@example.com")
    sale(NOON, customer=None, customer_email="")
    sale(NOON + timedelta(days=1), customer=ann)
    sale(NOON + timedelta(days=1), customer=None, customer_email="bob@example.com")
    roll_up(TEN, TEN + timedelta(days=1))
    assert figures(TEN)[3:5] == (2, 0)
    assert figures(TEN + timedelta(days=1))[3:5] == (0, 2)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Europe/Berlin", date(2026, 10, 26), 24),
        # The clock is put forward from midnight, and back to it.
        ("America/Havana", date(2026, 3, 8), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("America/Havana", date(2026, 10, 31), 24),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ],
)
def test_a_day_has_as_many_hours_as_it_has(shop, zone, day, hours):
    set_zone(zone)
    starts = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    buyer, product = CustomerFactory(), ProductFactory()
    ends, moment = starts + timedelta(hours=hours), timedelta(microseconds=1)
    for at in (starts - moment, starts, starts + timedelta(minutes=30), ends - moment, ends):
        order = sale(at, "1.00", customer=buyer)
        OrderItemFactory(order=order, variant=only(product), quantity=1, total_price=1)
    roll_up(day, day)
    assert figures(day)[:2] == (Decimal(3), 3)
    assert figures(day)[3:5] == (0, 1)
    assert list(ProductDaily.objects.values_list("date", "orders")) == [(day, 3)]
    roll_up(day - timedelta(days=1), day + timedelta(days=1))
    assert [figures(day + timedelta(days=n))[1] for n in (-1, 0, 1)] == [1, 3, 1]


def test_sales_are_kept_by_product_and_by_category(shop):
    set_zone("UTC")
    garden = CategoryFactory()
    rake, spade, card = ProductFactory(category=garden), ProductFactory(category=garden), ProductFactory()
    order = sale(NOON, "70.00")
    OrderItemFactory(order=order, variant=only(rake), quantity=2, unit_price=10, total_price=20, discount_amount=5)
    OrderItemFactory(order=order, variant=only(spade), quantity=1, unit_price=40, total_price=40)
    OrderItemFactory(order=order, variant=only(card), quantity=3, unit_price=5, total_price=15)
    for _ in range(2):
        roll_up(TEN, TEN)
    assert set(ProductDaily.objects.values_list("product_id", "orders", "units_sold", "revenue")) == {
        (rake.pk, 1, 2, Decimal(15)), (spade.pk, 1, 1, Decimal(40)), (card.pk, 1, 3, Decimal(15)),
    }  # fmt: skip
    assert set(CategoryDaily.objects.values_list("category_id", "orders", "units_sold", "revenue")) == {
        (garden.pk, 1, 3, Decimal(55)), (None, 1, 3, Decimal(15)),
    }  # fmt: skip
    assert figures(TEN)[5] == 6


def test_what_was_ordered_is_kept_before_refunds_and_the_day_says_when_it_was_added_up(shop):
    set_zone("UTC")
    order = sale(NOON, "10.00")
    give_back(order, "4.00", NOON)
    before = datetime.now(UTC)
    roll_up(TEN, TEN)
    row = AnalyticsDaily.objects.get()
    assert (row.total_revenue, row.gross_revenue) == (Decimal(6), Decimal(10))
    first = row.rolled_up_at
    assert first is not None
    assert before <= first
    roll_up(TEN, TEN)
    assert AnalyticsDaily.objects.get().rolled_up_at > first


def test_an_order_counts_for_the_country_it_is_sent_to_or_else_the_payers(shop):
    set_zone("UTC")
    for there, payer in (("DE", "FR"), ("DE", "DE"), ("", "FR"), ("", ""), ("nowhere", "de")):
        sale(NOON, "10.00", shipping_address={"country": there}, billing_address={"country": payer})
    sale(NOON, "10.00", shipping_address={}, billing_address={})
    sale(NOON, "10.00", shipping_address={"country": "AT"}, billing_address={}, status="cancelled")
    for _ in range(2):
        roll_up(TEN, TEN)
    assert set(CountryDaily.objects.values_list("date", "country", "orders", "revenue")) == {
        (TEN, "DE", 2, Decimal(20)), (TEN, "FR", 1, Decimal(10)), (TEN, "", 3, Decimal(30)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 29), {0: 1, 1: 1, 3: 1, 23: 1}),
        (date(2026, 10, 25), {0: 1, 2: 2, 3: 1, 23: 1}),
    ],
)
def test_orders_are_kept_by_the_shops_clock_that_is_put_forward_and_back(shop, day, hours):
    set_zone("Europe/Berlin")
    starts = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    since = {date(2026, 3, 29): (0, 1, 2, 22), date(2026, 10, 25): (0, 2, 3, 4, 24)}[day]
    for passed in since:
        sale(starts + timedelta(hours=passed, minutes=59), "1.00")
    for _ in range(2):
        roll_up(day, day)
    assert dict(HourDaily.objects.filter(date=day).values_list("hour", "orders")) == hours


def test_visitors_stay_and_the_rate_follows(shop):
    set_zone("UTC")
    AnalyticsDaily.objects.create(date=TEN, website_visitors=8, page_views=20)
    sale(NOON)
    roll_up(TEN, TEN)
    row = AnalyticsDaily.objects.get()
    assert (row.website_visitors, row.page_views, row.conversion_rate) == (8, 20, Decimal("12.50"))


def test_changes_are_rolled_up_on_the_days_they_touch(shop):
    set_zone("UTC")
    ann = CustomerFactory()
    old = sale(NOON - timedelta(days=40), customer=ann)
    sale(NOON - timedelta(days=20), customer=ann)
    assert roll_up_changes(NOON).days == 41
    assert figures(TEN - timedelta(days=20))[3:5] == (0, 1)
    RollupState.objects.update(rolled_up_at=datetime.now(UTC) + timedelta(seconds=1))
    AnalyticsDaily.objects.update(total_orders=7)

    assert roll_up_changes(NOON).days == 2  # yesterday and today
    RollupState.objects.update(rolled_up_at=datetime.now(UTC))
    Order.objects.filter(pk=old.pk).update(status="cancelled")
    assert roll_up_changes(NOON).days == 4
    assert figures(TEN - timedelta(days=40))[1] == 0
    assert figures(TEN - timedelta(days=20))[3:5] == (1, 0)
    assert AnalyticsDaily.objects.get(date=TEN - timedelta(days=30)).total_orders == 7


def test_a_late_refund_rolls_up_its_day(shop):
    set_zone("UTC")
    order = sale(NOON - timedelta(days=40))
    roll_up_changes(NOON)
    RollupState.objects.update(rolled_up_at=datetime.now(UTC))
    payment = order.payments.get()
    PaymentEntry.objects.create(
        payment=payment, kind="refunded", amount=Decimal(3), currency="EUR", gateway="manual",
    )  # fmt: skip
    roll_up_changes(datetime.now(UTC))
    assert figures(datetime.now(UTC).date())[0] == Decimal(-3)


def test_another_time_zone_makes_every_day_anew(shop):
    set_zone("UTC")
    sale(datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
    roll_up_changes(NOON)
    assert figures(TEN - timedelta(days=1))[1] == 1
    set_zone("Asia/Tokyo")
    roll_up_changes(NOON)
    assert (figures(TEN)[1], figures(TEN - timedelta(days=1))[1]) == (1, 0)


def test_statements_do_not_grow_with_orders(shop):
    set_zone("UTC")
    counted = []
    for _ in range(2):
        for _ in range(3):
            OrderItemFactory(order=sale(NOON))
        with StatementCount() as statements:
            roll_up(TEN, TEN)
        counted.append(statements.count)
    assert counted == [11, 11]


ZONES = ["UTC", "America/St_Johns", "Pacific/Auckland"]


@pytest.mark.parametrize("zone", ZONES)
def test_random_days_agree_with_an_independent_sum(make_shop, zone):
    random = Random(zone)
    with tenant_context(make_shop("acme")), shop_transaction():
        set_zone(zone)
        people = [CustomerFactory() for _ in range(5)]
        products = [ProductFactory(price=Decimal("2.00")) for _ in range(4)]
        expected: dict[date, list] = defaultdict(lambda: [Decimal(0), 0, 0, set()])
        began = datetime(2026, 9, 20, tzinfo=UTC)
        for _ in range(60):
            at = began + timedelta(minutes=random.randrange(14 * 24 * 60))
            pieces = random.randint(1, 5)
            buyer = random.choice([*people, None])
            cancelled, is_test = random.random() < 0.2, random.random() < 0.1
            order = sale(
                at, f"{pieces * 2}.00", customer=buyer, customer_email=f"{random.randrange(3)}@example.com",
                status="cancelled" if cancelled else "delivered", is_test=is_test,
            )  # fmt: skip
            OrderItemFactory(
                order=order, variant=only(random.choice(products)), quantity=pieces, total_price=pieces * 2
            )
            day = at.astimezone(ZoneInfo(zone)).date()
            if not cancelled and not is_test:
                expected[day][0] += pieces * 2
                expected[day][1] += 1
                expected[day][2] += pieces
                who = buyer.pk if buyer else order.customer_email
                expected[day][3].add(who)
            if random.random() < 0.3:
                back = at + timedelta(hours=random.randrange(200))
                give_back(order, "1.00", back)
                if not cancelled and not is_test:
                    expected[back.astimezone(ZoneInfo(zone)).date()][0] -= 1
        first, last = date(2026, 9, 18), date(2026, 10, 14)
        roll_up(first, last)
        earlier: set[object] = set()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            revenue, orders, units, buyers = expected[day]
            found = figures(day)
            assert (found[0], found[1], found[5]) == (revenue, orders, units), day
            assert found[3:5] == (len(buyers - earlier), len(buyers & earlier)), day
            earlier |= buyers
