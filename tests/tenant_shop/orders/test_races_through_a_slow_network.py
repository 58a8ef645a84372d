"""Two clients at the same moment, many times, with every message to PostgreSQL held back a little.

Without the delay both transactions fit between two switches of threads and hardly ever overlap.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from platform_core.tenancy.connections import server_settings
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.postgresql.base import pool
from smartseller.errors import RuleViolation
from tenant_shop.carts.change import set_line_quantity
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.errors import CouponRefused, OrderNotCancellable, OutOfStock, PointsRefused, TotalChanged
from tenant_shop.orders.expire import expire_unpaid
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.payments.errors import OrderNotPayable
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption
from tenant_shop.verification.verify_shop import verify_shop
from tests.delay_proxy import DelayProxy, delay_proxy
from tests.factories.promotions import DiscountCodeFactory
from tests.loyalty import points, run_programme, with_points
from tests.shopping import configure, order_from, stock_of, stocked, submission, visits

# Of the races that money and goods hang on, and of those that take the same locks in the same order as one of them.
ROUNDS, FEWER_ROUNDS = 1000, 250
# What one piece costs with its delivery; with ten percent off; with five hundred points.
TOTAL, TOTAL_WITH_CODE, TOTAL_WITH_POINTS = Decimal("14.90"), Decimal("13.90"), Decimal("9.90")
pytestmark = [pytest.mark.slow, pytest.mark.parametrize("seed", [20261125])]

Call = Callable[[], Any]


@pytest.fixture
def proxy(shop: TenantInfo, seed: int, settings: Any) -> Iterator[DelayProxy]:
    """The threads of a test reach the shop's database through the proxy; the test itself keeps its own connection."""
    direct = settings.DATABASE_SERVERS["primary"]
    server = Path(django_settings.EMBEDDED.run_dir) / ".s.PGSQL.5432"
    configure()
    with delay_proxy(server, seed=seed) as (delay, folder):
        address = make_conninfo(**{**conninfo_to_dict(direct["app"]), "host": str(folder)})
        settings.DATABASE_SERVERS = {"primary": {**direct, "app": address}}
        server_settings.cache_clear()
        pool().forget("")
        yield delay
        pool().forget("")
    server_settings.cache_clear()


class TwoClients:
    """Two threads inside the shop, each with a connection of its own; each pair of calls starts together."""

    def __init__(self, shop: TenantInfo, proxy: DelayProxy) -> None:
        self._proxy = proxy
        self._gate = threading.Barrier(2)
        self._asked: list[SimpleQueue[Call | None]] = [SimpleQueue(), SimpleQueue()]
        self._answered: list[SimpleQueue[Any]] = [SimpleQueue(), SimpleQueue()]
        self._threads = [threading.Thread(target=self._work, args=(shop, which), daemon=True) for which in (0, 1)]
        for thread in self._threads:
            thread.start()

    def _work(self, shop: TenantInfo, which: int) -> None:
        while (call := self._asked[which].get()) is not None:
            with tenant_context(shop):
                self._gate.wait()
                try:
                    self._answered[which].put(call())
                except RuleViolation as refusal:
                    self._answered[which].put(refusal)
                except Exception as fault:  # the test shows it; a thread that ends would leave the test waiting
                    self._answered[which].put(fault)

    def race(self, first: Call, second: Call) -> tuple[Any, Any]:
        """Both results or exceptions."""
        self._proxy.slow = True
        for queue, call in zip(self._asked, (first, second), strict=True):
            queue.put(call)
        results = self._answered[0].get(timeout=60), self._answered[1].get(timeout=60)
        self._proxy.slow = False
        return results

    def stop(self) -> None:
        for queue in self._asked:
            queue.put(None)
        for thread in self._threads:
            thread.join(60)


@pytest.fixture
def clients(shop: TenantInfo, proxy: DelayProxy) -> Iterator[TwoClients]:
    two = TwoClients(shop, proxy)
    yield two
    two.stop()


def kinds(results: tuple[Any, Any]) -> tuple[str, ...]:
    return tuple(sorted(type(result).__name__ for result in results))


def ordering(cart_id: UUID, *, total: Decimal = TOTAL, **values: Any) -> Call:
    return partial(place_order, **submission(cart_id, expected_total=total, **values))


def test_the_last_piece_is_sold_once(clients: TwoClients) -> None:
    for _ in range(ROUNDS):
        last = stocked(stock=1)
        sent = [ordering(cart_id) for cart_id in visits(last, 2)]
        assert kinds(clients.race(*sent)) == (Order.__name__, OutOfStock.__name__)
        assert stock_of(last) == 0
    assert Order.objects.count() == ROUNDS
    assert verify_shop() == []


def test_the_last_use_of_a_code_is_used_once(clients: TwoClients) -> None:
    mug = stocked(stock=2 * ROUNDS)
    carts = visits(mug, 2 * ROUNDS)
    for number in range(ROUNDS):
        code = DiscountCodeFactory(code=f"ONCE{number}", usage_limit=1).code
        sent = []
        for buyer, cart_id in zip("ab", (next(carts), next(carts)), strict=True):
            ShoppingCart.objects.filter(pk=cart_id).update(coupon_code=code)
            sent.append(ordering(cart_id, total=TOTAL_WITH_CODE, email=f"{buyer}{number}@example.com"))
        assert kinds(clients.race(*sent)) == (CouponRefused.__name__, Order.__name__)
    assert DiscountRedemption.objects.count() == ROUNDS
    assert stock_of(mug) == ROUNDS
    assert verify_shop() == []


def test_the_last_use_of_an_automatic_discount_is_used_once(clients: TwoClients) -> None:
    carts = visits(stocked(stock=2 * FEWER_ROUNDS), 2 * FEWER_ROUNDS)
    for number in range(FEWER_ROUNDS):
        DiscountCode.objects.update(is_active=False)
        DiscountCodeFactory(code=None, name=f"First {number}", usage_limit=1)
        sent = [ordering(next(carts), total=TOTAL_WITH_CODE, email=f"{buyer}{number}@example.com") for buyer in "ab"]
        assert kinds(clients.race(*sent)) == (Order.__name__, TotalChanged.__name__)
    assert DiscountRedemption.objects.count() == FEWER_ROUNDS
    assert verify_shop() == []


def test_one_customer_has_one_first_order(clients: TwoClients) -> None:
    DiscountCodeFactory(code="FIRST", first_order_only=True)
    carts = visits(stocked(stock=2 * FEWER_ROUNDS), 2 * FEWER_ROUNDS, code="FIRST")
    for number in range(FEWER_ROUNDS):
        sent = [ordering(next(carts), total=TOTAL_WITH_CODE, email=f"{number}@example.com") for _ in "ab"]
        assert kinds(clients.race(*sent)) == (CouponRefused.__name__, Order.__name__)
    assert verify_shop() == []


def test_a_cart_that_is_edited_while_it_is_ordered_is_ordered_as_the_shopper_saw_it_or_not_at_all(
    clients: TwoClients,
) -> None:
    seen = Counter[tuple[str, ...]]()
    for cart_id in visits(stocked(stock=3 * ROUNDS), ROUNDS):
        line = CartItem.objects.get(cart_id=cart_id)
        results = clients.race(ordering(cart_id), partial(set_line_quantity, cart_id, line.pk, 2))
        seen[tuple(type(result).__name__ for result in results)] += 1
        ordered = Order.objects.filter(cart_id=cart_id).first()
        assert (ordered is None) == isinstance(results[0], TotalChanged)
        if ordered is not None:
            assert ordered.items.get().quantity == 1
            assert isinstance(results[1], CartGone)
    assert set(seen) <= {(Order.__name__, CartGone.__name__), (TotalChanged.__name__, "NoneType")}
    assert len(seen) == 2, "both came first now and then"
    assert verify_shop() == []


@pytest.mark.parametrize(("keys", "rounds"), [(1, ROUNDS), (2, FEWER_ROUNDS)])
def test_a_cart_that_is_submitted_twice_is_ordered_once(clients: TwoClients, keys: int, rounds: int) -> None:
    mug = stocked(stock=2 * rounds)
    for cart_id in visits(mug, rounds):
        sent = submission(cart_id, expected_total=TOTAL)
        again = sent if keys == 1 else {**sent, "idempotency_key": str(uuid4())}
        first, second = clients.race(partial(place_order, **sent), partial(place_order, **again))
        assert isinstance(first, Order)
        assert first == second
    assert Order.objects.count() == rounds
    assert stock_of(mug) == rounds
    assert verify_shop() == []


def test_an_order_is_paid_or_expires_and_its_goods_come_back_at_most_once(clients: TwoClients) -> None:
    mug = stocked(stock=FEWER_ROUNDS)
    later = timezone.now() + timedelta(days=8)
    expired = 0
    for cart_id in visits(mug, FEWER_ROUNDS):
        order = order_from(cart_id, expected_total=TOTAL)
        paid, _ = clients.race(partial(mark_as_paid, order.pk, actor="ann"), partial(expire_unpaid, later))
        order.refresh_from_db()
        assert order.status == ("cancelled" if isinstance(paid, OrderNotPayable) else "confirmed")
        expired += order.status == "cancelled"
    assert stock_of(mug) == expired
    assert verify_shop() == []


def test_an_order_is_cancelled_by_one_of_two(clients: TwoClients) -> None:
    mug = stocked(stock=FEWER_ROUNDS)
    for cart_id in visits(mug, FEWER_ROUNDS):
        order = order_from(cart_id, expected_total=TOTAL)
        cancel = partial(cancel_order, order.pk, reason="", actor="ann")
        assert kinds(clients.race(cancel, cancel)) == (Order.__name__, OrderNotCancellable.__name__)
    assert stock_of(mug) == FEWER_ROUNDS
    assert verify_shop() == []


def test_the_same_points_pay_for_one_of_two_orders(clients: TwoClients) -> None:
    run_programme(may_be_spent=True)
    carts = visits(stocked(stock=2 * ROUNDS), 2 * ROUNDS)
    for _ in range(ROUNDS):
        ann = with_points(500)
        sent = [ordering(next(carts), total=TOTAL_WITH_POINTS, customer_id=ann.pk, points=500) for _ in "ab"]
        assert kinds(clients.race(*sent)) == (Order.__name__, PointsRefused.__name__)
        assert points(ann) == 0
    assert verify_shop() == []


def test_points_of_an_order_that_two_cancel_come_back_once(clients: TwoClients) -> None:
    run_programme(may_be_spent=True)
    later = timezone.now() + timedelta(days=8)
    for cart_id in visits(stocked(stock=FEWER_ROUNDS), FEWER_ROUNDS):
        ann = with_points(500)
        order = order_from(cart_id, customer_id=ann.pk, points=500, expected_total=TOTAL_WITH_POINTS)
        clients.race(partial(cancel_order, order.pk, reason="", actor="ann"), partial(expire_unpaid, later))
        assert points(ann) == 500
    assert verify_shop() == []
