"""Whatever happens to points in whatever order, the balance is the ledger's and the ledger is the orders'."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from platform_core.tenancy.context import TenantInfo
from tests.loyalty import run_programme
from tests.shopping import configure
from tests.tenant_shop.loyalty.points_machine import Points

FAST, DEEP = (2, 15), (8, 30)


@pytest.mark.parametrize("size", [FAST, pytest.param(DEEP, marks=pytest.mark.slow)], ids=["fast", "deep"])
def test_points_always_add_up(shop: TenantInfo, size: tuple[int, int]) -> None:
    configure(tax_rate="0.19")
    run_programme(may_be_spent=True, least_spent="10", silver_from="20", largest_share="100")
    examples, steps = size
    run_state_machine_as_test(
        Points,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
