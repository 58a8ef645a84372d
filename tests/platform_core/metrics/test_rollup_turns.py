"""Each shop is rolled up at its own midnight and once an hour, by whoever takes its turn, and by one at a time."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from django.db import connections

from platform_core.metrics import roll_up_shop
from platform_core.metrics.midnight import next_refresh
from platform_core.metrics.models import RollupTurn, TenantMetric
from platform_core.metrics.roll_up_due import MOST_IN_A_ROW, queue_due, roll_up_due
from platform_core.metrics.roll_up_shop import roll_up_shop_task, roll_up_turn
from platform_core.metrics.turns import LEASE, take_due
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.tasks import HEADER, read_tenant, sign_tenant
from platform_core.tenants.models import Tenant
from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.analytics.statements import ROLL_UP
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.orders.models import Order
from tests.factories.catalog import ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory
from tests.statements import StatementCount

# In Berlin it is the afternoon of that day, in Tokyo half past midnight of the next.
NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
TODAY = date(2026, 3, 10)


def turn(shop: Any) -> RollupTurn:
    return RollupTurn.objects.get(pk=shop.id)


def at_midnight(zone: str, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def zone_of_shop(shop: Any, zone: str) -> None:
    with tenant_context(shop):
        change_settings({"timezone": zone, "currency": shop.currency})


def sale(at: datetime, amount: str = "10.00", **fields: Any) -> Order:
    fields = {"status": "delivered", "payment_status": "paid", "currency": "EUR", **fields}
    order = OrderFactory(subtotal_amount=Decimal(amount), total_amount=Decimal(amount), **fields)
    Order.objects.filter(pk=order.pk).update(created_at=at)
    return order


def rolled_up(clock: Callable[[], datetime] = lambda: NOW) -> list[str]:
    return [shop.slug for shop, answer in roll_up_due(clock) if not isinstance(answer, Exception)]


def test_a_new_shop_is_due_at_once_and_then_at_its_own_moments(make_shop: Any) -> None:
    berlin, tokyo = make_shop("berlin"), make_shop("tokyo", timezone="Asia/Tokyo")
    zone_of_shop(berlin, "Europe/Berlin")
    zone_of_shop(tokyo, "Asia/Tokyo")

    assert sorted(rolled_up()) == ["berlin", "tokyo"]
    assert rolled_up() == []

    for shop, zone, midnight in [
        (berlin, "Europe/Berlin", at_midnight("Europe/Berlin", date(2026, 3, 11))),
        (tokyo, "Asia/Tokyo", at_midnight("Asia/Tokyo", date(2026, 3, 12))),
    ]:
        found = turn(shop)
        assert (found.timezone, found.midnight_at, found.taken_until) == (zone, midnight, None)
        assert found.due_at == min(midnight, next_refresh(shop.id, NOW))
        assert (found.closed_at, found.refreshed_at) == (NOW, NOW)


def test_only_today_is_made_anew_until_midnight_and_then_all_that_changed(make_shop: Any) -> None:
    shop = make_shop("acme")
    zone_of_shop(shop, "Europe/Berlin")
    with tenant_context(shop):
        sale(NOW - timedelta(days=3))
        assert roll_up_turn(NOW).days == 4
        AnalyticsDaily.objects.update(total_orders=7)
        assert roll_up_turn(NOW + timedelta(hours=1)).days == 1
        counted = dict(AnalyticsDaily.objects.values_list("date", "total_orders"))
        assert counted == {TODAY - timedelta(days=n): 7 if n else 0 for n in range(4)}
    assert turn(shop).closed_at == NOW
    with tenant_context(shop):
        # In the changes since the last round is the sale: its transaction may have been committed after it.
        report = roll_up_turn(at_midnight("Europe/Berlin", date(2026, 3, 11)))
        assert report.days == 3
        assert [day.day for day in report.closed] == [date(2026, 3, 7), date(2026, 3, 10)]
        assert AnalyticsDaily.objects.get(date=TODAY).total_orders == 0
    assert turn(shop).closed_at == at_midnight("Europe/Berlin", date(2026, 3, 11))
    assert turn(shop).midnight_at == at_midnight("Europe/Berlin", date(2026, 3, 12))


def test_the_platform_keeps_each_day_that_is_over_once(make_shop: Any) -> None:
    shop = make_shop("acme")
    zone_of_shop(shop, "Europe/Berlin")
    with tenant_context(shop):
        CustomerFactory()
        ProductFactory()
        sale(NOW - timedelta(days=1), "12.50")
        sale(NOW, "99.00")
        for _ in range(2):
            roll_up_turn(at_midnight("Europe/Berlin", date(2026, 3, 11)))
    kept = TenantMetric.objects.order_by("date")
    assert list(kept.values_list("date", "currency", "orders", "revenue")) == [
        (date(2026, 3, 9), "EUR", 1, Decimal("12.500")),
        (date(2026, 3, 10), "EUR", 1, Decimal("99.000")),
    ]
    # What pictures take is known of the day that has just ended, and stands.
    assert list(kept.values_list("stored_bytes", flat=True)) == [None, 0]
    # The customer and the product came later than these days, by the database's own clock.
    assert set(kept.values_list("customers", "products")) == {(0, 0)}


def test_customers_and_products_are_those_of_the_end_of_the_day(make_shop: Any) -> None:
    shop = make_shop("acme")
    zone_of_shop(shop, "America/Havana")
    midnight = at_midnight("America/Havana", date(2026, 3, 10))
    with tenant_context(shop):
        for number, offset in enumerate((-timedelta(microseconds=1), timedelta(0))):
            customer, product = CustomerFactory(), ProductFactory(slug=f"p-{number}")
            type(customer).objects.filter(pk=customer.pk).update(created_at=midnight + offset)
            type(product).objects.filter(pk=product.pk).update(created_at=midnight + offset)
        roll_up_shop.roll_up_span(NOW + timedelta(days=1), date(2026, 3, 8), date(2026, 3, 10))
    kept = TenantMetric.objects.order_by("date").values_list("customers", "products")
    assert list(kept) == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize(
    "values",
    [
        {"status": "suspended"},
        {"status": "cancelled"},
        {"status": "pending_setup"},
        {"availability": "moving"},
        {"schema_version": "0001_initial"},
    ],
)
def test_a_shop_that_is_not_open_is_passed_over_and_due_when_it_is(platform: Any, values: dict[str, str]) -> None:
    shop = platform.make_shop("acme", schema_version=shop_hooks.schema_version)
    platform.make_shop("other")
    assert set(take_due(NOW, most=5)) == set(Tenant.objects.values_list("pk", flat=True))
    later = NOW + LEASE
    platform.update_tenant("acme", **values)
    assert shop.id not in take_due(later, most=5)
    open_again = {"status": "active", "availability": "open", "schema_version": shop_hooks.schema_version}
    platform.update_tenant("acme", **open_again)
    assert take_due(later, most=5) == [shop.id]


def test_those_that_wait_longest_come_first_and_never_more_than_asked_for(make_shop: Any) -> None:
    shops = [make_shop(f"shop-{number}") for number in range(4)]
    assert take_due(NOW, most=0) == []
    for number, shop in enumerate(shops):
        RollupTurn.objects.filter(pk=shop.id).update(due_at=NOW - timedelta(hours=number))
    assert take_due(NOW, most=3) == [shops[3].id, shops[2].id, shops[1].id]
    assert take_due(NOW, most=3) == [shops[0].id]
    assert take_due(NOW + LEASE - timedelta(seconds=1), most=3) == []
    assert len(take_due(NOW + LEASE, most=9)) == 4


def test_two_at_once_take_different_shops(make_shop: Any) -> None:
    for number in range(6):
        make_shop(f"shop-{number}")
    take_due(NOW, most=0)
    taken: list[list[UUID]] = []
    ready = threading.Barrier(3)

    def take() -> None:
        ready.wait()
        taken.append(take_due(NOW, most=2))
        connections["default"].close()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A row that another one holds is skipped: nobody waits, and what was skipped is still due.
    found = [tenant_id for some in taken for tenant_id in some]
    assert len(found) == len(set(found))
    assert set(found) | set(take_due(NOW, most=6)) == set(Tenant.objects.values_list("pk", flat=True))


class Outgoing(list[Any]):
    def send_task(self, name: str, **options: Any) -> None:
        self.append((name, read_tenant(options["headers"][HEADER]), options["expires"]))


@pytest.fixture
def outgoing(monkeypatch: pytest.MonkeyPatch) -> Outgoing:
    messages = Outgoing()
    monkeypatch.setattr(current_app._get_current_object(), "send_task", messages.send_task)
    return messages


def test_one_message_for_each_shop_that_is_due_and_no_more_than_workers_can_chew(
    make_shop: Any, outgoing: Outgoing
) -> None:
    shops = {make_shop(f"shop-{number}").id for number in range(5)}
    assert queue_due(NOW, most=3) == 3
    assert queue_due(NOW, most=3) == 0  # three are taken, and nobody has finished one
    RollupTurn.objects.filter(pk=outgoing[0][1]).update(taken_until=None, due_at=NOW + timedelta(hours=1))
    assert queue_due(NOW, most=3) == 1
    assert {name for name, _, _ in outgoing} == {"metrics.roll_up_shop"}
    assert len({tenant_id for _, tenant_id, _ in outgoing}) == 4
    assert {tenant_id for _, tenant_id, _ in outgoing} < shops
    assert {expires for _, _, expires in outgoing} == {LEASE.total_seconds()}


def test_the_message_rolls_up_that_shop(make_shop: Any) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    roll_up_shop_task.apply(headers={HEADER: sign_tenant(acme.id)}).get()
    with tenant_context(acme):
        assert AnalyticsDaily.objects.count() == 1
    with tenant_context(bolt):
        assert not AnalyticsDaily.objects.exists()
    assert turn(acme).closed_at is not None


def test_a_broken_shop_stops_nobody_and_is_tried_again_later_and_later(platform: Any) -> None:
    broken, well = platform.make_shop("broken"), platform.make_shop("well")
    with platform.unreachable(broken):
        answers = {shop.slug: answer for shop, answer in roll_up_due(lambda: NOW)}
    assert isinstance(answers["broken"], Exception)
    assert not isinstance(answers["well"], Exception)
    assert turn(well).failures == 0
    found = turn(broken)
    assert (found.failures, found.taken_until, found.closed_at) == (1, None, None)
    assert found.last_error.startswith("OperationalError: ")
    first = found.due_at
    with (
        platform.unreachable(broken),
        tenant_context(broken),
        pytest.raises(Exception, match="not currently accepting"),
    ):
        roll_up_turn(NOW)
    again = turn(broken)
    assert again.failures == 2
    assert again.due_at > first + timedelta(seconds=30)
    with tenant_context(broken):
        roll_up_turn(NOW)
    assert (turn(broken).failures, turn(broken).last_error, turn(broken).closed_at) == (0, "", NOW)


def test_another_time_zone_is_due_at_once_and_known_to_the_platform(make_shop: Any) -> None:
    shop = make_shop("acme")
    zone_of_shop(shop, "Europe/Berlin")
    with tenant_context(shop):
        sale(datetime(2026, 3, 9, 23, 30, tzinfo=UTC))
        roll_up_turn(NOW)
        assert AnalyticsDaily.objects.get(date=TODAY).total_orders == 1
        assert take_due(turn(shop).due_at - timedelta(seconds=1), most=5) == []
        change_settings({"timezone": "America/New_York"})
    soon = datetime.now(UTC) + timedelta(seconds=1)
    assert take_due(soon, most=5) == [shop.id]
    with tenant_context(shop):
        roll_up_turn(NOW + timedelta(minutes=2))
        assert AnalyticsDaily.objects.get(date=TODAY).total_orders == 0
        assert AnalyticsDaily.objects.get(date=date(2026, 3, 9)).total_orders == 1
    assert turn(shop).timezone == "America/New_York"
    assert turn(shop).midnight_at == at_midnight("America/New_York", date(2026, 3, 11))
    assert directory.by_id(shop.id).timezone == "America/New_York"
    assert list(TenantMetric.objects.values_list("date", "orders")) == [(date(2026, 3, 9), 1)]


def test_other_settings_change_nothing_about_turns(make_shop: Any) -> None:
    shop = make_shop("acme")
    with tenant_context(shop):
        roll_up_turn(NOW)
        due = turn(shop).due_at
        change_settings({"return_days": 14})
    assert turn(shop).due_at == due


def test_a_turn_costs_the_same_however_many_orders(make_shop: Any) -> None:
    shop = make_shop("acme")
    zone_of_shop(shop, "Europe/Berlin")
    midnight = at_midnight("Europe/Berlin", date(2026, 3, 11))
    counted = []
    with tenant_context(shop):
        roll_up_turn(NOW)
        for number in range(2):
            for _ in range(4):
                sale(midnight - timedelta(hours=3))
            with StatementCount() as statements:
                roll_up_turn(midnight + timedelta(days=number))
            counted.append(statements.count)
        with StatementCount() as statements:
            roll_up_turn(midnight + timedelta(days=1, hours=1))
        counted.append(statements.count)
    # Closing: turn; settings, state, touched days, a lock and the figures, pictures, closed days, state; days, turn;
    # once a day what is used of the plan: figures, people.
    # A refresh: turn; settings, state, a lock and the figures; turn.
    assert counted == [12 + len(ROLL_UP), 12 + len(ROLL_UP), 5 + len(ROLL_UP)]


def test_a_process_takes_as_many_as_it_can_do_in_one_lease(make_shop: Any) -> None:
    make_shop("acme")
    assert MOST_IN_A_ROW * timedelta(seconds=30) <= LEASE
    taken = roll_up_due(lambda: NOW)
    assert next(taken)[0].slug == "acme"
