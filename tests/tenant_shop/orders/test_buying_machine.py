"""Whatever happens in whatever order, nothing is sold, used, charged or given back twice, and the books are right."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from platform_core.tenancy.context import TenantInfo
from tests.paying import take_cards
from tests.tenant_shop.orders.buying_machine import Buying

FAST, DEEP = (3, 20), (40, 50)


@pytest.mark.parametrize("size", [FAST, pytest.param(DEEP, marks=pytest.mark.slow)], ids=["fast", "deep"])
def test_buying_always_adds_up(selling: Any, size: tuple[int, int]) -> None:
    examples, steps = size
    run_state_machine_as_test(
        Buying,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.fixture
def selling(shop: TenantInfo) -> None:
    """Taxed on top of prices, so that every order is rounded."""
    take_cards(tax_rate="0.19")
