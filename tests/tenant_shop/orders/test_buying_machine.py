"""Whatever happens in whatever order, nothing is sold, used, charged or given back twice, and the books are right."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from smartseller.errors import RuleViolation
from tenant_shop.inventory.models import StockMovement
from tenant_shop.orders.models import Order
from tenant_shop.payments.gateways.registry import gateway_of
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund_amounts import worth
from tests.tenant_shop.orders.buying_machine import Buying

FAST, DEEP = (2, 15), (60, 50)
ALL_PHASES = tuple(Phase)


def run(examples: int, steps: int, phases: Iterable[Phase] = ALL_PHASES) -> None:
    run_state_machine_as_test(
        Buying,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=phases,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("size", [FAST, pytest.param(DEEP, marks=pytest.mark.slow)], ids=["fast", "deep"])
def test_buying_always_adds_up(size: tuple[int, int]) -> None:
    run(*size)


def nothing(*args: Any, **how: Any) -> int:
    return 0


def without_pending(payment: Payment) -> Any:
    found = Payment.objects.prefetch_related("entries").get(pk=payment.pk)
    return found.refundable_amount


def not_entered(order: Order, *args: Any, **how: Any) -> Order:
    return order


def more_than_was_taken(order_id: UUID, quantities: Mapping[UUID, int], *, actor: str) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(variant_id=variant, delta=pieces, reason="return", order_id=order_id, actor=actor)
        for variant, pieces in quantities.items()
    )


def paid_ones_too(now: Any) -> Any:
    return Order.objects.filter(status__in=["pending", "confirmed"], payment_due_at__lte=now)


def with_another_key_each_time(code: str, shop: Any) -> Any:
    real = gateway_of(code, shop)

    class Forgetful:
        code = real.code

        def refund(self, *args: Any, key: str, **how: Any) -> Any:
            return real.refund(*args, key=uuid4().hex, **how)

    return Forgetful()


def as_if_nothing_was_given_back(order: Any, items: Any, refunds: Any, wanted: Any, *, shipping: bool) -> Any:
    return worth(order, items, [], wanted, shipping=shipping)


def what_was_taken(order: Order, entries: Any) -> Any:
    return sum((entry.amount for entry in entries if entry.kind == "captured"), 0 * order.total_amount)


# What goes wrong, and where somebody would have written it.
BUGS: dict[str, tuple[str, Callable[..., Any]]] = {
    "stock is not looked at": ("orders.place.check_stock", nothing),
    "a cancelled order keeps its goods": ("orders.cancel.release_stock", nothing),
    "a cancelled order keeps its code": ("orders.cancel.release_redemptions", nothing),
    "uses of codes are not counted": ("promotions.redeem._count", nothing),
    "limits of each buyer are not asked for": ("orders.place.barred", lambda discounts, shopper: {}),
    "a cart is ordered again": ("orders.place._already_placed", lambda cart_id, key: None),
    "paid orders expire": ("orders.expire._overdue", paid_ones_too),
    "orders expire without asking the gateway": ("orders.expire._may_be_paid", lambda *args: False),
    "an attempt is followed without giving it up": ("payments.next_attempt._give_up", lambda *args: True),
    "what waits to be given back reserves nothing": ("payments.refund.refundable", without_pending),
    "a refund that is sent again has another key": ("payments.refund.gateway_of", with_another_key_each_time),
    "lines are given back twice": ("payments.refund.worth", as_if_nothing_was_given_back),
    "more goes back on sale than was taken": ("payments.refund.take_back", more_than_was_taken),
    "what a bank sent back is not entered": ("payments.refund_news.settle_locked", not_entered),
    "what is owed forgets refunds": ("payments.settle.owed", what_was_taken),
}


@pytest.mark.slow
@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the machine would prove nothing."""
    place, wrong = BUGS[bug]
    monkeypatch.setattr(f"tenant_shop.{place}", wrong)
    with pytest.raises((AssertionError, IntegrityError, RuleViolation)) as found:
        run(150, 50, [Phase.generate])
    print(bug, "->", type(found.value).__name__, str(found.value)[:200])
