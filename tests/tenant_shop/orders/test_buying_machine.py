"""Whatever happens in whatever order, nothing is sold, used, charged or given back twice, and the books are right."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from smartseller.errors import RuleViolation
from tenant_shop.orders.models import Order
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


def paid_ones_too(now: Any) -> Any:
    return Order.objects.filter(status__in=["pending", "confirmed"], payment_due_at__lte=now)


# What goes wrong, and where somebody would have written it.
BUGS: dict[str, tuple[str, Callable[..., Any]]] = {
    "stock is not looked at": ("orders.place.check_stock", nothing),
    "a cancelled order keeps its goods": ("orders.cancel.release_stock", nothing),
    "a cancelled order keeps its code": ("orders.cancel.release_redemptions", nothing),
    "uses of codes are not counted": ("promotions.redeem._count", nothing),
    "limits of each buyer are not asked for": ("orders.place.barred", lambda discounts, shopper: {}),
    "a cart is ordered again": ("orders.place._already_placed", lambda cart_id, key: None),
    "paid orders expire": ("orders.expire._overdue", paid_ones_too),
}


@pytest.mark.slow
@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the machine would prove nothing."""
    place, wrong = BUGS[bug]
    monkeypatch.setattr(f"tenant_shop.{place}", wrong)
    with pytest.raises((AssertionError, IntegrityError, RuleViolation)):
        run(150, 50, [Phase.generate])
