"""Killed at any moment, a rollup leaves whole months behind, and its shop is due again."""

import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from platform_core.metrics import roll_up_shop, turns
from platform_core.metrics.add_up import add_up_changes
from platform_core.metrics.models import PlatformMetric, RollupTurn, TenantMetric
from platform_core.metrics.roll_up_due import roll_up_due
from platform_core.metrics.turns import LEASE
from platform_core.tenancy.context import tenant_context
from tenant_shop.analytics import roll_up
from tenant_shop.analytics.models import AnalyticsDaily, ProductDaily, RollupState
from tenant_shop.configuration.change_settings import change_settings
from tenant_shop.orders.models import Order
from tests.factories.catalog import ProductFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.platform_core.fleet.children import die, die_instead, in_child

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
DAYS_AGO = (75, 44, 40, 12, 1, 0)


def history() -> None:
    product = ProductFactory(price=Decimal(2)).variant_rows.get()
    for ago in DAYS_AGO:
        order = OrderFactory(status="delivered", payment_status="paid", currency="EUR", total_amount=Decimal(ago + 1))
        OrderItemFactory(order=order, variant=product, quantity=1, total_price=2)
        Order.objects.filter(pk=order.pk).update(created_at=NOW - timedelta(days=ago))


def work_off(clock: Callable[[], datetime]) -> None:
    for _, answer in roll_up_due(clock):
        if isinstance(answer, Exception):
            raise answer


def dying_the_second_time(function: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    calls = 0

    def call(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2 and before:
            die()
        result = function(*args, **options)
        if calls == 2:
            die()
        return result

    return call


def in_the_second_month(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(roll_up, "shop_transaction", dying_the_second_time(roll_up.shop_transaction, before=True))


def between_two_statements(patch: pytest.MonkeyPatch) -> None:
    class Statements(tuple):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            yield self[0]
            yield self[1]
            die()

    patch.setattr(roll_up, "ROLL_UP", Statements(roll_up.ROLL_UP))


def before_it_is_marked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(roll_up, "_mark", die_instead)


def before_the_platform_is_told(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(roll_up_shop, "_keep_days", die_instead)


def before_the_turn_is_done(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(turns, "finish", die_instead)


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    [
        between_two_statements,
        in_the_second_month,
        before_it_is_marked,
        before_the_platform_is_told,
        before_the_turn_is_done,
    ],
)
def test_a_killed_worker_costs_time_and_nothing_else(
    make_shop: Any, monkeypatch: pytest.MonkeyPatch, moment: Callable[[pytest.MonkeyPatch], None]
) -> None:
    shop = make_shop("acme")
    with tenant_context(shop):
        change_settings({"timezone": "Europe/Berlin", "currency": "EUR"})
        history()
    with monkeypatch.context() as patch:
        moment(patch)
        assert in_child(lambda: work_off(lambda: NOW)) == signal.SIGKILL
    with tenant_context(shop):
        # A month is there as a whole or not at all.
        rolled, sold = AnalyticsDaily.objects.count(), ProductDaily.objects.count()
        assert (rolled, sold) in {(0, 0), (31, 1), (62, 3), (76, 6)}
    turn = RollupTurn.objects.get(pk=shop.id)
    assert (turn.taken_until, turn.closed_at, turn.failures) == (NOW + LEASE, None, 0)

    # Nobody takes it before its lease is over; then anybody does.
    work_off(lambda: NOW + LEASE - timedelta(seconds=1))
    assert RollupTurn.objects.get(pk=shop.id).closed_at is None
    work_off(lambda: NOW + LEASE)

    assert RollupTurn.objects.get(pk=shop.id).closed_at == NOW + LEASE
    with tenant_context(shop):
        counted = AnalyticsDaily.objects.filter(total_orders__gt=0).order_by("-date")
        assert [row.total_revenue for row in counted] == [Decimal(ago + 1) for ago in sorted(DAYS_AGO)]
        assert AnalyticsDaily.objects.count() == 76
        assert ProductDaily.objects.count() == 6
        assert RollupState.objects.get().timezone == "Europe/Berlin"
    assert TenantMetric.objects.count() == 75
    add_up_changes(NOW + timedelta(days=1))
    assert sum(PlatformMetric.objects.values_list("total_orders", flat=True)) == 5
